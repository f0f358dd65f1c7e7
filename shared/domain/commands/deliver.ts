import { addMinutes } from 'date-fns';
import type { ActionPlan, Allocation, Appointment, Engagement, Report } from '../allocation.ts';
import { type Context, type Decide, isRefusal, type ReferralState, type Refusal, refuse } from '../decision.ts';
import type { DomainEvent, EventOf } from '../events.ts';
import type { AllocationSummary, OpenTask, Referral } from '../referral.ts';
import { isReporting } from '../standing.ts';
import type { NeedId } from '../vocabulary.ts';
import {
  alreadyConcluded,
  answersTask,
  endDelivery,
  openTask,
  openTaskOf,
  summaryOf,
  withConclusion,
} from './common.ts';

/** What every command of delivery stands on; a referral that is over or paused takes no new work. */
function delivering(
  state: ReferralState,
): { referral: Referral; allocation: Allocation; summary: AllocationSummary } | Refusal {
  const { referral, allocation } = state;
  if (!allocation) throw new Error('the allocation is not loaded');
  if (referral.conclusion) return alreadyConcluded();
  const summary = summaryOf(referral, allocation.id);
  if (summary.phase === 'ended' || isReporting(summary)) {
    return refuse('NotPossibleNow', 'Delivery of this allocation has ended.');
  }
  if (referral.paused) return refuse('NotPossibleNow', 'This referral is paused.');
  return { referral, allocation, summary };
}

/** L4: a caseworker takes the work on, or takes it over. */
export const assignCaseworker: Decide<{ id: string; name: string; reason?: string | undefined }> = (state, command) => {
  const standing = delivering(state);
  if (isRefusal(standing)) return standing;
  const { id: allocationId } = standing.allocation;
  const { name, reason } = command;
  return [
    {
      type: 'caseworker.assigned.v1',
      data: { allocationId, caseworkerId: command.id },
      texts: { key: `CASEWORKER#${allocationId}`, words: { name, ...(reason ? { reason } : {}) } },
    },
  ];
};

/** O5: the person understood and accepted their responsibilities. */
export const acceptEngagement: Decide<Engagement & { explainedBy: string }> = (state, command, { now }) => {
  const standing = delivering(state);
  if (isRefusal(standing)) return standing;
  if (new Date(command.acceptedAt) > now) {
    const faults = [{ pointer: '/acceptedAt', detail: 'lies in the future', rule: 'O5' }];
    return refuse('Contradiction', 'Acceptance cannot lie in the future.', { faults });
  }
  const { id: allocationId } = standing.allocation;
  const { explainedBy, ...engagement } = command;
  return [
    {
      type: 'engagement.accepted.v1',
      data: { allocationId, ...engagement },
      texts: { key: `ENGAGEMENT#${allocationId}`, words: { explainedBy } },
    },
  ];
};

export interface BookAppointment {
  purpose: Appointment['purpose'];
  session?: number | undefined;
  groupId?: string | undefined;
  startsAt: string;
  durationMinutes: number;
  mode: Appointment['mode'];
  place?: string | undefined;
}

/** L4, T5: an appointment is booked. A session asks for its feedback two working days after it ends. */
export const bookAppointment: Decide<BookAppointment> = (state, command, context) => {
  const standing = delivering(state);
  if (isRefusal(standing)) return standing;
  const { referral, allocation, summary } = standing;
  const { purpose, session, startsAt, durationMinutes, mode, groupId, place } = command;
  const refusal = bookingRefusal(summary, allocation, command);
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
    detail: { durationMinutes, groupId: groupId ?? null },
    ...(place ? { texts: { key: `APPOINTMENT#${appointmentId}`, words: { place } } } : {}),
  };
  return [
    booked,
    ...feedbackAsked(referral, summary, { id: appointmentId, purpose, startsAt, durationMinutes }, context),
  ];
};

function bookingRefusal(
  { phase }: AllocationSummary,
  { plan, sessionsHeld }: Allocation,
  { purpose, session }: BookAppointment,
): Refusal | undefined {
  if (purpose === 'supplier-assessment') {
    return phase === 'supplier-assessment'
      ? undefined
      : refuse('NotPossibleNow', 'The supplier assessment has been held already.');
  }
  if (phase !== 'delivery') return refuse('NotPossibleNow', 'Sessions start when the action plan is approved.');
  const detail = sessionFault(session, plan?.sessions ?? 0, sessionsHeld);
  return detail
    ? refuse('Contradiction', 'No such session can be booked.', { faults: [{ pointer: '/session', detail }] })
    : undefined;
}

function sessionFault(session: number | undefined, planned: number, held: number[]): string | undefined {
  if (session === undefined) return 'is needed: the number of the session in the action plan';
  if (session < 1 || session > planned) return `the action plan has sessions 1 to ${planned}`;
  return held.includes(session) ? `session ${session} has been held already` : undefined;
}

function feedbackAsked(
  referral: Referral,
  { id: allocationId, providerId: provider }: AllocationSummary,
  appointment: Pick<Appointment, 'id' | 'purpose' | 'startsAt' | 'durationMinutes'>,
  context: Context,
): DomainEvent[] {
  if (appointment.purpose !== 'session') return [];
  const from = addMinutes(new Date(appointment.startsAt), appointment.durationMinutes);
  return [
    openTask('session-feedback', referral, context, { provider, allocationId, appointmentId: appointment.id, from }),
  ];
}

function withAppointment(state: ReferralState): Appointment {
  if (!state.appointment) throw new Error('the appointment is not loaded');
  return state.appointment;
}

export interface ChangeAppointment {
  startsAt?: string | undefined;
  place?: string | undefined;
  reason: string;
  requestedBy: 'provider' | 'person';
}

/** L4: a booked appointment moves, with who asked and why. */
export const changeAppointment: Decide<ChangeAppointment> = (state, command, context) => {
  const standing = delivering(state);
  if (isRefusal(standing)) return standing;
  const appointment = withAppointment(state);
  if (appointment.status !== 'booked') return refuse('NotPossibleNow', `This appointment is ${appointment.status}.`);
  const to = toUtc(command.startsAt ?? appointment.startsAt);
  const { id: allocationId } = standing.allocation;
  const { place, reason, requestedBy } = command;
  return [
    {
      type: 'appointment.rescheduled.v1',
      data: { allocationId, appointmentId: appointment.id, from: appointment.startsAt, to, requestedBy },
      texts: { key: `APPOINTMENT#${appointment.id}`, words: { reason, ...(place ? { place } : {}) } },
    },
    ...feedbackAsked(standing.referral, standing.summary, { ...appointment, startsAt: to }, context),
  ];
};

/** L4: a booked appointment is cancelled; its session can be booked again. */
export const cancelAppointment: Decide<{ reason: string }> = (state, { reason }) => {
  const standing = delivering(state);
  if (isRefusal(standing)) return standing;
  const { id: appointmentId, status } = withAppointment(state);
  if (status !== 'booked') return refuse('NotPossibleNow', `This appointment is ${status}.`);
  return [
    {
      type: 'appointment.cancelled.v1',
      data: { allocationId: standing.allocation.id, appointmentId },
      texts: { key: `CANCELLATION#${appointmentId}`, words: { reason } },
    },
  ];
};

export interface RecordFeedback {
  attendance: 'yes' | 'late' | 'no';
  reason?: string | undefined;
  activities: string[];
  rarDay: boolean;
  notes: string;
  concern?: { kind: 'behaviour' | 'safety'; text: string } | undefined;
}

/**
 * L4, T5: what came of an appointment. Attended, a supplier assessment leads on to the action plan (T3). Said again
 * with other words it is a correction, which keeps the original.
 */
export const recordFeedback: Decide<RecordFeedback> = (state, command, context) => {
  const { referral, allocation } = state;
  if (!allocation) throw new Error('the allocation is not loaded');
  if (referral.conclusion) return alreadyConcluded();
  const appointment = withAppointment(state);
  if (appointment.status === 'cancelled') return refuse('NotPossibleNow', 'This appointment was cancelled.');
  if (new Date(appointment.startsAt) > context.now) {
    return refuse('NotPossibleNow', `This appointment starts at ${appointment.startsAt}: it has not been held yet.`);
  }
  const summary = summaryOf(referral, allocation.id);
  const ids = { allocationId: allocation.id, appointmentId: appointment.id };
  const { attendance, activities, rarDay, notes, reason, concern } = command;
  const attended = attendance !== 'no';
  const isAssessment = appointment.purpose === 'supplier-assessment';
  const assessed = isAssessment && attended && summary.phase === 'supplier-assessment';
  const corrections = appointment.feedback ? appointment.feedback.corrections + 1 : 0;
  const recorded: DomainEvent = {
    type: 'attendance.recorded.v1',
    data: {
      ...ids,
      purpose: appointment.purpose,
      ...(appointment.session === null ? {} : { session: appointment.session }),
      attendance,
      rarDay,
      correction: corrections > 0,
    },
    detail: { activities },
    ...answered(referral, appointment, assessed),
    texts: {
      key: `FEEDBACK#${appointment.id}#${corrections}`,
      words: { notes, ...(reason ? { reason } : {}), ...(concern ? { concern: concern.text } : {}) },
    },
  };
  const raised: DomainEvent[] = concern ? [{ type: 'concern.raised.v1', data: { ...ids, kind: concern.kind } }] : [];
  const next = assessed
    ? [openTask('action-plan', referral, context, { provider: summary.providerId, allocationId: allocation.id })]
    : [];
  return [recorded, ...raised, ...next];
};

function answered({ openTasks }: Referral, { id, allocationId, purpose }: Appointment, assessed: boolean) {
  const isAnswered = (task: OpenTask): boolean =>
    purpose === 'session'
      ? task.appointmentId === id
      : assessed && task.type === 'supplier-assessment' && task.allocationId === allocationId;
  const task = openTasks.find(isAnswered);
  return task ? { answers: { taskId: task.id, answer: null } } : {};
}

export interface DraftPlan {
  sessions: number;
  activities: { id: string; need: NeedId; desiredOutcomes: string[]; outputRow: string; description: string }[];
}

/** L4: the action plan is written, as often as it takes until it is submitted. Refusals: `Contradiction`. */
export const draftPlan: Decide<DraftPlan> = (state, { sessions, activities }) => {
  const standing = delivering(state);
  if (isRefusal(standing)) return standing;
  const { allocation, summary, referral } = standing;
  if (summary.phase !== 'action-plan') {
    return refuse('NotPossibleNow', 'An action plan is written after the supplier assessment and before its approval.');
  }
  const faults = planFaults(referral, summary, activities);
  if (faults.length > 0) return refuse('Contradiction', 'The action plan does not fit the allocation.', { faults });
  const plan: ActionPlan = {
    version: allocation.plan?.version ?? 0,
    status: 'draft',
    sessions,
    activities: activities.map(({ description: _description, ...activity }) => activity),
  };
  return [
    {
      type: 'action-plan.drafted.v1',
      data: { allocationId: allocation.id },
      detail: { plan },
      texts: {
        key: `PLAN#${allocation.id}`,
        words: Object.fromEntries(activities.map(({ id, description }) => [id, description])),
      },
    },
  ];
};

function planFaults(referral: Referral, summary: AllocationSummary, activities: DraftPlan['activities']) {
  const outcomesOf = (need: NeedId) => referral.facts.needs.find((fact) => fact.need === need)?.desiredOutcomes ?? [];
  return activities.flatMap(({ id, need, desiredOutcomes }, index) => {
    const pointer = `/activities/${index}`;
    const twice = activities.findIndex((activity) => activity.id === id) < index;
    const foreign = !summary.needs.some((own) => own.need === need);
    return [
      ...(twice ? [{ pointer: `${pointer}/id`, detail: `activity ${id} is listed more than once` }] : []),
      ...(foreign ? [{ pointer: `${pointer}/need`, detail: `${need} is not a need of this allocation` }] : []),
      ...desiredOutcomes.flatMap((outcome, at) =>
        outcomesOf(need).includes(outcome)
          ? []
          : [{ pointer: `${pointer}/desiredOutcomes/${at}`, detail: `${outcome} is not desired for ${need}` }],
      ),
    ];
  });
}

/** T3, T4: the written plan goes to the practitioner for approval. */
export const submitPlan: Decide<object> = (state, _command, context) => {
  const standing = delivering(state);
  if (isRefusal(standing)) return standing;
  const { allocation, referral, summary } = standing;
  if (summary.phase !== 'action-plan' || allocation.plan?.status !== 'draft') {
    return refuse('NotPossibleNow', 'There is no written action plan to submit.');
  }
  const { id: allocationId, plan } = allocation;
  return [
    {
      type: 'action-plan.submitted.v1',
      data: { allocationId, planVersion: plan.version + 1, sessions: plan.sessions },
      ...answersTask(referral, allocationId, 'action-plan'),
    },
    openTask('action-plan-approval', referral, context, { allocationId }),
  ];
};

type Approval = { decision: 'approved' | 'acknowledged' | 'returned'; reason?: string | undefined };

/** T4: the practitioner approves the plan, and sessions start; or returns it, and it is written again (T3). */
export const answerPlanApproval: Decide<{ taskId: string; answer: Approval }> = (
  state,
  { taskId, answer },
  context,
) => {
  const found = answeredTask(state, taskId, context);
  if (isRefusal(found)) return found;
  const { referral, allocation, summary } = found;
  const allocationId = allocation.id;
  const planVersion = allocation.plan?.version ?? 0;
  const links = { provider: summary.providerId, allocationId };
  const approved = answer.decision === 'approved';
  return [
    {
      type: approved ? 'action-plan.approved.v1' : 'action-plan.returned.v1',
      data: { allocationId, planVersion },
      answers: { taskId, answer },
      ...(answer.reason ? { texts: { key: `APPROVAL#${taskId}`, words: { reason: answer.reason } } } : {}),
    },
    openTask(approved ? 'delivery' : 'action-plan', referral, context, links),
  ];
};

/** L5, T6: the provider says that delivery has ended; the report is due when it had begun. */
export const completeDelivery: Decide<{
  reason: EventOf<'delivery.ended.v1'>['data']['reason'];
  text?: string | undefined;
}> = (state, { reason, text }, context) => {
  const standing = delivering(state);
  if (isRefusal(standing)) return standing;
  const { referral, allocation, summary } = standing;
  if (reason === 'plan-completed' && summary.phase !== 'delivery') {
    return refuse('NotPossibleNow', 'A plan is completed only after it was approved.');
  }
  const [ended, ...next] = endDelivery(referral, summary, reason, context);
  const said = text ? { texts: { key: `COMPLETION#${allocation.id}`, words: { text } } } : {};
  return withConclusion(state, ended ? [{ ...ended, ...said }, ...next] : next, context.now);
};

export interface DraftReport {
  outcomes: {
    id: string;
    level: Report['outcomes'][number]['level'];
    evidence: string;
    comment?: string | undefined;
  }[];
  summary?: string | undefined;
}

/** L5: the end of service report is written. Refusals: `Contradiction` for an outcome that was not desired. */
export const draftReport: Decide<DraftReport> = (state, { outcomes, summary: words }) => {
  const { referral, allocation } = state;
  if (!allocation) throw new Error('the allocation is not loaded');
  if (referral.conclusion) return alreadyConcluded();
  const summary = summaryOf(referral, allocation.id);
  if (summary.phase !== 'end-of-service-report') {
    return refuse('NotPossibleNow', 'A report is written when delivery has ended, and until it is submitted.');
  }
  const desired = desiredOutcomes(referral, summary);
  const faults = outcomes.flatMap(({ id }, index) => {
    const pointer = `/outcomes/${index}/id`;
    if (!desired.includes(id)) return [{ pointer, detail: `${id} is not desired for this allocation`, rule: 'L5' }];
    const twice = outcomes.findIndex((outcome) => outcome.id === id) < index;
    return twice ? [{ pointer, detail: `${id} is reported more than once`, rule: 'L5' }] : [];
  });
  if (faults.length > 0) return refuse('Contradiction', 'The report does not fit the allocation.', { faults });
  const said = outcomes.flatMap(({ id, evidence, comment }) => [
    [`${id}/evidence`, evidence] as const,
    ...(comment ? [[`${id}/comment`, comment] as const] : []),
  ]);
  return [
    {
      type: 'end-of-service-report.drafted.v1',
      data: { allocationId: allocation.id },
      detail: { report: { status: 'draft', outcomes: outcomes.map(({ id, level }) => ({ id, level })) } },
      texts: {
        key: `REPORT#${allocation.id}`,
        words: { ...Object.fromEntries(said), ...(words ? { summary: words } : {}) },
      },
    },
  ];
};

/** L5, T6: the report goes to the practitioner. Refusals: `Contradiction` listing every outcome without a level. */
export const submitReport: Decide<object> = (state, _command, context) => {
  const { referral, allocation } = state;
  if (!allocation) throw new Error('the allocation is not loaded');
  if (referral.conclusion) return alreadyConcluded();
  const summary = summaryOf(referral, allocation.id);
  const { report, id: allocationId } = allocation;
  if (summary.phase !== 'end-of-service-report' || report?.status !== 'draft') {
    return refuse('NotPossibleNow', 'There is no written report to submit.');
  }
  const unreported = desiredOutcomes(referral, summary).filter((id) => !report.outcomes.some((own) => own.id === id));
  if (unreported.length > 0) {
    const faults = unreported.map((id) => ({ pointer: '/outcomes', detail: `${id} has no level yet`, rule: 'L5' }));
    return refuse('Contradiction', 'The report must give every desired outcome a level.', { faults });
  }
  return [
    {
      type: 'end-of-service-report.submitted.v1',
      data: { allocationId, outcomes: report.outcomes.map(({ id, level }) => ({ outcomeId: id, level })) },
      ...answersTask(referral, allocationId, 'end-of-service-report'),
    },
    openTask('end-of-service-report-acknowledgement', referral, context, { allocationId }),
  ];
};

/** L5: the practitioner acknowledges the report, and the allocation ends; or returns it, and it is due again (T6). */
export const answerReport: Decide<{ taskId: string; answer: Approval }> = (state, { taskId, answer }, context) => {
  const found = answeredTask(state, taskId, context);
  if (isRefusal(found)) return found;
  const { referral, allocation, summary } = found;
  const said = answer.reason ? { texts: { key: `ACKNOWLEDGEMENT#${taskId}`, words: { reason: answer.reason } } } : {};
  const data = { allocationId: allocation.id };
  const answers = { taskId, answer };
  if (answer.decision === 'returned') {
    const links = { provider: summary.providerId, allocationId: allocation.id };
    return [
      { type: 'end-of-service-report.returned.v1', data, answers, ...said },
      openTask('end-of-service-report', referral, context, links),
    ];
  }
  const completed = summary.endedFor === 'plan-completed' || summary.endedFor === 'intervention-completed';
  const endState = completed ? 'completed' : summary.begun ? 'ended' : 'cancelled';
  const events: DomainEvent[] = [
    { type: 'end-of-service-report.acknowledged.v1', data, answers, ...said },
    { type: 'allocation.ended.v1', data: { ...data, endState } },
  ];
  return withConclusion(state, events, context.now);
};

function answeredTask(state: ReferralState, taskId: string, { now }: Context) {
  const { referral, allocation } = state;
  const task = openTaskOf(referral, taskId, now);
  if (isRefusal(task)) return task;
  if (!allocation || task.allocationId !== allocation.id) throw new Error('the task is about another allocation');
  return { referral, allocation, summary: summaryOf(referral, allocation.id) };
}

const desiredOutcomes = (referral: Referral, { needs }: AllocationSummary): string[] =>
  referral.facts.needs
    .filter((fact) => needs.some(({ need }) => need === fact.need))
    .flatMap(({ desiredOutcomes: outcomes }) => outcomes ?? []);

const toUtc = (time: string): string => new Date(time).toISOString();
