import { type ActionPlan, returnedKey } from '../allocation.ts';
import { type Decide, isRefusal, refuse } from '../decision.ts';
import type { AllocationSummary, Referral } from '../referral.ts';
import type { NeedId } from '../vocabulary.ts';
import { answersTask, openTask } from './common.ts';
import { type Approval, answeredTask, delivering } from './delivering.ts';

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
  const opened = openTask(approved ? 'delivery' : 'action-plan', referral, context, links);
  const key = approved ? `APPROVAL#${taskId}` : returnedKey(opened.opens.id);
  return [
    {
      type: approved ? 'action-plan.approved.v1' : 'action-plan.returned.v1',
      data: { allocationId, planVersion },
      answers: { taskId, answer },
      ...(answer.reason ? { texts: { key, words: { reason: answer.reason } } } : {}),
    },
    opened,
  ];
};
