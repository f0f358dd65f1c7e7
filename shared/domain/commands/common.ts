import { min } from 'date-fns';
import { catalogueVersion } from '../catalogue/index.ts';
import type { Catalogue } from '../catalogue/schema.ts';
import { dueAt, levelsOf, remindAt } from '../deadlines.ts';
import { type Context, type ReferralState, type Refusal, refuse } from '../decision.ts';
import type { DomainEvent, EventOf } from '../events.ts';
import { evolve } from '../evolve.ts';
import { obstacleToAsking } from '../ranking.ts';
import { type AllocationSummary, isDraft, type OpenTask, operationsOrganisation, type Referral } from '../referral.ts';
import type { Service, ServiceLevels } from '../service.ts';
import { decisive, endStateOf, isMatched, tellsOfCompletion, wasCompleted } from '../standing.ts';
import { type TaskType, taskPolicies } from '../task-types.ts';
import { londonDate } from '../working-days.ts';

/** Opens a task (L7): its owner, deadline and reminder follow from its type. */
export function openTask(
  type: TaskType,
  referral: Referral,
  { now, newId }: Context,
  links: {
    provider?: string;
    allocationId?: string;
    groupId?: string;
    appointmentId?: string;
    linkId?: string;
    missed?: OpenTask['missed'];
    /** When its clock starts, if not now; or, where that is no matter of working days, when it is due. */
    from?: Date;
    due?: string;
    /** What the contract agrees, where the referral does not tell it yet: of an offer or an allocation that begins. */
    levels?: ServiceLevels;
  } = {},
): EventOf<'task.opened.v1'> & { opens: OpenTask } {
  const { provider, from = now, levels = levelsOf(referral, links), ...others } = links;
  const { due = dueAt(type, referral, from, levels), ...ids } = others;
  const { owner } = taskPolicies[type];
  const organisation =
    owner === 'practitioner' ? referral.organisation : owner === 'operations' ? operationsOrganisation : provider;
  if (!organisation) throw new Error(`${type} needs a provider to own it`);
  const id = newId();
  return {
    type: 'task.opened.v1',
    data: {
      taskId: id,
      taskType: type,
      owner,
      dueAt: due,
      ...(ids.allocationId ? { allocationId: ids.allocationId } : {}),
    },
    opens: {
      id,
      type,
      organisation,
      ...ids,
      openedAt: now.toISOString(),
      ...(from === now ? {} : { startedAt: new Date(from.getTime()).toISOString() }),
      dueAt: due,
      remindAt: remindAt(type, due, now),
      breachedAt: null,
    },
  };
}

/** The open task that a command answers, or why it cannot: a deadline that lapses is final (architecture rule 3). */
export function openTaskOf(referral: Referral, taskId: string, now: Date): OpenTask | Refusal {
  const task = referral.openTasks.find(({ id }) => id === taskId);
  if (!task) return refuse('TaskNoLongerOpen', 'This task is no longer open.');
  // While a referral is paused its clocks rest: what had not lapsed by then has not lapsed.
  const clock = referral.paused ? min([now, new Date(referral.paused.at)]) : now;
  if (taskPolicies[task.type].silence === 'lapse' && clock > new Date(task.dueAt)) {
    return refuse('TaskLapsed', `This task lapsed at ${task.dueAt}.`);
  }
  return task;
}

/** The open task of an allocation that one of the allocation's own commands answers. */
export const answersTask = (
  referral: Referral,
  allocationId: string,
  type: TaskType,
): { answers: { taskId: string; answer: null } } | Record<never, never> => {
  const task = referral.openTasks.find((open) => open.type === type && open.allocationId === allocationId);
  return task ? { answers: { taskId: task.id, answer: null } } : {};
};

export function summaryOf(referral: Referral, allocationId: string): AllocationSummary {
  const summary = referral.allocations.find(({ id }) => id === allocationId);
  if (!summary) throw new Error(`referral ${referral.id} has no allocation ${allocationId}`);
  return summary;
}

/** The events of one provider's delivery coming to its end (L5): a report is due when delivery began. */
export function endDelivery(
  referral: Referral,
  summary: AllocationSummary,
  reason: EventOf<'delivery.ended.v1'>['data']['reason'],
  context: Context,
): DomainEvent[] {
  const allocationId = summary.id;
  const reportDue = summary.begun || reason === 'plan-completed';
  const ended: DomainEvent = {
    type: 'delivery.ended.v1',
    data: { allocationId, reason, reportDue },
    ...answersTask(referral, allocationId, 'delivery'),
  };
  const next: DomainEvent = reportDue
    ? openTask('end-of-service-report', referral, context, { provider: summary.providerId, allocationId })
    : { type: 'allocation.ended.v1', data: { allocationId, endState: 'cancelled' } };
  return [ended, next];
}

/** Adds the one conclusion when these events leave nothing to do: only the system decides that (L5). */
export function withConclusion(state: ReferralState, events: DomainEvent[], now: Date): DomainEvent[] {
  const { referral } = events.reduce((current, event) => evolve(current, event, now), state);
  const isOver =
    (referral.ending !== null || isMatched(referral)) && referral.allocations.every(({ phase }) => phase === 'ended');
  if (!isOver || referral.conclusion) return events;
  const endState = endStateOf(referral);
  return [...events, { type: 'referral.concluded.v1', data: { endState, endReason: endReasonOf(referral, endState) } }];
}

function endReasonOf(referral: Referral, endState: string): EventOf<'referral.concluded.v1'>['data']['endReason'] {
  const { ending } = referral;
  const allocations = decisive(referral);
  if (ending) return ending.reason;
  if (endState === 'completed') return 'intervention-completed';
  // What ended early says more than what was completed beside it.
  const [early] = [...allocations.filter((summary) => !wasCompleted(summary)), ...allocations].flatMap(
    ({ endedFor }) => (endedFor && endedFor !== 'plan-completed' && endedFor !== 'transferred' ? [endedFor] : []),
  );
  return early ?? 'no-provider';
}

/** L3: why the service that a command names cannot be asked; `service`: what the directory knows of it. */
export function namedRefusal(
  referral: Referral,
  { serviceId, service }: { serviceId: string; service: Service | undefined },
  now: Date,
): Refusal | undefined {
  const obstacle = obstacleToAsking(referral, service, londonDate(now));
  if (!obstacle) return undefined;
  const faults = [{ pointer: '/serviceId', detail: `${serviceId} ${obstacle}`, rule: 'L3' }];
  return refuse('Contradiction', 'The named service cannot be asked.', { faults });
}

/** L5: why these cannot end for that reason yet, where it says that they were completed. */
export const tooSoonToComplete = (
  running: readonly AllocationSummary[],
  reason: NonNullable<AllocationSummary['endedFor']>,
): string | undefined =>
  tellsOfCompletion(reason) && running.some(({ phase }) => phase !== 'delivery')
    ? 'A plan or an intervention is completed only after the plan was approved.'
    : undefined;

/** C3: a referral is judged by the catalogue that it was sent under. */
export function ownCatalogue({ catalogueVersion: version }: Referral): { catalogue: Catalogue } {
  const catalogue = catalogueVersion(version);
  if (!catalogue) throw new Error(`catalogue version ${version} has gone`);
  return { catalogue };
}

/** Why nothing can be changed about a referral: it has concluded, or has yet to be sent. */
export function notRunning(referral: Referral): Refusal | undefined {
  if (referral.conclusion)
    return refuse('ReferralAlreadyConcluded', 'This referral has concluded; nothing about it can change.');
  return isDraft(referral)
    ? refuse('NotPossibleNow', 'This referral is a draft: change it with PUT, or send it first.')
    : undefined;
}
