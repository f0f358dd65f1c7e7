import { reportRisk as contract } from '../../shared/contracts/routes/risk-reports.ts';
import { reportRisk as decide } from '../../shared/domain/commands/risk.ts';
import type { ReferralState } from '../../shared/domain/decision.ts';
import type { DomainEvent } from '../../shared/domain/events.ts';
import { riskReport } from '../../shared/domain/risk.ts';
import { openOffers } from '../../shared/domain/standing.ts';
import type { Caller, Ports } from '../../shared/ports.ts';
import { accepted, isSenderOf, optionsOf } from '../middleware/commands.ts';
import { commanding, deployed } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';

/** E7: takes the report of a possible escalation of risk; sent again with its key, it is the same report. */
export const reportRisk = (ports: Pick<Ports, 'clients' | 'referrals'>) =>
  endpoint(contract, ports, async (request) => {
    const { params, body, caller } = request;
    const reportedBy = caller.role === 'provider' ? 'provider' : 'practitioner';
    const options = {
      ...optionsOf(contract, request, mayReport(caller)),
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

/** Whoever sent it, and a provider that has taken part of it on or is asked to, however long that has ended. */
const mayReport =
  (caller: Caller) =>
  (state: ReferralState): boolean => {
    const { referral } = state;
    const parts = [...referral.allocations, ...openOffers(referral)];
    return (
      isSenderOf(caller)(state) ||
      (caller.role === 'provider' && parts.some(({ providerId }) => providerId === caller.organisation))
    );
  };

const kept = (events: DomainEvent[]): DomainEvent['keeps'] =>
  events.find(({ type }) => type === 'risk.escalation-reported.v1')?.keeps;

export const handler = deployed(() => reportRisk(commanding()));
