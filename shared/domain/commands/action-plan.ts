import { type ActionPlan, planKey, returnedKey, revisionReturnedKey } from '../allocation.ts';
import { type Decide, isRefusal, refuse } from '../decision.ts';
import type { DomainEvent } from '../events.ts';
import type { AllocationSummary, Referral } from '../referral.ts';
import type { NeedId } from '../vocabulary.ts';
import { answersTask, openTask } from './common.ts';
import { type Approval, answeredTask, delivering } from './delivering.ts';
import { droppedBy, needsApproval, revised } from './revise-plan.ts';

export interface DraftPlan {
  sessions: number;
  activities: { id: string; need: NeedId; desiredOutcomes: string[]; outputRow: string; description: string }[];
  /** Activities of the approved plan that a revision does without, and why. */
  removed?: { id: string; reason: string }[] | undefined;
}

/**
 * L4: the action plan is written, as often as it takes until it is submitted; and again while it is delivered, as a
 * revision, which drops nothing in silence. Refusals: `Contradiction`.
 */
export const draftPlan: Decide<DraftPlan> = (state, command) => {
  const standing = delivering(state);
  if (isRefusal(standing)) return standing;
  const { allocation, summary, referral } = standing;
  const { sessions, activities, removed = [] } = command;
  const isRevision = summary.phase === 'delivery';
  if (summary.phase !== 'action-plan' && !isRevision) {
    return refuse('NotPossibleNow', 'An action plan is written after the supplier assessment and not while it waits.');
  }
  if (allocation.revision?.status === 'submitted') {
    return refuse('NotPossibleNow', 'A revision of this plan waits for the practitioner.');
  }
  const early = removed.map((_, index) => ({ pointer: `/removed/${index}`, detail: 'no plan was approved yet' }));
  const faults = [
    ...planFaults(referral, summary, activities),
    ...(isRevision ? droppedBy(command, allocation, referral.booked) : early),
  ];
  if (faults.length > 0) return refuse('Contradiction', 'The action plan does not fit the allocation.', { faults });
  const known = isRevision ? (allocation.revision ?? allocation.plan) : allocation.plan;
  const version = known?.version ?? 0;
  const plan: ActionPlan = {
    version,
    status: 'draft',
    sessions,
    activities: activities.map(({ description: _description, ...activity }) => activity),
    ...(isRevision ? { textKey: `PLAN#${allocation.id}#${version + 1}`, removed: removed.map(({ id }) => id) } : {}),
  };
  return [
    {
      type: 'action-plan.drafted.v1',
      data: { allocationId: allocation.id },
      detail: { plan },
      texts: {
        key: planKey(allocation, plan),
        words: Object.fromEntries([
          ...activities.map(({ id, description }) => [id, description]),
          ...removed.map(({ id, reason }) => [`#${id}`, reason]),
        ]),
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

/**
 * T3, T4: the written plan goes to the practitioner for approval. A revision does so where it changes what is to be
 * achieved, and delivery goes on under the approved plan meanwhile; any other binds at once.
 */
export const submitPlan: Decide<object> = (state, _command, context) => {
  const standing = delivering(state);
  if (isRefusal(standing)) return standing;
  const { allocation, referral, summary } = standing;
  const isRevision = summary.phase === 'delivery';
  const plan = isRevision ? allocation.revision : allocation.plan;
  if ((summary.phase !== 'action-plan' && !isRevision) || plan?.status !== 'draft') {
    return refuse('NotPossibleNow', 'There is no written action plan to submit.');
  }
  const { id: allocationId, plan: approved } = allocation;
  const planVersion = plan.version + 1;
  if (isRevision && approved) {
    const removed = (plan.removed ?? []).map((id) => ({ id, reason: '' }));
    // What has been booked since it was written counts too.
    const faults = droppedBy({ ...plan, removed }, allocation, referral.booked);
    if (faults.length > 0) return refuse('Contradiction', 'The revision drops what is held or booked.', { faults });
    if (!needsApproval(approved, plan)) return [revised(approved, plan, planVersion, allocationId)];
  }
  return [
    {
      type: 'action-plan.submitted.v1',
      data: { allocationId, planVersion, sessions: plan.sessions },
      ...answersTask(referral, allocationId, 'action-plan'),
    },
    openTask('action-plan-approval', referral, context, { allocationId }),
  ];
};

/**
 * T4: the practitioner approves the plan, and sessions start; or returns it, and it is written again (T3), after an
 * assessment where none was held after all (T2). A revision that is returned leaves the approved plan as it is.
 */
export const answerPlanApproval: Decide<{ taskId: string; answer: Approval }> = (
  state,
  { taskId, answer },
  context,
) => {
  const found = answeredTask(state, taskId, context);
  if (isRefusal(found)) return found;
  const { referral, allocation, summary } = found;
  const allocationId = allocation.id;
  const approved = answer.decision === 'approved';
  const { plan, revision } = allocation;
  const isRevision = summary.phase === 'delivery';
  const planVersion = (isRevision ? revision : plan)?.version ?? 0;
  const answered = (returned: string): DomainEvent => ({
    type: approved ? 'action-plan.approved.v1' : 'action-plan.returned.v1',
    data: { allocationId, planVersion },
    answers: { taskId, answer },
    ...(answer.reason
      ? { texts: { key: approved ? `APPROVAL#${taskId}` : returned, words: { reason: answer.reason } } }
      : {}),
  });
  if (isRevision && plan && revision) {
    const binding = approved ? [revised(plan, revision, planVersion, allocationId)] : [];
    return [answered(revisionReturnedKey(allocationId, planVersion)), ...binding];
  }
  const links = { provider: summary.providerId, allocationId };
  const again = summary.begun ? 'action-plan' : 'supplier-assessment';
  const opened = openTask(approved ? 'delivery' : again, referral, context, links);
  return [answered(returnedKey(opened.opens.id)), opened];
};
