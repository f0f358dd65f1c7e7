import { addMinutes, areIntervalsOverlapping } from 'date-fns';
import * as z from 'zod';

/** A time that somebody is booked for. */
export interface Slot {
  startsAt: string;
  durationMinutes: number;
}

/** An appointment that is booked and not yet held: it takes the time of the person, and of the caseworker (L4). */
export const booking = z.object({
  appointmentId: z.string(),
  allocationId: z.string(),
  session: z.int().nullable(),
  /** The group session that it is a seat in. */
  groupId: z.string().nullable().default(null),
  /** Whose time it takes: nobody's, where nobody was assigned, or where a group session takes it. */
  caseworkerId: z.string().nullable(),
  startsAt: z.iso.datetime(),
  durationMinutes: z.int(),
});
export type Booking = z.infer<typeof booking>;

/** What a caseworker has, as their diary names it: an appointment of a referral, or a group session that they lead. */
export type DiaryEntry = Slot &
  ((Pick<Booking, 'appointmentId' | 'allocationId'> & { referralId: string }) | { groupId: string });

/** A day of a caseworker's diary as it was read. What it names may be over by now: the referrals say. */
export interface DiaryDay {
  day: string;
  /** Counts its changes; none while nothing stands in it. */
  version: number;
  /** Without those that are known to be over. */
  entries: DiaryEntry[];
}

/** What is known of a caseworker's time around an appointment. */
export interface Diary {
  caseworkerId: string;
  days: DiaryDay[];
  /** Their other appointments and group sessions that overlap it, each still booked. */
  taken: DiaryEntry[];
}

const intervalOf = ({ startsAt, durationMinutes }: Slot) => ({
  start: new Date(startsAt),
  end: addMinutes(new Date(startsAt), durationMinutes),
});

/** Whether two appointments share a moment; one may begin when the other ends. */
export const overlaps = (one: Slot, other: Slot): boolean =>
  areIntervalsOverlapping(intervalOf(one), intervalOf(other));

/** The days of a diary that an appointment is found under: of its start and of its end, in UTC. At most two. */
export function diaryDaysOf(slot: Slot): string[] {
  const { start, end } = intervalOf(slot);
  const lastMoment = new Date(end.getTime() - 1);
  return [...new Set([start, lastMoment].map((moment) => moment.toISOString().slice(0, 10)))];
}
