import type { Appointment } from '../allocation.ts';
import { type Context, type Refusal, refuse } from '../decision.ts';
import type { Diary, Slot } from '../diary.ts';
import type { EventOf } from '../events.ts';
import type { GroupSession } from '../group-session.ts';
import type { Service } from '../service.ts';
import type { GroupReason } from '../vocabulary.ts';
import { takenBy } from './double-booking.ts';

/** What a provider does with its group sessions (L4, ADR 26). Who attends is decided on each referral. */

export type GroupEvent = EventOf<
  | 'group-session.planned.v1'
  | 'group-session.rescheduled.v1'
  | 'group-session.changed.v1'
  | 'group-session.cancelled.v1'
>;

/** What a command on a group session comes to. */
export interface GroupChange {
  session: GroupSession;
  events: GroupEvent[];
  /** Where it takes place, where that was said. */
  place?: string;
}
export type GroupOutcome = GroupChange | Refusal;

export interface PlanGroupSession extends Slot {
  serviceId: string;
  caseworkerId: string;
  outputRows: GroupSession['outputRows'];
  mode: Appointment['mode'];
  place?: string | undefined;
  places: number;
}

/** L4: a group session of one of the provider's own services is planned, at a time when its caseworker has no other. */
export function planGroupSession(
  command: PlanGroupSession,
  { service, providerId, diary }: { service: Pick<Service, 'provider'> | undefined; providerId: string; diary: Diary },
  { newId }: Context,
): GroupOutcome {
  const { place, ...planned } = command;
  if (service?.provider.id !== providerId) {
    return refuse('Contradiction', 'The group session contradicts the directory.', {
      faults: [{ pointer: '/serviceId', detail: 'is none of your services' }],
    });
  }
  const clash = leaderTaken(diary);
  if (clash) return clash;
  const id = newId();
  const { serviceId, startsAt, durationMinutes, mode, places } = planned;
  const session: GroupSession = {
    ...planned,
    id,
    providerId,
    outputRows: [...new Set(planned.outputRows)],
    status: 'planned',
    version: 1,
    sequence: 1,
    revision: 1,
    revisedFor: null,
    seats: [],
  };
  const data = { groupId: id, serviceId, providerId, startsAt, durationMinutes, mode, places };
  return { session, events: [{ type: 'group-session.planned.v1', data }], ...(place ? { place } : {}) };
}

export interface ChangeGroupSession {
  startsAt?: string | undefined;
  place?: string | undefined;
  caseworkerId?: string | undefined;
  places?: number | undefined;
  reason: GroupReason;
}

/**
 * L4: a group session that is ahead moves, is led by another caseworker, or takes more or fewer people. Nobody loses a
 * seat by fewer places: those who have to leave are named by the provider first.
 */
export function changeGroupSession(
  session: GroupSession,
  {
    startsAt = session.startsAt,
    caseworkerId = session.caseworkerId,
    places = session.places,
    ...said
  }: ChangeGroupSession,
  diary: Diary,
  { now }: Context,
): GroupOutcome {
  const over = notAhead(session, now);
  if (over) return over;
  const { place, reason } = said;
  if (places < session.seats.length) {
    return refuse('NotPossibleNow', `${session.seats.length} people have a seat in this group session.`, {
      faults: [
        { pointer: '/places', detail: `is fewer than the ${session.seats.length} seats that are taken`, rule: 'L4' },
      ],
    });
  }
  const isMoved = startsAt !== session.startsAt;
  if (isMoved && new Date(startsAt) <= now) {
    return refuse('Contradiction', 'A group session that is ahead stays ahead.', {
      faults: [{ pointer: '/startsAt', detail: 'has passed', rule: 'L4' }],
    });
  }
  const isLedAnew = caseworkerId !== session.caseworkerId;
  const clash = isMoved || isLedAnew ? leaderTaken(diary) : undefined;
  if (clash) return clash;
  const { id: groupId, providerId } = session;
  const fields = [
    ...(isLedAnew ? (['caseworkerId'] as const) : []),
    ...(places === session.places ? [] : (['places'] as const)),
  ];
  const isRevised = isMoved || place !== undefined;
  const events: GroupEvent[] = [
    ...(isRevised
      ? [
          {
            type: 'group-session.rescheduled.v1' as const,
            data: { groupId, providerId, from: session.startsAt, to: startsAt, reason },
          },
        ]
      : []),
    ...(fields.length > 0
      ? [{ type: 'group-session.changed.v1' as const, data: { groupId, providerId, fields } }]
      : []),
  ];
  const revised = isRevised ? { revision: session.revision + 1, revisedFor: reason } : {};
  return {
    ...after({ ...session, startsAt, caseworkerId, places, ...revised }, events),
    ...(place ? { place } : {}),
  };
}

/** L4: a group session that is ahead is cancelled, and with it each appointment in it. */
export function cancelGroupSession(
  session: GroupSession,
  { reason }: { reason: GroupReason },
  { now }: Context,
): GroupOutcome {
  const over = notAhead(session, now);
  if (over) return over;
  const { id: groupId, providerId, revision } = session;
  const cancelled = { ...session, status: 'cancelled' as const, revision: revision + 1, revisedFor: reason };
  return after(cancelled, [{ type: 'group-session.cancelled.v1', data: { groupId, providerId, reason } }]);
}

const after = (session: GroupSession, events: GroupEvent[]): GroupChange => ({
  session:
    events.length === 0
      ? session
      : { ...session, version: session.version + 1, sequence: session.sequence + events.length },
  events,
});

function notAhead({ status, startsAt }: GroupSession, now: Date) {
  if (status === 'cancelled') return refuse('NotPossibleNow', 'This group session is cancelled.');
  return new Date(startsAt) <= now ? refuse('NotPossibleNow', `This group session began at ${startsAt}.`) : undefined;
}

function leaderTaken(diary: Diary) {
  const faults = takenBy(diary).map((detail) => ({ pointer: '/startsAt', detail, rule: 'L4' }));
  return faults.length > 0
    ? refuse('NotPossibleNow', 'The caseworker is booked at that time already.', { faults })
    : undefined;
}
