import { randomInt, randomUUID } from 'node:crypto';
import { sendReferral as contract } from '../../shared/contracts/routes/referrals.ts';
import { currentCatalogue } from '../../shared/domain/catalogue/index.ts';
import { draftReferral } from '../../shared/domain/commands/draft.ts';
import { sendReferral as decide } from '../../shared/domain/commands/send-referral.ts';
import { senderView } from '../../shared/domain/views/draft-view.ts';
import type { Ports } from '../../shared/ports.ts';
import { accepted, optionsOf } from '../middleware/commands.ts';
import { commanding, deployed } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';
import { draftDays } from '../middleware/settings.ts';

/** A human reference, as one reads it out on the telephone: no vowels, nothing that looks like something else. */
const letters = 'BCDFGHJKLMNPQRSTVWXZ';
const referenceNumber = (): string =>
  Array.from({ length: 4 }, () => letters[randomInt(letters.length)]).join('') +
  String(randomInt(10_000)).padStart(4, '0');

/**
 * L1: sends a referral, or saves it as a draft. Where an open one has the same CRN and need, both stand: it is
 * reported, never refused.
 */
export const sendReferral = (ports: Pick<Ports, 'clients' | 'clock' | 'referrals'>) =>
  endpoint(contract, ports, async (request) => {
    const { draft, ...facts } = request.body;
    const id = randomUUID();
    const possibleDuplicates = draft
      ? []
      : await ports.referrals.openWithSameNeed(
          facts.crn.toUpperCase(),
          facts.needs.map(({ need }) => need),
        );
    const sent = accepted(
      await ports.referrals.create(
        (context) => {
          const { version: catalogueVersion } = currentCatalogue(context.now);
          const command = { id, facts, referenceNumber: referenceNumber(), catalogueVersion };
          return draft
            ? draftReferral({ ...command, keptDays: draftDays() }, context)
            : decide({ ...command, possibleDuplicates }, context);
        },
        optionsOf(contract, request, () => true),
      ),
    );
    const { referral, confidential } = sent.state;
    if (!confidential) throw new Error('a referral that was sent has its private half');
    return {
      status: status.accepted,
      body: senderView({ referral, confidential }, await ports.clock.now()),
      version: referral.version,
      location: `/v1/referrals/${referral.id}`,
    };
  });

export const handler = deployed(() => sendReferral(commanding()));
