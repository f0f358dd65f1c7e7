import type { DomainEvent } from './events.ts';
import type { Referral } from './referral.ts';

/** Events that concern a referral as a whole: every provider with a part in it may know of them. */
const referralLevel = new Set<DomainEvent['type']>([
  'referral.amended.v1',
  'referral.paused.v1',
  'referral.resumed.v1',
  'referral.withdrawn.v1',
  'referral.concluded.v1',
]);

/**
 * The organisations that may know of an event (architecture rule 9): the case system that sent the referral, always; a
 * provider of its own offers and allocations, and of the whole referral while it has an allocation in it.
 */
export function audienceOf(referral: Referral, { type, data }: DomainEvent, before?: Referral): string[] {
  const providers = new Set<string>();
  if ('providerId' in data) providers.add(data.providerId);
  const allocationId = 'allocationId' in data ? data.allocationId : undefined;
  for (const allocation of referral.allocations) {
    const concerned = referralLevel.has(type) || allocation.id === allocationId;
    if (concerned) providers.add(allocation.providerId);
  }
  // An event that closes a task is still about it, and the task is only in the state before.
  const tasks = [...referral.openTasks, ...(before?.openTasks ?? [])];
  const task = 'taskId' in data ? tasks.find(({ id }) => id === data.taskId) : undefined;
  if (task && 'taskType' in data && data.taskType === 'offer') providers.add(task.organisation);
  return [referral.organisation, ...providers];
}
