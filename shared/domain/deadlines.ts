import { tz } from '@date-fns/tz';
import { addHours, max, parseISO } from 'date-fns';
import type { Referral } from './referral.ts';
import { type TaskType, taskPolicies } from './task-types.ts';
import { addWorkingDays } from './working-days.ts';

const london = tz('Europe/London');

/** A date of the calendar as a moment: nine in the morning in London, when work starts. */
const morningOf = (date: string): Date => new Date(parseISO(`${date}T09:00:00`, { in: london }).getTime());

/** E8: when the person is to be released, as far as that is known. */
export const releaseOf = ({ facts }: Referral): Date | undefined =>
  facts.expectedReleaseDate ? morningOf(facts.expectedReleaseDate) : undefined;

/** E8: a clock that starts in the community starts at release, for a person who is still in custody. */
function communityStart(referral: Referral, from: Date): Date {
  const release = releaseOf(referral);
  return referral.facts.setting === 'custody' && release ? max([from, release]) : from;
}

/** When a task opened now falls due (T1–T7), as an ISO time in UTC. */
export function dueAt(type: TaskType, referral: Referral, from: Date): string {
  const { workingDays } = taskPolicies[type];
  if (type === 'supplier-assessment') return iso(addWorkingDays(communityStart(referral, from), workingDays));
  const endDate = referral.facts.sentence?.endDate;
  if (type === 'delivery' && endDate) return iso(max([morningOf(endDate), addWorkingDays(from, 5)]));
  return iso(addWorkingDays(from, workingDays));
}

/** L7: a reminder comes one working day before the deadline, or half a day before when there is no more than one. */
export function remindAt(due: string, from: Date): string {
  const dayBefore = addWorkingDays(new Date(due), -1);
  return iso(dayBefore > from ? dayBefore : max([from, addHours(new Date(due), -12)]));
}

const iso = (date: Date): string => new Date(date.getTime()).toISOString();
