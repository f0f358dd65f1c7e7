import type { DomainEvent } from './events.ts';
import type { Seat } from './group-session.ts';
import type { Referral } from './referral.ts';

/** A seat that a command on a referral takes or gives back. */
export interface SeatMove extends Seat {
  groupId: string;
  /** The revision that was looked at to take it; none where it is given back. */
  revision: number | null;
}

/**
 * Seats follow the appointments that are booked and not yet held: whatever frees such an appointment (cancelled,
 * withdrawn, ended, transferred) gives its seat back in the same transaction. Who had a seat when the session began
 * keeps it: that is who was to attend.
 */
export function seatMoves(
  before: Referral | undefined,
  after: Referral,
  events: readonly DomainEvent[],
  now: Date,
): SeatMove[] {
  const seatsOf = ({ id: referralId, booked }: Referral) =>
    booked.flatMap(({ groupId, allocationId, appointmentId, startsAt }) =>
      groupId ? [{ groupId, referralId, allocationId, appointmentId, startsAt }] : [],
    );
  const [had, has] = [before ? seatsOf(before) : [], seatsOf(after)];
  const lacks = (seats: typeof has, id: string) => !seats.some(({ appointmentId }) => appointmentId === id);
  const taken = has.filter(({ appointmentId }) => lacks(had, appointmentId));
  const freed = had.filter(({ appointmentId, startsAt }) => lacks(has, appointmentId) && new Date(startsAt) > now);
  const revisionOf = (id: string): number => {
    const [revision] = events.flatMap((event) =>
      event.type === 'appointment.booked.v1' && event.data.appointmentId === id
        ? (event.detail.groupRevision ?? [])
        : [],
    );
    if (revision === undefined) throw new Error('a seat is taken by booking, on a group session that was seen');
    return revision;
  };
  return [
    ...taken.map(({ startsAt: _, ...one }) => ({ ...one, revision: revisionOf(one.appointmentId) })),
    ...freed.map(({ startsAt: _, ...one }) => ({ ...one, revision: null })),
  ];
}
