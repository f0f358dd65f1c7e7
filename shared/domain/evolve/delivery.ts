import type { Allocation, Appointment } from '../allocation.ts';
import type { ReferralState } from '../decision.ts';
import type { EventOf } from '../events.ts';
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
    endedFor: null,
    endedAt: null,
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
    rarDaysUsed: 0,
    sessionsHeld: [],
    report: null,
  };
  return { ...state, referral: { ...referral, allocations: [...referral.allocations, summary] }, allocation };
}

export function allocationEnded(
  state: ReferralState,
  { data: { allocationId } }: EventOf<'allocation.ended.v1'>,
  at: string,
): ReferralState {
  const { endedAt } = state.referral.allocations.find(({ id }) => id === allocationId) ?? { endedAt: null };
  return onSummary(state, allocationId, { phase: 'ended', endedAt: endedAt ?? at }, ofAllocation(allocationId));
}

export function booked({ data, detail }: EventOf<'appointment.booked.v1'>): Appointment {
  return {
    id: data.appointmentId,
    allocationId: data.allocationId,
    version: 1,
    purpose: data.purpose,
    session: data.session ?? null,
    groupId: detail.groupId,
    startsAt: data.startsAt,
    durationMinutes: detail.durationMinutes,
    mode: data.mode,
    status: 'booked',
    feedback: null,
  };
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
  const rarDaysUsed = allocation.rarDaysUsed + Number(data.rarDay) - Number(before?.rarDay ?? false);
  const recorded = onAppointment(onAllocation(state, { sessionsHeld: [...held].sort((a, b) => a - b), rarDaysUsed }), {
    status: attended ? 'held' : 'missed',
    feedback: {
      at,
      attendance: data.attendance,
      activities: detail.activities,
      rarDay: data.rarDay,
      corrections: before ? before.corrections + 1 : 0,
    },
  });
  if (!attended) return recorded;
  const summary = recorded.referral.allocations.find(({ id }) => id === data.allocationId);
  const assessed = data.purpose === 'supplier-assessment' && summary?.phase === 'supplier-assessment';
  // What is told after the allocation has ended changes nothing about how it ended: that has been said already.
  if ((summary?.begun && !assessed) || summary?.phase === 'ended') return recorded;
  return onSummary(recorded, data.allocationId, { begun: true, ...(assessed ? { phase: 'action-plan' } : {}) });
}

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

export function onPlan(state: ReferralState, change: Partial<NonNullable<Allocation['plan']>>): ReferralState {
  const plan = state.allocation?.plan;
  if (!plan) throw new Error('the allocation has no action plan');
  return onAllocation(state, { plan: { ...plan, ...change } });
}

export function onReport(state: ReferralState, status: NonNullable<Allocation['report']>['status']): ReferralState {
  const report = state.allocation?.report;
  if (!report) throw new Error('the allocation has no end of service report');
  return onAllocation(state, { report: { ...report, status } });
}

export function onAppointment(state: ReferralState, change: Partial<Appointment>): ReferralState {
  const { appointment } = state;
  if (!appointment) throw new Error('the appointment is not loaded');
  return { ...state, appointment: { ...appointment, ...change, version: appointment.version + 1 } };
}
