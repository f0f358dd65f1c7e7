import { addHours } from 'date-fns';
import type { ActionPlan, Allocation, Appointment } from '../allocation.ts';
import type { ReferralState } from '../decision.ts';
import type { EventOf } from '../events.ts';
import { missedInARow, missedLately, withAttendance } from '../non-engagement.ts';
import { withRarDay } from '../rar-days.ts';
import type { AllocationSummary, OpenTask } from '../referral.ts';
import { ofAllocation } from './tasks.ts';

/** What events do to allocations and their appointments (L4, L5). */

export function allocationStarted(
  state: ReferralState,
  { data, detail }: EventOf<'allocation.started.v1'>,
  at: string,
): ReferralState {
  const { allocationId: id, serviceId, providerId, needs } = data;
  const { referral } = state;
  const summary: AllocationSummary = {
    id,
    serviceId,
    providerId,
    needs,
    terms: detail.terms,
    startedAt: at,
    phase: 'supplier-assessment',
    begun: false,
    begunAt: null,
    endedFor: null,
    deliveryEndedAt: null,
    endedAt: null,
    outcomes: null,
  };
  const allocation: Allocation = {
    id,
    referralId: referral.id,
    crn: referral.crn,
    providerId,
    version: 1,
    caseworkerId: null,
    engagement: null,
    plan: null,
    revision: null,
    sessionsHeld: [],
    attendance: [],
    report: null,
  };
  return { ...state, referral: { ...referral, allocations: [...referral.allocations, summary] }, allocation };
}

export function allocationEnded(
  state: ReferralState,
  { data: { allocationId } }: EventOf<'allocation.ended.v1'>,
  at: string,
): ReferralState {
  const before = state.referral.allocations.find(({ id }) => id === allocationId);
  const end = { phase: 'ended' as const, deliveryEndedAt: before?.deliveryEndedAt ?? at, endedAt: at };
  return onSummary(state, allocationId, end, ofAllocation(allocationId));
}

export function booked({ data, detail }: EventOf<'appointment.booked.v1'>, at: string): Appointment {
  return {
    id: data.appointmentId,
    allocationId: data.allocationId,
    version: 1,
    purpose: data.purpose,
    session: data.session ?? null,
    groupId: detail.groupId,
    groupRevision: detail.groupRevision,
    startsAt: data.startsAt,
    durationMinutes: detail.durationMinutes,
    mode: data.mode,
    status: 'booked',
    feedback: null,
    bookedAt: at,
    remindedAt: null,
    moved: null,
    cancellation: null,
  };
}

/** Who wanted a change, and why, as far as that was said. */
export const changedAt = (
  { data }: EventOf<'appointment.rescheduled.v1' | 'appointment.cancelled.v1'>,
  at: string,
): NonNullable<Appointment['moved']> => ({
  at,
  requestedBy: data.requestedBy ?? null,
  reasonCode: data.reasonCode ?? null,
});

export function rescheduled(
  state: ReferralState,
  event: EventOf<'appointment.rescheduled.v1'>,
  at: string,
): ReferralState {
  const { from, to } = event.data;
  const { groupRevision } = event.detail;
  const again = from === to ? {} : { remindedAt: null };
  return onAppointment(state, { startsAt: to, groupRevision, moved: changedAt(event, at), ...again });
}

/** Nobody changed it, so what somebody has seen of it still is its latest version. */
export function reminded(state: ReferralState, at: string): ReferralState {
  const { appointment } = state;
  if (!appointment) throw new Error('the appointment is not loaded');
  return { ...state, appointment: { ...appointment, remindedAt: at } };
}

/** L4: so long after it was first recorded feedback may be replaced. */
const editableHours = 24;

/** What raised a concern stays as it was said. */
export function concernRaised(state: ReferralState): ReferralState {
  const feedback = state.appointment?.feedback;
  if (!feedback) throw new Error('a concern is raised by feedback');
  return onAppointment(state, { feedback: { ...feedback, hasConcern: true } });
}

export function attendanceRecorded(
  state: ReferralState,
  { data, detail }: EventOf<'attendance.recorded.v1'>,
  at: string,
): ReferralState {
  const { allocation, appointment } = state;
  if (!allocation || !appointment) throw new Error('attendance is recorded on a loaded appointment');
  const attended = data.attendance !== 'no';
  const before = appointment.feedback;
  const held = new Set(allocation.sessionsHeld);
  if (data.session !== undefined) attended ? held.add(data.session) : held.delete(data.session);
  const { id: appointmentId, startsAt } = appointment;
  const { referral } = state;
  const rarDays = withRarDay(referral.rarDays, startsAt, Number(data.rarDay) - Number(before?.rarDay ?? false));
  const counted = { ...state, referral: { ...referral, rarDays } };
  const attendance = withAttendance(allocation.attendance, { appointmentId, startsAt, attended });
  const sessionsHeld = [...held].sort((a, b) => a - b);
  const engaged = stillMissed(onAllocation(counted, { sessionsHeld, attendance }), attendance);
  const recorded = onAppointment(engaged, {
    status: attended ? 'held' : 'missed',
    feedback: {
      at,
      attendance: data.attendance,
      absence: data.absence ?? null,
      activities: detail.activities,
      rarDay: data.rarDay,
      editableUntil: before?.editableUntil ?? addHours(new Date(at), editableHours).toISOString(),
      hasConcern: false,
      corrections: detail.corrections,
    },
  });
  if (!attended) return before && before.attendance !== 'no' ? takenBack(recorded, appointment) : recorded;
  const summary = recorded.referral.allocations.find(({ id }) => id === data.allocationId);
  const assessed = data.purpose === 'supplier-assessment' && summary?.phase === 'supplier-assessment';
  // What is told after the allocation has ended changes nothing about how it ended: that has been said already.
  if (!summary || summary.phase === 'ended') return recorded;
  // Told in any order, the first is the earliest.
  const isFirst = !summary.begun || (summary.begunAt !== null && appointment.startsAt < summary.begunAt);
  if (!isFirst && !assessed) return recorded;
  return onSummary(recorded, data.allocationId, {
    begun: true,
    ...(isFirst ? { begunAt: appointment.startsAt } : {}),
    ...(assessed ? { phase: 'action-plan' } : {}),
  });
}

/**
 * L5, T2: whoever was said to have come has not. Where nobody has come to anything, delivery has not begun after all; and
 * until a plan is submitted, the supplier assessment has still to be held.
 */
function takenBack(state: ReferralState, { allocationId, startsAt }: Appointment): ReferralState {
  const { attendance = [], sessionsHeld = [] } = state.allocation ?? {};
  const summary = state.referral.allocations.find(({ id }) => id === allocationId);
  // Where it was not the first, the first still stands.
  if (!summary || summary.phase === 'ended' || summary.begunAt !== startsAt) return state;
  const next = attendance.find(({ attended }) => attended)?.startsAt;
  if (next !== undefined) return onSummary(state, allocationId, { begunAt: next });
  if (sessionsHeld.length > 0) return state;
  const unbegun = { begun: false, begunAt: null };
  if (summary.phase !== 'action-plan') return onSummary(state, allocationId, unbegun);
  const closes = (task: OpenTask): boolean => task.type === 'action-plan' && task.allocationId === allocationId;
  return onSummary(state, allocationId, { ...unbegun, phase: 'supplier-assessment' }, closes);
}

/** L4: whoever comes, or is said to have come after all, breaks the row: nothing is asked about it any more. */
function stillMissed(state: ReferralState, attendance: Allocation['attendance']): ReferralState {
  const { referral, allocation } = state;
  const isAsked = ({ type, allocationId }: OpenTask) => type === 'non-engagement' && allocationId === allocation?.id;
  if (!referral.openTasks.some(isAsked)) return state;
  const missed = missedLately(attendance);
  const openTasks =
    missed.length < missedInARow
      ? referral.openTasks.filter((task) => !isAsked(task))
      : referral.openTasks.map((task) => (isAsked(task) ? { ...task, missed } : task));
  return { ...state, referral: { ...referral, openTasks } };
}

/** L4: the practitioner has decided about what was missed until now; it counts anew. */
export const settled = (state: ReferralState): ReferralState =>
  onAllocation(state, {
    attendance: (state.allocation?.attendance ?? []).map((one) => ({ ...one, isSettled: true })),
  });

export function onSummary(
  state: ReferralState,
  id: string,
  change: Partial<AllocationSummary>,
  closes: (task: OpenTask) => boolean = () => false,
): ReferralState {
  const { referral } = state;
  return {
    ...state,
    referral: {
      ...referral,
      allocations: referral.allocations.map((summary) => (summary.id === id ? { ...summary, ...change } : summary)),
      openTasks: referral.openTasks.filter((task) => !closes(task)),
    },
  };
}

export function onAllocation(state: ReferralState, change: Partial<Allocation>): ReferralState {
  const { allocation } = state;
  if (!allocation) throw new Error('the allocation is not loaded');
  return { ...state, allocation: { ...allocation, ...change, version: allocation.version + 1 } };
}

const isRevised = ({ referral }: ReferralState, allocationId: string): boolean =>
  referral.allocations.some(({ id, phase }) => id === allocationId && phase === 'delivery');

/** L4: a plan that is written while one is delivered is to replace that, which binds until then. */
export const planDrafted = (state: ReferralState, { data, detail }: EventOf<'action-plan.drafted.v1'>): ReferralState =>
  onAllocation(state, isRevised(state, data.allocationId) ? { revision: detail.plan } : { plan: detail.plan });

type Answered = EventOf<'action-plan.submitted.v1' | 'action-plan.approved.v1' | 'action-plan.returned.v1'>;

export function planMoved(
  state: ReferralState,
  { data: { allocationId, planVersion } }: Answered,
  status: Exclude<ActionPlan['status'], 'draft'>,
  phase: AllocationSummary['phase'],
): ReferralState {
  const isRevision = isRevised(state, allocationId);
  const before = isRevision ? state.allocation?.revision : state.allocation?.plan;
  if (!before) throw new Error('the allocation has no action plan');
  const plan = { ...before, status, version: planVersion };
  return isRevision
    ? onAllocation(state, { revision: plan })
    : onAllocation(onSummary(state, allocationId, { phase }), { plan });
}

/** T2, T3: it is written again; but first somebody must come, where nobody has after all. */
export function planReturned(state: ReferralState, event: EventOf<'action-plan.returned.v1'>): ReferralState {
  const summary = state.referral.allocations.find(({ id }) => id === event.data.allocationId);
  return planMoved(state, event, 'returned', summary?.begun ? 'action-plan' : 'supplier-assessment');
}

export function planRevised(state: ReferralState, { data }: EventOf<'action-plan.revised.v1'>): ReferralState {
  const revision = state.allocation?.revision;
  if (!revision) throw new Error('the allocation has no revision of its plan');
  return onAllocation(state, { plan: { ...revision, status: 'approved', version: data.planVersion }, revision: null });
}

export function onReport(state: ReferralState, status: NonNullable<Allocation['report']>['status']): ReferralState {
  const report = state.allocation?.report;
  if (!report) throw new Error('the allocation has no end of service report');
  return onAllocation(state, { report: { ...report, status } });
}

/** L5: what it says of the outcomes is final now, and so a part of the referral's score. */
export function reportAcknowledged(
  state: ReferralState,
  { data: { allocationId } }: EventOf<'end-of-service-report.acknowledged.v1'>,
): ReferralState {
  const acknowledged = onReport(state, 'acknowledged');
  return onSummary(acknowledged, allocationId, { outcomes: acknowledged.allocation?.report?.outcomes ?? null });
}

export function onAppointment(state: ReferralState, change: Partial<Appointment>): ReferralState {
  const { appointment } = state;
  if (!appointment) throw new Error('the appointment is not loaded');
  return { ...state, appointment: { ...appointment, ...change, version: appointment.version + 1 } };
}
