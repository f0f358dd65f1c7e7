import type { Allocation } from '../allocation.ts';
import { type Context, isRefusal, type ReferralState, type Refusal, refuse } from '../decision.ts';
import type { AllocationSummary, Referral } from '../referral.ts';
import { isReporting } from '../standing.ts';
import { notRunning, openTaskOf, summaryOf } from './common.ts';

/** How a practitioner answers a plan or a report. */
export type Approval = { decision: 'approved' | 'acknowledged' | 'returned'; reason?: string | undefined };

/** What every command of delivery stands on; a referral that is over or paused takes no new work. */
export function delivering(
  state: ReferralState,
): { referral: Referral; allocation: Allocation; summary: AllocationSummary } | Refusal {
  const { referral, allocation } = state;
  if (!allocation) throw new Error('the allocation is not loaded');
  const refused = notRunning(referral);
  if (refused) return refused;
  const summary = summaryOf(referral, allocation.id);
  if (summary.phase === 'ended' || isReporting(summary)) {
    return refuse('NotPossibleNow', 'Delivery of this allocation has ended.');
  }
  if (referral.paused) return refuse('NotPossibleNow', 'This referral is paused.');
  return { referral, allocation, summary };
}

/** What an answer to a task about an allocation stands on. */
export function answeredTask(state: ReferralState, taskId: string, { now }: Context) {
  const { referral, allocation } = state;
  const task = openTaskOf(referral, taskId, now);
  if (isRefusal(task)) return task;
  if (!allocation || task.allocationId !== allocation.id) throw new Error('the task is about another allocation');
  return { referral, allocation, summary: summaryOf(referral, allocation.id) };
}
