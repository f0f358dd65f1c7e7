import type { DomainEvent } from './events.ts';
import type { GroupSession, Seat } from './group-session.ts';
import type { Referral } from './referral.ts';

/** A seat that a command on a referral takes or gives back. */
export interface SeatMove extends Seat {
  groupId: string;
  /** The revision that was looked at to take it; none where it is given back. */
  revision: number | null;
}

/**
 * Seats follow the appointments that are booked: whatever frees such an appointment (held, cancelled, withdrawn, ended,
 * transferred) gives its seat back in the same transaction, unless the group session has begun.
 */
export function seatMoves(before: Referral | undefined, after: Referral, events: readonly DomainEvent[]): SeatMove[] {
  const seatsOf = ({ id: referralId, booked }: Referral) =>
    booked.flatMap(({ groupId, allocationId, appointmentId }) =>
      groupId ? [{ groupId, referralId, allocationId, appointmentId }] : [],
    );
  const [had, has] = [before ? seatsOf(before) : [], seatsOf(after)];
  const lacks = (seats: typeof has, id: string) => !seats.some(({ appointmentId }) => appointmentId === id);
  const taken = has.filter(({ appointmentId }) => lacks(had, appointmentId));
  const freed = had.filter(({ appointmentId }) => lacks(has, appointmentId));
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
    ...taken.map((one) => ({ ...one, revision: revisionOf(one.appointmentId) })),
    ...freed.map((one) => ({ ...one, revision: null })),
  ];
}

/**
 * Who had a seat when the session began keeps it: that is who was to attend. Its own start counts, since an appointment
 * in it may not have followed yet; one that is cancelled never begins.
 */
export const hasBegun = ({ status, startsAt }: Pick<GroupSession, 'status' | 'startsAt'>, now: Date): boolean =>
  status === 'planned' && new Date(startsAt) <= now;
