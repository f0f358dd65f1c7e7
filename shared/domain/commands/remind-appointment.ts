import { addHours, addMilliseconds, hoursToMilliseconds, subHours } from 'date-fns';
import type { Decide, ReferralState } from '../decision.ts';

/**
 * L4: whether an appointment is to be reminded of, so many hours ahead of its start. `later`: not while the referral is
 * paused, nor before that time, nor by a time that its group session no longer has. `never`: it is cancelled, overtaken,
 * told of or under way; or it was booked, or moved, for so soon that this was the reminder.
 */
export function reminderOf(
  { referral, appointment, groupSession }: Pick<ReferralState, 'referral' | 'appointment' | 'groupSession'>,
  leadHours: number,
  now: Date,
): 'due' | 'later' | 'never' {
  if (!appointment) throw new Error('the appointment is not loaded');
  const { id, status, startsAt, bookedAt, moved, remindedAt } = appointment;
  const isAhead = status === 'booked' && referral.booked.some(({ appointmentId }) => appointmentId === id);
  const remindsAt = subHours(new Date(startsAt), leadHours);
  const saidAt = moved?.at ?? bookedAt;
  const isSaidLate = saidAt !== null && new Date(saidAt) > remindsAt;
  if (!isAhead || remindedAt !== null || isSaidLate || referral.conclusion || now >= new Date(startsAt)) return 'never';
  const hasFollowed = !groupSession || appointment.groupRevision === groupSession.revision;
  return referral.paused || now < remindsAt || !hasFollowed ? 'later' : 'due';
}

/** What starts before this has its time to be reminded of. */
export const remindedUntil = (now: Date, leadHours: number): Date => addHours(now, leadHours);

/**
 * What cannot be reminded of yet is looked at again after an hour, or after half of the time that is left, so that there
 * is a reminder if the referral goes on shortly before: the appointment is found as if it started then.
 */
export function lookedAtAgain({ startsAt }: { startsAt: string }, now: Date, leadHours: number): Date {
  const left = new Date(startsAt).getTime() - now.getTime();
  return remindedUntil(addMilliseconds(now, Math.min(hoursToMilliseconds(1), left / 2)), leadHours);
}

/** L4: an appointment comes near: once for a booking, and again for where it was moved to. Nothing due: no event. */
export const remindAppointment: Decide<{ leadHours: number }> = (state, { leadHours }, { now }) => {
  if (!state.appointment || reminderOf(state, leadHours, now) !== 'due') return [];
  const { id: appointmentId, allocationId, startsAt } = state.appointment;
  return [{ type: 'appointment.reminded.v1', data: { allocationId, appointmentId, startsAt } }];
};
