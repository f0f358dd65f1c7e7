import { submitDraft as contract } from '../../shared/contracts/routes/referrals.ts';
import { currentCatalogue } from '../../shared/domain/catalogue/index.ts';
import { submitDraft as decide } from '../../shared/domain/commands/draft.ts';
import { practitionerView } from '../../shared/domain/views/referral-view.ts';
import type { Ports } from '../../shared/ports.ts';
import { commanding, deployed } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';
import { sendersChange } from '../middleware/sender-commands.ts';

/** L1: sends a draft, which is then a referral like any other. */
export const submitDraft = (ports: Pick<Ports, 'clients' | 'referrals'>) =>
  endpoint(contract, ports, async (request) => {
    const state = await sendersChange(contract, ports, request, async (draft, context) => {
      const { crn, needs } = draft.referral;
      const possibleDuplicates = await ports.referrals.openWithSameNeed(
        crn,
        needs.map(({ need }) => need),
      );
      const { version: catalogueVersion } = currentCatalogue(context.now);
      return decide(draft, { catalogueVersion, possibleDuplicates }, context);
    });
    return { status: status.accepted, body: practitionerView(state), version: state.referral.version };
  });

export const handler = deployed(() => submitDraft(commanding()));
