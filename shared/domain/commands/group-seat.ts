import type { Allocation, Appointment } from '../allocation.ts';
import { type Decide, isRefusal, type ReferralState, type Refusal, refuse } from '../decision.ts';
import { type Booking, overlaps, type Slot } from '../diary.ts';
import type { DomainEvent } from '../events.ts';
import type { GroupSession } from '../group-session.ts';
import type { AllocationSummary, Referral } from '../referral.ts';
import { summaryOf } from './common.ts';
import { delivering } from './delivering.ts';
import { feedbackAsked } from './feedback-asked.ts';

/** A referral's own appointment in a group session (L4, ADR 26). */

/** When, how and where, as far as a booking says. */
export type Meeting = { [K in keyof Slot]?: Slot[K] | undefined } & {
  mode?: Appointment['mode'] | undefined;
  place?: string | undefined;
};

/** Why somebody cannot have a seat in it. A person has one, whichever allocation it was booked in. */
export function seatRefusal(
  session: GroupSession | undefined,
  { providerId, plan }: Allocation,
  { serviceId }: AllocationSummary,
  { booked }: Pick<Referral, 'booked'>,
  command: Meeting & Pick<Appointment, 'purpose'>,
): Refusal | undefined {
  if (session?.providerId !== providerId) return contradiction('/groupId', 'is none of your group sessions');
  const given = (['startsAt', 'durationMinutes', 'mode', 'place'] as const).find((name) => command[name] !== undefined);
  if (given) return contradiction(`/${given}`, 'is said by the group session: leave it out');
  if (command.purpose !== 'session') return contradiction('/purpose', 'only a session of the plan is held in a group');
  if (session.serviceId !== serviceId) return contradiction('/groupId', 'is of another service than this allocation');
  if (!plan?.activities.some(({ outputRow }) => session.outputRows.some((row) => row === outputRow))) {
    return contradiction('/groupId', `the action plan has no activity of ${session.outputRows.join(', ')}`);
  }
  if (session.status === 'cancelled') return refuse('NotPossibleNow', 'This group session is cancelled.');
  const own = booked.find(({ groupId }) => groupId === session.id);
  if (own) {
    const detail = `the person has appointment ${own.appointmentId} of allocation ${own.allocationId} in it already`;
    return refuse('NotPossibleNow', 'This person has a seat in this group session.', {
      faults: [{ pointer: '/groupId', detail, rule: 'L4' }],
    });
  }
  if (session.seats.length >= session.places) {
    return refuse('NotPossibleNow', 'This group session is full.', {
      faults: [{ pointer: '/groupId', detail: `all ${session.places} places are taken`, rule: 'L4' }],
    });
  }
  return undefined;
}

const contradiction = (pointer: string, detail: string): Refusal =>
  refuse('Contradiction', 'The appointment contradicts the group session.', { faults: [{ pointer, detail }] });

/**
 * L4: an appointment follows its group session, and does so once: it moves with it, or is cancelled with it. Who cannot
 * come at the new time, or whose referral is paused, gives the seat back. `others`: the group sessions of the person's
 * other seats at that time, whose appointments may have yet to follow them elsewhere.
 */
export const followGroupSession: Decide<{ others: readonly GroupSession[] }> = (state, { others }, context) => {
  const { referral, groupSession: session, appointment } = state;
  if (!session || !appointment) throw new Error('the group session and the appointment are loaded');
  const isBooked = referral.booked.some(({ appointmentId }) => appointmentId === appointment.id);
  if (!isBooked || appointment.status !== 'booked') return [];
  if (session.status === 'cancelled') return [cancelled(state, session.revisedFor ?? 'other')];
  if (referral.paused && session.startsAt > referral.paused.at) return [cancelled(state, 'referral-paused')];
  if (appointment.groupRevision === session.revision) return [];
  const hasLeft = ({ groupId }: Booking): boolean =>
    others.some((own) => own.id === groupId && (own.status === 'cancelled' || !overlaps(own, session)));
  const isElsewhere = bookedBeside(referral, appointment, session).some((one) => !hasLeft(one));
  const standing = delivering(state);
  if (isElsewhere || isRefusal(standing)) return [cancelled(state, 'group-session-moved')];
  const { id, allocationId, startsAt: from } = appointment;
  const moved: DomainEvent = {
    type: 'appointment.rescheduled.v1',
    data: { allocationId, appointmentId: id, from, to: session.startsAt, requestedBy: 'provider' },
    detail: { groupRevision: session.revision },
    ...(session.place ? { texts: { key: `APPOINTMENT#${id}`, words: { place: session.place } } } : {}),
    keeps: { key: `RESCHEDULED#${id}#${context.newId()}`, words: { reason: session.revisedFor ?? 'other' } },
  };
  const { startsAt } = session;
  const summary = summaryOf(referral, allocationId);
  return [moved, ...feedbackAsked(referral, summary, { ...appointment, startsAt }, context)];
};

/** What else a person has booked at the time of a group session. */
export const bookedBeside = ({ booked }: Referral, { id }: Pick<Appointment, 'id'>, session: Slot): Booking[] =>
  booked.filter((one) => one.appointmentId !== id && overlaps(one, session));

/** Why, as a code: who else attends, and what was said of them, never gets here. */
function cancelled({ appointment }: ReferralState, reason: string): DomainEvent {
  if (!appointment) throw new Error('the appointment is not loaded');
  const { id: appointmentId, allocationId } = appointment;
  return {
    type: 'appointment.cancelled.v1',
    data: { allocationId, appointmentId },
    texts: { key: `CANCELLATION#${appointmentId}`, words: { reason } },
  };
}
