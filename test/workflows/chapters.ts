import { answerPlanApproval, draftPlan, submitPlan } from '../../shared/domain/commands/action-plan.ts';
import { answerOffer, type OfferAnswer } from '../../shared/domain/commands/answer-offer.ts';
import { bookAppointment, recordFeedback } from '../../shared/domain/commands/appointments.ts';
import { confirmComplexity } from '../../shared/domain/commands/complexity.ts';
import { answerReport, draftReport, submitReport } from '../../shared/domain/commands/end-of-service-report.ts';
import { completeDelivery } from '../../shared/domain/commands/provide-service.ts';
import { anAssessment, aSession, feedback } from '../builders/story.ts';
import type { Played } from './played.ts';

/** What people do to a referral that is played, chapter by chapter. */

export async function confirmed(played: Played): Promise<Played> {
  const needs = played.referral.needs.map(({ need }) => ({ need, level: 'low' as const }));
  return played.does(confirmComplexity, { taskId: played.task('complexity-confirmation').id, needs });
}
export const answered = (played: Played, answer: OfferAnswer, taskId = played.task('offer').id) =>
  played.does(answerOffer, { taskId, answer });
export const declined = (played: Played) => answered(played, { decision: 'declined', reason: 'no-capacity' });
export const accepted = (played: Played) => answered(played, { decision: 'accepted' });

export async function assessed(played: Played, allocationId = played.referral.allocations[0]?.id): Promise<Played> {
  await played.does(bookAppointment, anAssessment(played.memory.now), { allocationId });
  const appointmentId = [...played.memory.appointmentsById.keys()].at(-1);
  return played.does(recordFeedback, feedback(), { allocationId, appointmentId });
}

export async function planned(
  played: Played,
  allocationId = played.referral.allocations[0]?.id,
  sessions = 8,
): Promise<Played> {
  await played.does(draftPlan, { sessions, activities: [] }, { allocationId });
  await played.does(submitPlan, {}, { allocationId });
  const taskId = played.task('action-plan-approval').id;
  return played.does(answerPlanApproval, { taskId, answer: { decision: 'approved' } }, { allocationId });
}

export async function reported(played: Played, allocationId = played.referral.allocations[0]?.id): Promise<Played> {
  const own = played.referral.allocations.find(({ id }) => id === allocationId)?.needs.map(({ need }) => need) ?? [];
  const outcomes = played.referral.facts.needs
    .filter(({ need }) => own.includes(need))
    .flatMap(({ desiredOutcomes }) => desiredOutcomes ?? [])
    .map((id) => ({ id, level: 'achieved' as const, evidence: 'A tenancy' }));
  await played.does(draftReport, { outcomes }, { allocationId });
  await played.does(submitReport, {}, { allocationId });
  const taskId = played.task('end-of-service-report-acknowledgement').id;
  return played.does(answerReport, { taskId, answer: { decision: 'acknowledged' } }, { allocationId });
}

export const completed = (played: Played, allocationId = played.referral.allocations[0]?.id) =>
  played.does(completeDelivery, { reason: 'plan-completed' }, { allocationId });

/** Books a session that begins now, and says that the person came. */
export async function attended(played: Played, session: number, allocationId?: string): Promise<Played> {
  await played.does(bookAppointment, aSession(session, played.memory.now), { allocationId });
  const appointmentId = [...played.memory.appointmentsById.keys()].at(-1);
  return played.does(recordFeedback, feedback({ rarDay: true }), { allocationId, appointmentId });
}
