import type { Allocation } from './allocation.ts';
import type { OpenTask } from './referral.ts';

/** L4: so many appointments missed in a row ask the practitioner whether, and how, delivery goes on. */
export const missedInARow = 2;

/** So many of an allocation's latest appointments are remembered: any row, and the corrections that may break it. */
const remembered = 10;

type Attendance = Allocation['attendance'][number];

/** What came of one more appointment, or what it is said to have come to after all. In the order in which they were held. */
export function withAttendance(
  known: readonly Attendance[],
  { appointmentId, startsAt, attended }: Omit<Attendance, 'isSettled'>,
): Attendance[] {
  const isSettled = known.some((one) => one.appointmentId === appointmentId && one.isSettled);
  return [
    ...known.filter((one) => one.appointmentId !== appointmentId),
    { appointmentId, startsAt, attended, isSettled },
  ]
    .sort((a, b) => a.startsAt.localeCompare(b.startsAt))
    .slice(-remembered);
}

/** Those missed since the person last came, or since the practitioner last decided about it: it counts anew from there. */
export function missedLately(attendance: readonly Attendance[]): NonNullable<OpenTask['missed']> {
  const last = attendance.findLastIndex(({ attended, isSettled }) => attended || isSettled);
  return attendance.slice(last + 1).map(({ appointmentId, startsAt }) => ({ appointmentId, startsAt }));
}
