import { canonical } from '../canonical.ts';
import { needIn } from '../catalogue/index.ts';
import { recommend } from '../complexity.ts';
import { type Decide, isRefusal, type ReferralState, refuse } from '../decision.ts';
import type { DomainEvent } from '../events.ts';
import type { Confidential, Referral } from '../referral.ts';
import type { ComplexityLevel, NeedId } from '../vocabulary.ts';
import { openTask, openTaskOf, ownCatalogue } from './common.ts';

/**
 * L2: the system recommends a level per need and asks the practitioner to confirm (T7). A level is only recommended
 * from a need's structured indicators, by the catalogue that the referral was sent under (C3); without any it says
 * which are missing and leaves the level to the practitioner.
 */
export const recommendComplexity: Decide<object> = (state, _command, context) => {
  const { referral } = state;
  const needs = referral.needs.filter(({ recommended }) => recommended === null).map(({ need }) => need);
  if (needs.length === 0) return [];
  const opened = openTask('complexity-confirmation', referral, context);
  return [opened, recommended(state, needs, opened.opens.id)];
};

/**
 * L2: what answers that have changed lead to where the level is confirmed already. It is told, so that the practitioner
 * may amend the level, and nothing is asked: the confirmed level stands.
 */
export function recommendedAgain(before: Confidential, after: ReferralState): DomainEvent[] {
  const answers = ({ needs }: Confidential, need: NeedId) => canonical(needs[need]?.indicators ?? {});
  const { referral, confidential } = after;
  const needs = referral.needs.flatMap(({ need, confirmed }) =>
    confirmed && confidential && answers(before, need) !== answers(confidential, need) ? [need] : [],
  );
  return needs.length > 0 ? [recommended(after, needs, null)] : [];
}

function recommended({ referral, confidential }: ReferralState, of: NeedId[], taskId: string | null): DomainEvent {
  if (!confidential) throw new Error('a recommendation needs the answers to the indicators');
  const { catalogue } = ownCatalogue(referral);
  const needs = of.map((need) => ({
    need,
    ...recommend(needIn(catalogue, need), confidential.needs[need]?.indicators ?? {}),
  }));
  return {
    type: 'complexity.recommended.v1',
    data: {
      taskId,
      catalogueVersion: catalogue.version,
      needs: needs.map(({ need, level, certainty, atMost }) => ({ need, level, certainty, atMost })),
    },
    detail: { needs: needs.map(({ need, reasons, missing }) => ({ need, reasons, missing })) },
  };
}

/** Which level was recommended for a need, and whether another one overrides it: so that overrides can be counted. */
export function overriding({ needs }: Pick<Referral, 'needs'>, id: NeedId, level: ComplexityLevel) {
  const recommended = needs.find(({ need }) => need === id)?.recommended?.level ?? null;
  return { recommended, overridden: recommended !== null && recommended !== level };
}

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

  const reasons = needs.flatMap(({ need, reason }) => (reason ? [[need, reason] as const] : []));
  return [
    {
      type: 'complexity.confirmed.v1',
      data: {
        taskId,
        needs: needs.map(({ need, level }) => ({ need, level, ...overriding(referral, need, level) })),
      },
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
