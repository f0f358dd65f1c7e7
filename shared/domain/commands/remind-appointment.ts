import { addHours, subHours } from 'date-fns';
import type { Decide, ReferralState } from '../decision.ts';

/**
 * L4: whether an appointment is to be reminded of, so many hours ahead of its start. `later`: not while the referral is
 * paused, nor before that time. `never`: it is cancelled, overtaken, told of or under way; or it was booked, or moved,
 * for so soon that this was the reminder.
 */
export function reminderOf(
  { referral, appointment }: Pick<ReferralState, 'referral' | 'appointment'>,
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
  return referral.paused || now < remindsAt ? 'later' : 'due';
}

/** What starts before this has its time to be reminded of. */
export const remindedUntil = (now: Date, leadHours: number): Date => addHours(now, leadHours);

/** A paused referral is looked at every hour for whether it goes on: its appointment is found as if it started then. */
export const lookedAtAgain = (now: Date, leadHours: number): Date => remindedUntil(addHours(now, 1), leadHours);

/** L4: an appointment comes near: once for a booking, and again for where it was moved to. Nothing due: no event. */
export const remindAppointment: Decide<{ leadHours: number }> = (state, { leadHours }, { now }) => {
  if (!state.appointment || reminderOf(state, leadHours, now) !== 'due') return [];
  const { id: appointmentId, allocationId, startsAt } = state.appointment;
  return [{ type: 'appointment.reminded.v1', data: { allocationId, appointmentId, startsAt } }];
};
