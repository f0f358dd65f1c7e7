import { listReferrals as contract } from '../../shared/contracts/routes/referrals.ts';
import type { Referral } from '../../shared/domain/referral.ts';
import { stageOf, statusOf } from '../../shared/domain/standing.ts';
import { attentionView, providerSummaryView, referralSummaryView } from '../../shared/domain/views/referral-view.ts';
import type { Caller, ReadingPorts, ReferralFilter } from '../../shared/ports.ts';
import { deployed, reading } from '../middleware/compose.ts';
import { type Asked, endpoint, status } from '../middleware/endpoint.ts';
import { filledPage } from '../middleware/filled-page.ts';
import { isHidden } from '../middleware/own-referral.ts';

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

/** A provider searches by what its standing shows it and no more: anything else it would be told by the match alone. */
function maySearch({ crn, stage, status, externalReference, attention }: Query, standing: string): boolean {
  if (externalReference || attention !== undefined) return false;
  return standing === 'accepted' || !(crn || stage || status);
}

/** A role's own referrals, the newest first. */
export const listReferrals = ({ clients, clock, referrals }: Pick<ReadingPorts, 'clients' | 'clock' | 'referrals'>) =>
  endpoint(contract, { clients }, async ({ query, caller }) => {
    const now = await clock.now();
    const { items, cursor } = await filledPage(
      (request) => referrals.list(filterOf(caller, query), request),
      query,
      (referral) => isTheirs(referral, caller, query, now) && matches(referral, query),
    );
    switch (caller.role) {
      case 'provider': {
        const own = items.map((referral) => providerSummaryView(referral, caller.organisation, now));
        return { status: status.ok, body: { items: own, cursor } };
      }
      case 'practitioner':
        return { status: status.ok, body: { items: items.map(referralSummaryView), cursor } };
      default: {
        const all = items.map((referral) => ({ ...referralSummaryView(referral), attention: attentionView(referral) }));
        return { status: status.ok, body: { items: all, cursor } };
      }
    }
  });

function isTheirs(referral: Referral, { role, organisation }: Caller, query: Query, now: Date): boolean {
  if (role === 'provider') return maySearch(query, providerSummaryView(referral, organisation, now).standing);
  return role === 'operations' ? !isHidden(referral, { role }) : referral.organisation === organisation;
}

export const handler = deployed(() => listReferrals(reading()));
