import { tz } from '@date-fns/tz';
import { addDays, addHours, max, min, parseISO } from 'date-fns';
import type { OpenTask, Referral } from './referral.ts';
import type { ContractClock, ServiceLevels } from './service.ts';
import { openOffers } from './standing.ts';
import { runsThroughPause, type TaskPolicy, type TaskType, taskPolicies } from './task-types.ts';
import { addWorkingDays, dueAfterRest, workingDaysBetween } from './working-days.ts';

const london = tz('Europe/London');

/** A date of the calendar as a moment: nine in the morning in London, when work starts. */
const morningOf = (date: string): Date => new Date(parseISO(`${date}T09:00:00`, { in: london }).getTime());

/** When a date of the calendar has passed in London, as an ISO time: a thing to do on that day is due then. */
export const endOfDay = (date: string): string => iso(addDays(parseISO(date, { in: london }), 1));

/** E8: when the person is to be released, as far as that is known. */
export const releaseOf = ({ facts }: Referral): Date | undefined =>
  facts.expectedReleaseDate ? morningOf(facts.expectedReleaseDate) : undefined;

/** E8: a clock that starts in the community starts at release, for a person who is still in custody. */
function communityStart(referral: Referral, from: Date): Date {
  const release = releaseOf(referral);
  return referral.facts.setting === 'custody' && release ? max([from, release]) : from;
}

/** T1 to T6: the days that the contract agrees, or the default ones. */
function workingDaysOf(type: TaskType, levels: ServiceLevels): number {
  const { clock, workingDays } = taskPolicies[type];
  return levels[clock as ContractClock] ?? workingDays;
}

/** What the contract agrees that a task hangs on: that of its allocation, or of the offer that it asks about. */
export const levelsOf = (
  referral: Referral,
  { id, allocationId }: { id?: string; allocationId?: string | undefined },
): ServiceLevels =>
  referral.allocations.find((summary) => summary.id === allocationId)?.terms.serviceLevels ??
  openOffers(referral).find(({ taskId }) => taskId === id)?.terms.serviceLevels ??
  {};

/** When a task opened now falls due (T1–T8), as an ISO time in UTC. */
export function dueAt(type: TaskType, referral: Referral, from: Date, levels: ServiceLevels): string {
  const workingDays = workingDaysOf(type, levels);
  if (type === 'supplier-assessment') return iso(addWorkingDays(communityStart(referral, from), workingDays));
  const endDate = referral.facts.sentence?.endDate;
  if (type === 'delivery' && endDate) return iso(max([morningOf(endDate), addWorkingDays(from, 5)]));
  return iso(addWorkingDays(from, workingDays));
}

/** L7: a reminder comes working days before the deadline, or half a day before when there are no more than those. */
export function remindAt(type: TaskType, due: string, from: Date): string {
  const { remindBefore = 1 }: TaskPolicy = taskPolicies[type];
  const before = addWorkingDays(new Date(due), -remindBefore);
  return iso(before > from ? before : max([from, addHours(new Date(due), -12)]));
}

/** Deadlines that have moved: the task's id and when it is due now, as an ISO time. */
type DueDates = Record<string, string>;

/** The deadlines that hang on a changed fact: release starts a clock (E8), the sentence's end closes delivery. */
export function movedByFacts(before: Referral, after: Referral, now: Date): DueDates {
  const isInCustody = after.facts.setting === 'custody';
  const isReleased = before.facts.setting === 'custody' && after.facts.setting === 'community';
  // A release that is put off without a date leaves the old deadline standing until there is one; and once the person
  // is out, a corrected date moves nothing: their clock is running.
  const isUndated = isInCustody && !releaseOf(after);
  const isReleaseMoved =
    !isUndated &&
    (isInCustody || isReleased) &&
    (before.facts.expectedReleaseDate !== after.facts.expectedReleaseDate ||
      before.facts.setting !== after.facts.setting);
  const isEndMoved = before.facts.sentence?.endDate !== after.facts.sentence?.endDate;
  const from = ({ openedAt }: OpenTask): Date => {
    if (!isReleased) return new Date(openedAt);
    // Told late, it was on the day that is told with it, or else on the day that it was expected.
    return max([new Date(openedAt), min([now, releaseOf(after) ?? releaseOf(before) ?? now])]);
  };
  const moved = after.openTasks.filter(
    ({ type }) => (type === 'supplier-assessment' && isReleaseMoved) || (type === 'delivery' && isEndMoved),
  );
  // What a pause has granted stays granted, where the release was known from which it was counted.
  const wasCounted = before.facts.setting === 'custody' && releaseOf(before) !== undefined;
  const due = (task: OpenTask, referral: Referral, start: Date): Date =>
    new Date(dueAt(task.type, referral, start, levelsOf(referral, task)));
  const granted = (task: OpenTask): number =>
    task.type === 'delivery' || !wasCounted
      ? 0
      : workingDaysBetween(due(task, before, new Date(task.openedAt)), new Date(task.dueAt));
  return Object.fromEntries(
    moved.map((task) => [task.id, iso(addWorkingDays(due(task, after, from(task)), granted(task)))]),
  );
}

/** L4: while a referral is paused its clocks rest, but for the pause's own and those that run whatever comes (T8). */
export const clockRests = (task: Pick<OpenTask, 'type'>, { paused }: Referral): boolean =>
  paused !== null && !runsThroughPause(task);

/** L4: the deadlines whose clock a pause has stopped, as they stand when it goes on; none where nothing is paused. */
export const movedByPause = (referral: Referral, now: Date): DueDates =>
  Object.fromEntries(
    referral.openTasks.flatMap((task) => {
      const due = dueAfterPause(task, referral, now);
      return due ? [[task.id, iso(due)]] : [];
    }),
  );

/** What was late before the pause stays late, and a clock that has yet to start (E8, T5) stays where it is. */
function dueAfterPause(task: OpenTask, referral: Referral, now: Date): Date | undefined {
  const { type, dueAt: before } = task;
  if (!referral.paused || !clockRests(task, referral)) return undefined;
  const due = new Date(before);
  const levels = levelsOf(referral, task);
  const started = addWorkingDays(due, -workingDaysOf(type, levels));
  const stopped = max([new Date(referral.paused.at), started]);
  if (due <= stopped || started > now) return undefined;
  const endsWithSentence = type === 'delivery' && referral.facts.sentence?.endDate;
  return endsWithSentence ? new Date(dueAt(type, referral, now, levels)) : dueAfterRest(due, stopped, now);
}

const iso = (date: Date): string => new Date(date.getTime()).toISOString();
