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
  /** Who is to hold it; nobody, where nobody was assigned. */
  caseworkerId: z.string().nullable(),
  startsAt: z.iso.datetime(),
  durationMinutes: z.int(),
});
export type Booking = z.infer<typeof booking>;

/** An appointment of a caseworker, as their diary names it: which referral it is of, and when it is. */
export type DiaryEntry = Pick<Booking, 'appointmentId' | 'allocationId' | 'startsAt' | 'durationMinutes'> & {
  referralId: string;
};

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
  /** Their appointments of other referrals that overlap it, each still booked. */
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
