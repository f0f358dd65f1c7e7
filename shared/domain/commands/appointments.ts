import type { Allocation, Appointment, absenceReasons, changeReasons, requesters } from '../allocation.ts';
import { type Context, type Decide, isRefusal, type ReferralState, type Refusal, refuse } from '../decision.ts';
import type { DomainEvent } from '../events.ts';
import { evolve } from '../evolve.ts';
import { missedInARow, missedLately, withAttendance } from '../non-engagement.ts';
import { asItStands } from '../overtaken.ts';
import { rarDaysTold } from '../rar-days.ts';
import type { AllocationSummary, OpenTask, Referral } from '../referral.ts';
import { isReporting } from '../standing.ts';
import { notRunning, openTask, summaryOf } from './common.ts';
import { delivering } from './delivering.ts';
import { doubleBooked } from './double-booking.ts';
import { endOf, feedbackAsked } from './feedback-asked.ts';
import { type Meeting, seatRefusal } from './group-seat.ts';

export interface BookAppointment extends Meeting {
  purpose: Appointment['purpose'];
  session?: number | undefined;
  /** The group session that it is a seat in, which says when, how and where. */
  groupId?: string | undefined;
}

/**
 * How many appointments of one referral may be ahead, or wait for their feedback, at once. Each session is a task, and
 * each appointment stands in the caseworker's diary; a command that closes or moves them all is still one transaction
 * (architecture rule 1).
 */
const mostAhead = 20;

/**
 * L4, T5: an appointment is booked, at a time when neither the person nor the caseworker has another. A session asks for
 * its feedback two working days after it ends, and has one appointment at a time. One in a group session is at the time
 * of that, takes one of its places, and none of the caseworker's time: the group session has that (ADR 26).
 */
export const bookAppointment: Decide<BookAppointment> = (state, command, context) => {
  const standing = delivering(state);
  if (isRefusal(standing)) return standing;
  const { referral, allocation, summary } = standing;
  const { purpose, session, groupId } = command;
  const unseated =
    groupId === undefined ? undefined : seatRefusal(state.groupSession, allocation, summary, referral, command);
  if (unseated) return unseated;
  const { startsAt, durationMinutes, mode, place } = meetingOf(groupId === undefined ? command : state.groupSession);
  const refusal =
    bookingRefusal(referral, summary, allocation, command) ??
    aheadRefusal(referral) ??
    doubleBooked(state, allocation, { startsAt, durationMinutes });
  if (refusal) return refusal;

  const appointmentId = context.newId();
  const booked: DomainEvent = {
    type: 'appointment.booked.v1',
    data: {
      allocationId: allocation.id,
      appointmentId,
      purpose,
      ...(session === undefined ? {} : { session }),
      startsAt: toUtc(startsAt),
      mode,
    },
    detail: { durationMinutes, groupId: groupId ?? null, groupRevision: state.groupSession?.revision ?? null },
    ...(place ? { texts: { key: `APPOINTMENT#${appointmentId}`, words: { place } } } : {}),
  };
  return [
    booked,
    ...feedbackAsked(referral, summary, { id: appointmentId, purpose, startsAt, durationMinutes }, context),
  ];
};

/** When, how and where: as the command says, or the group session. */
function meetingOf({ startsAt, durationMinutes, mode, place }: Meeting = {}) {
  if (startsAt === undefined || durationMinutes === undefined || mode === undefined) {
    throw new Error('an appointment says when and how, or in which group session');
  }
  return { startsAt, durationMinutes, mode, place };
}

function bookingRefusal(
  { booked }: Referral,
  { id: allocationId, phase }: AllocationSummary,
  { plan, revision, sessionsHeld }: Allocation,
  { purpose, session }: BookAppointment,
): Refusal | undefined {
  if (purpose === 'supplier-assessment') {
    if (session !== undefined) return contradiction('/session', 'the supplier assessment is no session of the plan');
    return phase === 'supplier-assessment'
      ? undefined
      : refuse('NotPossibleNow', `The supplier assessment is over: this allocation is at ${phase}.`);
  }
  if (phase !== 'delivery') return refuse('NotPossibleNow', 'Sessions start when the action plan is approved.');
  const live = booked.find((one) => one.allocationId === allocationId && one.session === session);
  const detail =
    sessionFault(
      session,
      Math.min(plan?.sessions ?? 0, revision?.status === 'submitted' ? revision.sessions : Infinity),
      sessionsHeld,
    ) ??
    (live && `session ${session} has appointment ${live.appointmentId} at ${live.startsAt} already: move or cancel it`);
  return detail ? contradiction('/session', detail) : undefined;
}

const contradiction = (pointer: string, detail: string): Refusal =>
  refuse('Contradiction', 'The appointment contradicts itself or its plan.', { faults: [{ pointer, detail }] });

const aheadRefusal = ({ booked }: Referral): Refusal | undefined =>
  booked.length >= mostAhead
    ? refuse(
        'NotPossibleNow',
        `No more than ${mostAhead} appointments may be ahead or wait for their feedback; give some of it first.`,
      )
    : undefined;

function sessionFault(session: number | undefined, planned: number, held: number[]): string | undefined {
  if (session === undefined) return 'is needed: the number of the session in the action plan';
  if (session < 1 || session > planned) return `the action plan has sessions 1 to ${planned}`;
  return held.includes(session) ? `session ${session} has been held already` : undefined;
}

function withAppointment(state: ReferralState): Appointment {
  const { appointment, referral } = state;
  if (!appointment) throw new Error('the appointment is not loaded');
  return asItStands(appointment, summaryOf(referral, appointment.allocationId));
}

export interface ChangeAppointment {
  startsAt?: string | undefined;
  place?: string | undefined;
  reason: string;
  requestedBy: Requester;
  reasonCode?: ChangeReason | undefined;
}

type Requester = (typeof requesters)[number];
type ChangeReason = (typeof changeReasons)[number];

/** L4: a booked appointment moves, to where neither the person nor the caseworker has another, with who asked and why. Where it takes place stays, unless another place is named. */
export const changeAppointment: Decide<ChangeAppointment> = (state, command, context) => {
  const standing = delivering(state);
  if (isRefusal(standing)) return standing;
  const appointment = withAppointment(state);
  if (appointment.status !== 'booked') return refuse('NotPossibleNow', `This appointment is ${appointment.status}.`);
  if (appointment.groupId !== null) {
    return refuse(
      'NotPossibleNow',
      'This appointment is in a group session and moves with it: cancel it to leave the group.',
    );
  }
  const to = toUtc(command.startsAt ?? appointment.startsAt);
  const { durationMinutes } = appointment;
  const isMoved = to !== appointment.startsAt;
  const clash = isMoved && doubleBooked(state, standing.allocation, { startsAt: to, durationMinutes }, appointment.id);
  if (clash) return clash;
  const { id: allocationId } = standing.allocation;
  const { place, reason, requestedBy, reasonCode } = command;
  const { id } = appointment;
  return [
    {
      type: 'appointment.rescheduled.v1',
      data: {
        allocationId,
        appointmentId: id,
        from: appointment.startsAt,
        to,
        requestedBy,
        ...(reasonCode ? { reasonCode } : {}),
      },
      ...(place ? { texts: { key: `APPOINTMENT#${id}`, words: { place } } } : {}),
      detail: { groupRevision: null },
      keeps: { key: `RESCHEDULED#${id}#${context.newId()}`, words: { reason } },
    },
    ...feedbackAsked(standing.referral, standing.summary, { ...appointment, startsAt: to }, context),
  ];
};

export interface CancelAppointment {
  reason?: string | undefined;
  requestedBy?: Requester | undefined;
  reasonCode?: ChangeReason | undefined;
}

/**
 * L4: a booked appointment is cancelled, with who wanted it and why; also in a pause, or once delivery has ended and
 * nothing was told of it.
 */
export const cancelAppointment: Decide<CancelAppointment> = (state, { reason, requestedBy, reasonCode }) => {
  const { referral, allocation } = state;
  if (!allocation) throw new Error('the allocation is not loaded');
  const refused = notRunning(referral);
  if (refused) return refused;
  if (summaryOf(referral, allocation.id).phase === 'ended') {
    return refuse('NotPossibleNow', 'This allocation has ended.');
  }
  const { id: appointmentId, status } = withAppointment(state);
  if (status !== 'booked') return refuse('NotPossibleNow', `This appointment is ${status}.`);
  return [
    {
      type: 'appointment.cancelled.v1',
      data: {
        allocationId: allocation.id,
        appointmentId,
        ...(requestedBy ? { requestedBy } : {}),
        ...(reasonCode ? { reasonCode } : {}),
      },
      ...(reason ? { texts: { key: `CANCELLATION#${appointmentId}`, words: { reason } } } : {}),
    },
  ];
};

export interface RecordFeedback {
  attendance: 'yes' | 'late' | 'no';
  absence?: (typeof absenceReasons)[number] | undefined;
  reason?: string | undefined;
  activities: string[];
  rarDay: boolean;
  notes: string;
  concern?: { kind: 'behaviour' | 'safety'; text: string } | undefined;
  /** Why feedback is corrected that cannot be replaced any more. */
  correctionReason?: string | undefined;
}

/**
 * L4, T5: what came of an appointment. Attended, a supplier assessment leads on to the action plan, whose clock starts
 * when the assessment ended (T3). Said again within a day it is replaced; later, or where it raised a concern, it is
 * corrected: why is said, and what was said before is kept. An assessment that was not held after all is asked for anew
 * (T2), unless a plan was submitted upon it.
 */
export const recordFeedback: Decide<RecordFeedback> = (state, command, context) => {
  const { referral, allocation } = state;
  if (!allocation) throw new Error('the allocation is not loaded');
  const refused = notRunning(referral);
  if (refused) return refused;
  const appointment = withAppointment(state);
  if (appointment.status === 'cancelled') return refuse('NotPossibleNow', 'This appointment was cancelled.');
  if (new Date(appointment.startsAt) > context.now) {
    return refuse('NotPossibleNow', `This appointment starts at ${appointment.startsAt}: it has not been held yet.`);
  }
  const summary = summaryOf(referral, allocation.id);
  const standsAt = { referral, allocation, summary };
  const ids = { allocationId: allocation.id, appointmentId: appointment.id };
  const { attendance, absence, activities, rarDay, notes, reason, concern } = command;
  const attended = attendance !== 'no';
  if (rarDay && !attended) return contradiction('/rarDay', 'nobody attended, so no RAR day is used');
  if (absence && attended) return contradiction('/absence', 'somebody attended, so nobody was absent');
  const isAssessment = appointment.purpose === 'supplier-assessment';
  const assessed = isAssessment && attended && summary.phase === 'supplier-assessment';
  const before = appointment.feedback;
  const isFinal = before !== null && (before.hasConcern || context.now > new Date(before.editableUntil));
  if (isFinal && !command.correctionReason) {
    const detail = `is needed: this feedback ${before.hasConcern ? 'raised a concern' : `could be replaced until ${before.editableUntil}`}`;
    return contradiction('/correctionReason', detail);
  }
  const corrections = (before?.corrections ?? 0) + Number(isFinal);
  const recorded: DomainEvent = {
    type: 'attendance.recorded.v1',
    data: {
      ...ids,
      purpose: appointment.purpose,
      ...(appointment.session === null ? {} : { session: appointment.session }),
      attendance,
      ...(absence ? { absence } : {}),
      rarDay,
      correction: before !== null,
    },
    detail: { activities, corrections },
    ...answered(referral, appointment, assessed),
    texts: {
      key: `FEEDBACK#${appointment.id}#${corrections}`,
      words: {
        notes,
        ...(reason ? { reason } : {}),
        ...(isFinal && command.correctionReason ? { correctionReason: command.correctionReason } : {}),
        ...(concern ? { concern: concern.text, concernKind: concern.kind } : {}),
      },
    },
  };
  const raised: DomainEvent[] = concern ? [{ type: 'concern.raised.v1', data: { ...ids, kind: concern.kind } }] : [];
  const after = evolve(state, recorded, context.now).referral;
  const counted = rarDaysTold(referral, after);
  const isTakenBack =
    summary.phase === 'action-plan' && summaryOf(after, allocation.id).phase === 'supplier-assessment';
  const links = { provider: summary.providerId, allocationId: allocation.id };
  const next = assessed
    ? [openTask('action-plan', referral, context, { ...links, from: endOf(appointment) })]
    : isTakenBack
      ? [openTask('supplier-assessment', referral, context, links)]
      : [];
  return [recorded, ...counted, ...raised, ...nonEngagement(standsAt, appointment, attended, context), ...next];
};

/** L4: missed in a row. The practitioner is asked once about an allocation whose work goes on, and not while it rests. */
function nonEngagement(
  { referral, summary, allocation }: { referral: Referral; summary: AllocationSummary; allocation: Allocation },
  { id: appointmentId, startsAt }: Appointment,
  attended: boolean,
  context: Context,
): DomainEvent[] {
  const allocationId = allocation.id;
  const missed = missedLately(withAttendance(allocation.attendance, { appointmentId, startsAt, attended }));
  const isAsked = referral.openTasks.some(
    (task) => task.type === 'non-engagement' && task.allocationId === allocationId,
  );
  const rests = referral.paused !== null || summary.phase === 'ended' || isReporting(summary);
  if (missed.length < missedInARow || isAsked || rests) return [];
  const opened = openTask('non-engagement', referral, context, { allocationId, missed });
  return [
    {
      type: 'non-engagement.raised.v1',
      data: { allocationId, taskId: opened.opens.id, appointmentIds: missed.map((one) => one.appointmentId) },
    },
    opened,
  ];
}

function answered({ openTasks }: Referral, { id, allocationId, purpose }: Appointment, assessed: boolean) {
  const isAnswered = (task: OpenTask): boolean =>
    purpose === 'session'
      ? task.appointmentId === id
      : assessed && task.type === 'supplier-assessment' && task.allocationId === allocationId;
  const task = openTasks.find(isAnswered);
  return task ? { answers: { taskId: task.id, answer: null } } : {};
}

const toUtc = (time: string): string => new Date(time).toISOString();
