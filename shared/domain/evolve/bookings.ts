import type { ReferralState } from '../decision.ts';
import type { Booking } from '../diary.ts';
import type { EventOf } from '../events.ts';
import type { Referral } from '../referral.ts';

/** What events do to the appointments that are booked and not yet held (L4). */

export const withBooking = (
  { referral, allocation }: ReferralState,
  { data, detail }: EventOf<'appointment.booked.v1'>,
): Booking[] => [
  ...referral.booked,
  {
    appointmentId: data.appointmentId,
    allocationId: data.allocationId,
    session: data.session ?? null,
    groupId: detail.groupId,
    caseworkerId: detail.groupId ? null : (allocation?.caseworkerId ?? null),
    startsAt: data.startsAt,
    durationMinutes: detail.durationMinutes,
  },
];

export const rebooked = (booked: Booking[], { data }: EventOf<'appointment.rescheduled.v1'>): Booking[] =>
  booked.map((one) => (one.appointmentId === data.appointmentId ? { ...one, startsAt: data.to } : one));

/** Whoever takes the work over takes over what is still to be held, and who leads a group session goes on leading it. */
export const takenOver = (booked: Booking[], { data }: EventOf<'caseworker.assigned.v1'>, at: string): Booking[] =>
  booked.map((one) =>
    one.allocationId === data.allocationId && one.startsAt > at && !one.groupId
      ? { ...one, caseworkerId: data.caseworkerId }
      : one,
  );

/** Held, missed, cancelled, or of an allocation whose delivery has ended: its time is free. */
export function freed(referral: Referral, isFree: (booking: Booking) => boolean): Referral {
  return referral.booked.some(isFree)
    ? { ...referral, booked: referral.booked.filter((one) => !isFree(one)) }
    : referral;
}
