import { reportRisk as contract } from '../../shared/contracts/routes/risk-reports.ts';
import { reportRisk as decide } from '../../shared/domain/commands/risk.ts';
import type { ReferralState } from '../../shared/domain/decision.ts';
import type { DomainEvent } from '../../shared/domain/events.ts';
import { opdOwnersOf } from '../../shared/domain/opd.ts';
import { riskReport } from '../../shared/domain/risk.ts';
import type { Caller, Ports } from '../../shared/ports.ts';
import { accepted, isSenderOf, optionsOf } from '../middleware/commands.ts';
import { commanding, deployed } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';
import { isKnownTo } from '../middleware/standing.ts';

/** E7: takes the report of a possible escalation of risk; sent again with its key, it is the same report. */
export const reportRisk = (ports: Pick<Ports, 'clients' | 'referrals'>) =>
  endpoint(contract, ports, async (request) => {
    const { params, body, caller } = request;
    const reportedBy = caller.role === 'provider' ? 'provider' : 'practitioner';
    const options = {
      ...optionsOf(contract, request, await mayReport(ports, caller, params.referralId)),
      resource: (events: DomainEvent[]) => kept(events)?.key,
    };
    const outcome = accepted(
      await ports.referrals.execute(
        params.referralId,
        {},
        (state, context) => decide(state, { ...body, reportedBy }, context),
        options,
      ),
    );
    const { crn, id: referralId } = outcome.state.referral;
    const words = outcome.replayed
      ? await ports.referrals.texts(crn, referralId, outcome.replayed.resourceId ?? '')
      : kept(outcome.events)?.words;
    const { id, taskId, observedAt, reportedAt } = riskReport.parse(words);
    return { status: status.accepted, body: { id, referralId, taskId, observedAt, reportedAt } };
  });

/**
 * Whoever sent it, the owners of a shared responsibility (E9), and a provider that has taken part of it on, or was asked
 * to, however it answered and however long that has ended.
 */
async function mayReport(
  { referrals }: Pick<Ports, 'referrals'>,
  caller: Caller,
  referralId: string,
): Promise<(state: ReferralState) => boolean> {
  const { organisation, role } = caller;
  const found = role === 'provider' ? await referrals.load(referralId) : undefined;
  const wasAsked = found ? await isKnownTo(referrals, found.referral, organisation) : false;
  return (state) => {
    const owners = opdOwnersOf(state.referral.facts);
    const isOwner = role === 'practitioner' && (owners?.probation === organisation || owners?.health === organisation);
    return isSenderOf(caller)(state) || isOwner || wasAsked;
  };
}

const kept = (events: DomainEvent[]): DomainEvent['keeps'] =>
  events.find(({ type }) => type === 'risk.escalation-reported.v1')?.keeps;

export const handler = deployed(() => reportRisk(commanding()));
