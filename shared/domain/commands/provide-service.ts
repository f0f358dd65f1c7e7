import { type Decide, isRefusal, refuse } from '../decision.ts';
import type { EventOf } from '../events.ts';
import { endDelivery, tooSoonToComplete, withConclusion } from './common.ts';
import { delivering } from './delivering.ts';

/** L4: a caseworker takes the work on, or takes it over; who had it before, and why it changed, is kept. */
export const assignCaseworker: Decide<{ id: string; name: string; reason?: string | undefined }> = (
  state,
  command,
  { newId },
) => {
  const standing = delivering(state);
  if (isRefusal(standing)) return standing;
  const { id: allocationId } = standing.allocation;
  const { name, reason } = command;
  const words = { name, ...(reason ? { reason } : {}) };
  return [
    {
      type: 'caseworker.assigned.v1',
      data: { allocationId, caseworkerId: command.id },
      texts: { key: `CASEWORKER#${allocationId}`, words },
      keeps: { key: `CASEWORKER#${allocationId}#${newId()}`, words: { caseworkerId: command.id, ...words } },
    },
  ];
};

/** O5: when it was, who explained it, and in which language and format: a sign language tells of a disability. */
interface Engagement {
  acceptedAt: string;
  explainedBy: string;
  language: string;
  format: string;
}

/** O5: the person understood and accepted their responsibilities. */
export const acceptEngagement: Decide<Engagement> = (state, command, { now }) => {
  const standing = delivering(state);
  if (isRefusal(standing)) return standing;
  if (new Date(command.acceptedAt) > now) {
    const faults = [{ pointer: '/acceptedAt', detail: 'lies in the future', rule: 'O5' }];
    return refuse('Contradiction', 'Acceptance cannot lie in the future.', { faults });
  }
  const { id: allocationId } = standing.allocation;
  const { acceptedAt, ...words } = command;
  return [
    {
      type: 'engagement.accepted.v1',
      data: { allocationId, acceptedAt },
      texts: { key: `ENGAGEMENT#${allocationId}`, words },
    },
  ];
};

/** L5, T6: the provider says that delivery has ended; the report is due when it had begun. */
export const completeDelivery: Decide<{
  reason: EventOf<'delivery.ended.v1'>['data']['reason'];
  text?: string | undefined;
}> = (state, { reason, text }, context) => {
  const standing = delivering(state);
  if (isRefusal(standing)) return standing;
  const { referral, allocation, summary } = standing;
  const tooSoon = tooSoonToComplete([summary], reason);
  if (tooSoon) return refuse('NotPossibleNow', tooSoon);
  const [ended, ...next] = endDelivery(referral, summary, reason, context);
  const said = text ? { texts: { key: `COMPLETION#${allocation.id}`, words: { text } } } : {};
  return withConclusion(state, ended ? [{ ...ended, ...said }, ...next] : next, context.now);
};
