import type { Context, ReferralState } from '../decision.ts';
import type { DomainEvent, EventOf } from '../events.ts';
import { evolve } from '../evolve.ts';
import type { AllocationSummary } from '../referral.ts';
import { allocationEndState, isReporting } from '../standing.ts';
import { endDelivery, withConclusion } from './common.ts';
import { withdrawOffers } from './matching-changes.ts';

/**
 * L4, L5: what follows when a referral is to end: offers are withdrawn and their places freed, delivery ends, and a report
 * is due where it had begun. A death ends all of it at once (L4): nobody is asked for anything any more.
 */
export function windDown(
  state: ReferralState,
  ending: EventOf<'referral.withdrawn.v1'> | EventOf<'referral.ended-early.v1'>,
  context: Context,
): DomainEvent[] {
  const { reason } = ending.data;
  const after = evolve(state, ending, context.now).referral;
  const live = after.allocations.filter(({ phase }) => phase !== 'ended');
  const endings =
    reason === 'died'
      ? live.flatMap(stopped)
      : live
          .filter((summary) => !isReporting(summary))
          .flatMap((summary) => endDelivery(after, summary, reason, context));
  return withConclusion(state, [ending, ...withdrawOffers(state.referral), ...endings], context.now);
}

/** L4: what a death leaves of one provider's part. A report that is due is due no more; what was written is kept. */
function stopped(summary: AllocationSummary): DomainEvent[] {
  const { id: allocationId } = summary;
  const ended: DomainEvent = { type: 'delivery.ended.v1', data: { allocationId, reason: 'died', reportDue: false } };
  return [
    ...(isReporting(summary) ? [] : [ended]),
    { type: 'allocation.ended.v1', data: { allocationId, endState: allocationEndState(summary) } },
  ];
}
