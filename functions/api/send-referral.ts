import { randomInt, randomUUID } from 'node:crypto';
import { sendReferral as contract } from '../../shared/contracts/routes/referrals.ts';
import { currentCatalogue } from '../../shared/domain/catalogue/index.ts';
import { sendReferral as decide } from '../../shared/domain/commands/send-referral.ts';
import { practitionerView } from '../../shared/domain/views/referral-view.ts';
import type { Ports } from '../../shared/ports.ts';
import { accepted, optionsOf } from '../middleware/commands.ts';
import { commanding, deployed } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';

/** A human reference, as one reads it out on the telephone: no vowels, nothing that looks like something else. */
const letters = 'BCDFGHJKLMNPQRSTVWXZ';
const referenceNumber = (): string =>
  Array.from({ length: 4 }, () => letters[randomInt(letters.length)]).join('') +
  String(randomInt(10_000)).padStart(4, '0');

/** L1: sends a referral. Where an open one has the same CRN and need, both stand: it is reported, never refused. */
export const sendReferral = (ports: Pick<Ports, 'clients' | 'clock' | 'referrals'>) =>
  endpoint(contract, ports, async (request) => {
    const facts = request.body;
    const crn = facts.crn.toUpperCase();
    const possibleDuplicates = await ports.referrals.openWithSameNeed(
      crn,
      facts.needs.map(({ need }) => need),
    );
    const command = {
      id: randomUUID(),
      facts: { ...facts, crn },
      possibleDuplicates,
    };
    const sent = accepted(
      await ports.referrals.create(
        (context) =>
          decide(
            { ...command, referenceNumber: referenceNumber(), catalogueVersion: currentCatalogue(context.now).version },
            context,
          ),
        optionsOf(contract, request, () => true),
      ),
    );
    const { referral, confidential } = sent.state;
    if (!confidential) throw new Error('a referral that was sent has its private half');
    return {
      status: status.accepted,
      body: practitionerView({ referral, confidential }),
      version: referral.version,
      location: `/v1/referrals/${referral.id}`,
    };
  });

export const handler = deployed(() => sendReferral(commanding()));
