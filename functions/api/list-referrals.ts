import { listReferrals as contract } from '../../shared/contracts/routes/referrals.ts';
import type { Referral } from '../../shared/domain/referral.ts';
import { stageOf, statusOf } from '../../shared/domain/standing.ts';
import { providerSummaryView, referralSummaryView } from '../../shared/domain/views/referral-view.ts';
import type { Caller, Ports, ReferralFilter } from '../../shared/ports.ts';
import { deployed, reading } from '../middleware/compose.ts';
import { type Asked, endpoint, status } from '../middleware/endpoint.ts';

type Query = Asked<typeof contract>['query'];

/** Which index answers: the narrowest that the role and the question allow. */
function filterOf({ role, organisation }: Caller, { crn, attention }: Query): ReferralFilter {
  if (role === 'provider') return { by: 'organisation', organisation };
  if (crn) return { by: 'crn', crn: crn.toUpperCase() };
  if (role === 'practitioner') return { by: 'organisation', organisation };
  return attention ? { by: 'attention' } : { by: 'all' };
}

const matches = (referral: Referral, { crn, externalReference, stage, status, attention }: Query): boolean =>
  (!crn || referral.crn === crn.toUpperCase()) &&
  (!externalReference || referral.facts.externalReference === externalReference) &&
  (!stage || stageOf(referral) === stage) &&
  (!status || statusOf(referral) === status) &&
  (attention === undefined || (referral.attention !== null) === attention);

/**
 * A role's own referrals, the newest first. A page may hold fewer than `limit` where a filter passed over some: the
 * cursor, not the count, says whether there is more.
 */
export const listReferrals = ({ clients, referrals }: Pick<Ports, 'clients' | 'referrals'>) =>
  endpoint(contract, { clients }, async ({ query, caller }) => {
    const { limit, cursor } = query;
    const page = await referrals.list(filterOf(caller, query), { limit, cursor });
    const matching = page.items.filter((referral) => matches(referral, query));
    switch (caller.role) {
      case 'provider': {
        const asksTooMuch = query.crn || query.externalReference || query.stage || query.status;
        const own = matching.map((referral) => providerSummaryView(referral, caller.organisation));
        // A provider may only search by what its standing shows it: anything else would tell it by the match alone.
        const items = asksTooMuch ? own.filter(({ standing }) => standing === 'accepted') : own;
        return { status: status.ok, body: { items, cursor: page.cursor } };
      }
      case 'practitioner': {
        const own = matching.filter(({ organisation }) => organisation === caller.organisation);
        return { status: status.ok, body: { items: own.map(referralSummaryView), cursor: page.cursor } };
      }
      default: {
        const items = matching.map((referral) => ({ ...referralSummaryView(referral), attention: referral.attention }));
        return { status: status.ok, body: { items, cursor: page.cursor } };
      }
    }
  });

export const handler = deployed(() => listReferrals(reading()));
