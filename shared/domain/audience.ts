import type { DomainEvent } from './events.ts';
import { opdOwnersOf } from './opd.ts';
import type { AllocationSummary, Referral } from './referral.ts';
import { involvedProviders } from './standing.ts';

/** Events that concern a referral as a whole: every provider with a part in it may know of them. */
const referralLevel = new Set<DomainEvent['type']>([
  'referral.amended.v1',
  'referral.paused.v1',
  'referral.resumed.v1',
  'referral.withdrawn.v1',
  'referral.ended-early.v1',
  'referral.extended.v1',
  'referral.reopened.v1',
  'referral.transferred.v1',
  'referral.concluded.v1',
  'rar-days.nearly-used.v1',
  'rar-days.used.v1',
  'rar-days.exceeded.v1',
  'opd.owners-recorded.v1',
  'opd.owners-removed.v1',
]);

/** E7: events that whoever has to do with the person must know of at once. */
const everyoneInvolved = new Set<DomainEvent['type']>(['risk.reassessed.v1', 'risk.responsibility-moved.v1']);

/**
 * E9: the owners of the personality-disorder pathway share responsibility, so from the event that records them on they
 * know of what concerns the referral as a whole and of the risk. Who is replaced hears of that, and then nothing more.
 */
function ownersWhoMayKnow(standing: Referral, event: DomainEvent): string[] {
  const owners =
    event.type === 'opd.owners-recorded.v1'
      ? [event.data, event.detail.former]
      : event.type === 'opd.owners-removed.v1'
        ? [event.data]
        : referralLevel.has(event.type) || event.type.startsWith('risk.')
          ? [opdOwnersOf(standing.facts)]
          : [];
  return owners.flatMap((both) => (both ? [both.probation, both.health] : []));
}

/**
 * Whether an allocation goes on, or ends with this very event: the conclusion comes in the same command, and so at the
 * same time, as the last end.
 */
const hasPart = ({ id, phase, endedAt }: AllocationSummary, { conclusion }: Referral, before?: Referral): boolean =>
  phase !== 'ended' ||
  (before?.allocations.some((former) => former.id === id && former.phase !== 'ended') ?? false) ||
  (conclusion !== null && endedAt === conclusion.at);

/**
 * The organisations that may know of an event (architecture rule 9): the case system that sent the referral, always; a
 * provider of its own offers and allocations, of the whole referral until its part in it ends, and of the risk
 * while it is involved (E7); the owners of a shared responsibility (E9). That somebody reported an escalation is for
 * those who are responsible alone.
 */
export function audienceOf(referral: Referral, event: DomainEvent, before?: Referral): string[] {
  const { type, data } = event;
  const providers = new Set<string>();
  if ('providerId' in data) providers.add(data.providerId);
  if (everyoneInvolved.has(type)) for (const provider of involvedProviders(referral)) providers.add(provider);
  const allocationId = 'allocationId' in data ? data.allocationId : undefined;
  for (const allocation of referral.allocations) {
    const concerned =
      allocation.id === allocationId || (referralLevel.has(type) && hasPart(allocation, referral, before));
    if (concerned) providers.add(allocation.providerId);
  }
  // An event that closes a task is still about it, and the task is only in the state before.
  const tasks = [...referral.openTasks, ...(before?.openTasks ?? [])];
  const task = 'taskId' in data ? tasks.find(({ id }) => id === data.taskId) : undefined;
  if (task && 'taskType' in data && data.taskType === 'offer') providers.add(task.organisation);
  // Owners whom an amendment brings are told by the event that records them, so the state before it says who knows.
  const owners = ownersWhoMayKnow(before ?? referral, event);
  return [...new Set([referral.organisation, ...providers, ...owners])];
}
