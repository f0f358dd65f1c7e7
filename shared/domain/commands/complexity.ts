import { type Decide, isRefusal, refuse } from '../decision.ts';
import type { ComplexityLevel, NeedId } from '../vocabulary.ts';
import { openTask, openTaskOf } from './common.ts';

/**
 * L2: the system recommends a level per need and asks the practitioner to confirm (T7). A level is only recommended
 * from a need's structured indicators; without them it says which were missing and leaves the level to the practitioner.
 */
export const recommendComplexity: Decide<object> = ({ referral }, _command, context) => {
  const needs = referral.needs.filter(({ recommended }) => recommended === null).map(({ need }) => need);
  if (needs.length === 0) return [];
  const opened = openTask('complexity-confirmation', referral, context);
  return [
    opened,
    {
      type: 'complexity.recommended.v1',
      data: { taskId: opened.opens.id, needs: needs.map((need) => ({ need, level: null })) },
      detail: { needs: needs.map((need) => ({ need, reasons: [], missing: ['indicators'] })) },
    },
  ];
};

export interface ConfirmComplexity {
  taskId: string;
  needs: { need: NeedId; level: ComplexityLevel; reason?: string | undefined }[];
}

/** L2: the practitioner confirms the level of every need, or overrides it with a reason. Refusals: `InvalidAnswer`. */
export const confirmComplexity: Decide<ConfirmComplexity> = ({ referral }, { taskId, needs }, { now }) => {
  const task = openTaskOf(referral, taskId, now);
  if (isRefusal(task)) return task;
  const faults = answerFaults(referral.needs, needs);
  if (faults.length > 0) return refuse('InvalidAnswer', 'Every need must be confirmed, once.', { faults });

  const recommendedFor = (id: NeedId) => referral.needs.find(({ need }) => need === id)?.recommended?.level ?? null;
  const isOverride = (id: NeedId, level: ComplexityLevel) =>
    recommendedFor(id) !== null && recommendedFor(id) !== level;
  const reasons = needs.flatMap(({ need, reason }) => (reason ? [[need, reason] as const] : []));
  return [
    {
      type: 'complexity.confirmed.v1',
      data: { taskId, needs: needs.map(({ need, level }) => ({ need, level, overridden: isOverride(need, level) })) },
      answers: { taskId, answer: { needs } },
      ...(reasons.length > 0 ? { texts: { key: `COMPLEXITY#${taskId}`, words: Object.fromEntries(reasons) } } : {}),
    },
  ];
};

function answerFaults(
  states: { need: NeedId; recommended: { level: ComplexityLevel | null } | null }[],
  answers: ConfirmComplexity['needs'],
): { pointer: string; detail: string; rule?: string }[] {
  const faults = answers.flatMap(({ need, level, reason }, index) => {
    const state = states.find((candidate) => candidate.need === need);
    const pointer = `/needs/${index}`;
    if (!state) return [{ pointer: `${pointer}/need`, detail: `${need} is not a need of this referral` }];
    const twice = answers.findIndex((answer) => answer.need === need) < index;
    if (twice) return [{ pointer: `${pointer}/need`, detail: `${need} is confirmed more than once` }];
    const recommended = state.recommended?.level ?? null;
    return recommended !== null && recommended !== level && !reason
      ? [{ pointer: `${pointer}/reason`, detail: `${recommended} was recommended: say why ${level}`, rule: 'L2' }]
      : [];
  });
  const unanswered = states.filter(({ need }) => !answers.some((answer) => answer.need === need));
  return [
    ...faults,
    ...unanswered.map(({ need }) => ({ pointer: '/needs', detail: `${need} is not confirmed`, rule: 'L2' })),
  ];
}
