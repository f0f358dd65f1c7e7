import { remindAt } from '../deadlines.ts';
import type { ReferralState } from '../decision.ts';
import type { DomainEvent } from '../events.ts';
import type { OpenTask, Referral } from '../referral.ts';
import { outlivesReferral, type TaskType, taskPolicies } from '../task-types.ts';

/** What events do to open tasks, and to what calls for operations (L7). */

/** What a late task has called operations for is over when the task is done, or has time again. */
export function attentionLeft({ attention, openTasks }: Referral): Referral['attention'] {
  const isSettled = attention?.taskId && !openTasks.some(({ id, breachedAt }) => id === attention.taskId && breachedAt);
  return isSettled ? attentionFor(openTasks) : attention;
}

/** What a late task calls operations for, if one of these is late. */
export function attentionFor(openTasks: OpenTask[]): Referral['attention'] {
  const [late] = openTasks.flatMap((task) => (task.breachedAt ? [overdue(task.id, task.type, task.breachedAt)] : []));
  return late ?? null;
}

export const overdue = (taskId: string, type: TaskType, since: string) => ({
  taskId,
  reason: `${type} is overdue (${taskPolicies[type].clock})`,
  since,
});

export function withTasks(state: ReferralState, event: DomainEvent): ReferralState {
  const { referral } = state;
  const closed = event.answers?.taskId ?? (event.type === 'task.lapsed.v1' ? event.data.taskId : undefined);
  if (!closed && !event.opens) return state;
  const openTasks = referral.openTasks.filter(({ id }) => id !== closed).concat(event.opens ?? []);
  return { ...state, referral: { ...referral, openTasks } };
}

export function redated(tasks: OpenTask[], dueDates: Record<string, string>, now: string): OpenTask[] {
  return tasks.map((task) => {
    const due = dueDates[task.id];
    if (!due) return task;
    // A deadline that has time again reminds and breaches anew (L7); any other keeps what has been said.
    if (due > task.dueAt && due > now)
      return { ...task, dueAt: due, remindAt: remindAt(task.type, due, new Date(now)), breachedAt: null };
    return { ...task, dueAt: due, remindAt: task.remindAt === null ? null : remindAt(task.type, due, new Date(now)) };
  });
}

/** Once nothing is missing, nobody is asked for facts. */
export const stillAsked = (tasks: OpenTask[], missing: string[]): OpenTask[] =>
  tasks.filter(({ type }) => !(missing.length === 0 && type === 'missing-information'));

/** A report that is due stays due, whatever ends the referral. */
export const staysDue = (task: OpenTask): boolean =>
  task.type === 'end-of-service-report' ||
  task.type === 'end-of-service-report-acknowledgement' ||
  outlivesReferral(task);

/** What stays open when nothing else of a referral does. */
export const outliving = ({ openTasks }: Referral): OpenTask[] => openTasks.filter(outlivesReferral);

export const withTask = (tasks: OpenTask[], id: string, change: Partial<OpenTask>): OpenTask[] =>
  tasks.map((task) => (task.id === id ? { ...task, ...change } : task));

/** A moved or cancelled appointment no longer waits for its feedback; what replaces it opens its own task. */
export function withoutTask(state: ReferralState, appointmentId: string): ReferralState {
  const openTasks = state.referral.openTasks.filter((task) => task.appointmentId !== appointmentId);
  return openTasks.length === state.referral.openTasks.length
    ? state
    : { ...state, referral: { ...state.referral, openTasks } };
}

/** What its end closes of an allocation. */
export const ofAllocation = (allocationId: string) => (task: OpenTask) =>
  task.allocationId === allocationId && !outlivesReferral(task);
