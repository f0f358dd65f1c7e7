import { NotFound } from '../../shared/contracts/errors.ts';
import type { ActionPlanView } from '../../shared/contracts/views/action-plan.ts';
import type { AllocationView } from '../../shared/contracts/views/allocation.ts';
import type { AppointmentView } from '../../shared/contracts/views/appointment.ts';
import type { EndOfServiceReportView } from '../../shared/contracts/views/end-of-service-report.ts';
import { type Appointment, planKey, revisionReturnedKey } from '../../shared/domain/allocation.ts';
import { summaryOf } from '../../shared/domain/commands/common.ts';
import type { ReferralState } from '../../shared/domain/decision.ts';
import { asItStands } from '../../shared/domain/overtaken.ts';
import { allocationView, appointmentView, planView, reportView } from '../../shared/domain/views/allocation-view.ts';
import type { Caller, Ports } from '../../shared/ports.ts';
import type { Delivering } from './allocation-commands.ts';

type Referrals = Pick<Ports['referrals'], 'texts'>;

/** What people wrote, for those who work with the person; operations never read it. */
export function wordsFor(referrals: Referrals, { referral }: ReferralState, { role }: Caller) {
  return async (key: string): Promise<Record<string, string>> =>
    role === 'operations' ? {} : referrals.texts(referral.crn, referral.id, key);
}

/** An allocation as its reader may see it. */
export async function showAllocation(referrals: Referrals, state: Delivering, caller: Caller): Promise<AllocationView> {
  const words = wordsFor(referrals, state, caller);
  const { referral, allocation } = state;
  const [caseworker, engagement] = await Promise.all([
    allocation.caseworkerId ? words(`CASEWORKER#${allocation.id}`) : {},
    allocation.engagement ? words(`ENGAGEMENT#${allocation.id}`) : {},
  ]);
  return allocationView(referral, allocation, { caseworker, engagement }) as AllocationView;
}

/** An appointment with what was written about it, for those who work with the person. */
export async function showAppointment(
  referrals: Referrals,
  state: ReferralState,
  appointment: Appointment,
  caller: Caller,
): Promise<AppointmentView> {
  const words = wordsFor(referrals, state, caller);
  const { id, feedback, cancellation: cancelled } = appointment;
  const [booked, said, cancellation] = await Promise.all([
    words(`APPOINTMENT#${id}`),
    feedback ? words(`FEEDBACK#${id}#${feedback.corrections}`) : {},
    cancelled ? words(`CANCELLATION#${id}`) : {},
  ]);
  return appointmentView(asItStands(appointment, summaryOf(state.referral, appointment.allocationId)), caller.role, {
    appointment: booked,
    feedback: said,
    cancellation,
  });
}

/** The action plan. Throws `NotFound` while there is none. */
export async function showPlan(referrals: Referrals, state: Delivering, caller: Caller): Promise<ActionPlanView> {
  const words = wordsFor(referrals, state, caller);
  const { allocation, referral } = state;
  const { id, plan: approved, revision } = allocation;
  const [ofPlan, ofRevision, returned] = await Promise.all([
    approved ? words(planKey(allocation, approved)) : {},
    revision ? words(planKey(allocation, revision)) : {},
    revision?.status === 'returned' ? words(revisionReturnedKey(id, revision.version)) : {},
  ]);
  const plan = planView(referral, allocation, { plan: ofPlan, revision: ofRevision, returned });
  if (!plan) throw new NotFound('there is no action plan yet');
  return plan as ActionPlanView;
}

/** The end of service report. Throws `NotFound` while there is none. */
export async function showReport(
  referrals: Referrals,
  state: Delivering,
  caller: Caller,
): Promise<EndOfServiceReportView> {
  const words = await wordsFor(referrals, state, caller)(`REPORT#${state.allocation.id}`);
  const report = reportView(state.allocation, words);
  if (!report) throw new NotFound('there is no report yet');
  return report;
}
