import { canonical } from '../canonical.ts';
import type { ReferralState } from '../decision.ts';
import type { EventOf } from '../events.ts';
import { type AllocationSummary, type Confidential, newNeeds, nobody, type Referral, separate } from '../referral.ts';
import type { ReferralFacts } from '../referral-facts.ts';
import type { ComplexityLevel, NeedId } from '../vocabulary.ts';
import { matchedBy } from './groups.ts';
import { redated, stillAsked } from './tasks.ts';

/** What events do to the facts of a referral and to the levels of its needs (L1, L2). */

function withFacts(state: ReferralState, facts: ReferralFacts, missing: string[]): ReferralState {
  const { recorded, confidential } = separate(facts);
  const needs = Object.fromEntries(
    Object.entries(confidential.needs).map(([need, texts]) => {
      // What was not sent with the facts stays with the need.
      const { overrideReason, recommendation } = state.confidential?.needs[need as NeedId] ?? {};
      return [
        need,
        { ...texts, ...(overrideReason ? { overrideReason } : {}), ...(recommendation ? { recommendation } : {}) },
      ];
    }),
  );
  const next = {
    ...state,
    referral: { ...state.referral, facts: recorded, missing },
    confidential: { ...confidential, needs },
  };
  return answersChanged(state.confidential, next.confidential) ? recommendedAfresh(next) : next;
}

const answersChanged = (before: Confidential | undefined, after: Confidential): boolean =>
  (Object.keys(after.needs) as NeedId[]).some(
    (need) => canonical(before?.needs[need]?.indicators) !== canonical(after.needs[need]?.indicators),
  );

/** L2: a level that nobody has confirmed yet is recommended again when the answers behind it have changed. */
function recommendedAfresh<S extends Pick<ReferralState, 'referral'>>(state: S): S {
  const { referral } = state;
  if (!referral.needs.some(({ recommended, confirmed }) => recommended && !confirmed)) return state;
  return {
    ...state,
    referral: {
      ...referral,
      needs: referral.needs.map((need) => (need.confirmed ? need : { ...need, recommended: null })),
      openTasks: referral.openTasks.filter(({ type }) => type !== 'complexity-confirmation'),
    },
  };
}

export function redrafted(
  state: ReferralState,
  { detail: { facts, missing, dueDates } }: EventOf<'referral.draft-changed.v1'>,
  at: string,
): ReferralState {
  const { referral, confidential } = withFacts(state, facts, missing);
  const openTasks = redated(referral.openTasks, dueDates, at);
  return {
    ...state,
    referral: { ...referral, needs: newNeeds(facts), openTasks },
    ...(confidential ? { confidential } : {}),
  };
}

/** All that was known goes; that there was a draft, and when, stays. */
export function removed(
  { referral }: ReferralState,
  { data: { reason } }: EventOf<'referral.draft-removed.v1'>,
  at: string,
): ReferralState {
  const conclusion = { at, endState: 'cancelled' as const, endReason: reason };
  const nothing = { facts: { needs: [] }, needs: [], missing: [], openTasks: [], attention: null };
  return { referral: { ...referral, ...nothing, conclusion }, confidential: nobody };
}

export function informed(
  state: ReferralState,
  { detail }: EventOf<'referral.information-supplied.v1'>,
  at: string,
): ReferralState {
  const next = withFacts(state, detail.facts, detail.missing);
  const referral = matchedBy(next.referral, detail);
  return { ...next, referral: { ...referral, openTasks: redated(referral.openTasks, detail.dueDates, at) } };
}

export function amended(
  state: ReferralState,
  { data, detail, texts }: EventOf<'referral.amended.v1'>,
  at: string,
): ReferralState {
  const next = withReasons(withFacts(state, detail.facts, detail.missing), data.complexity, texts?.words);
  const levels = new Map(data.complexity.map(({ need, to }) => [need, to]));
  const referral = matchedBy(next.referral, detail);
  return {
    ...next,
    referral: {
      ...referral,
      needs: referral.needs.map((need) => ({ ...need, confirmed: levels.get(need.need) ?? need.confirmed })),
      allocations: referral.allocations.map((summary) => withLevels(summary, levels)),
      openTasks: redated(stillAsked(referral.openTasks, detail.missing), detail.dueDates, at),
    },
  };
}

/** L2: the reason that is kept is that of the level that stands. */
function withReasons(
  state: ReferralState,
  levels: { need: NeedId; overridden: boolean }[],
  words: Record<string, string> = {},
): ReferralState {
  if (!state.confidential || levels.length === 0) return state;
  const needs = { ...state.confidential.needs };
  for (const { need, overridden } of levels) {
    const { overrideReason: _replaced, ...texts } = needs[need] ?? {};
    const reason = overridden ? words[need] : undefined;
    needs[need] = reason ? { ...texts, overrideReason: reason } : texts;
  }
  return { ...state, confidential: { ...state.confidential, needs } };
}

/** L2: a provider that is still at work delivers at the new level. */
function withLevels(summary: AllocationSummary, levels: Map<NeedId, ComplexityLevel>): AllocationSummary {
  if (summary.phase === 'ended' || !summary.needs.some(({ need }) => levels.has(need))) return summary;
  return { ...summary, needs: summary.needs.map(({ need, level }) => ({ need, level: levels.get(need) ?? level })) };
}

export function recommended(
  state: ReferralState,
  { data, detail }: EventOf<'complexity.recommended.v1'>,
): ReferralState {
  const { referral, confidential } = state;
  if (!confidential) throw new Error('a recommendation is explained in the private half');
  const needs = referral.needs.map((need) => {
    const found = data.needs.find((candidate) => candidate.need === need.need);
    if (!found) return need;
    const { level, certainty, atMost } = found;
    return { ...need, recommended: { level, certainty, atMost } };
  });
  const explained = { ...confidential.needs };
  for (const { need, ...recommendation } of detail.needs) explained[need] = { ...explained[need], recommendation };
  return { ...state, referral: { ...referral, needs }, confidential: { ...confidential, needs: explained } };
}

export function confirmed(state: ReferralState, { data, texts }: EventOf<'complexity.confirmed.v1'>): ReferralState {
  const levels = new Map(data.needs.map(({ need, level }) => [need, level]));
  const needs = state.referral.needs.map((need) => ({ ...need, confirmed: levels.get(need.need) ?? need.confirmed }));
  return withReasons({ ...state, referral: { ...state.referral, needs } }, data.needs, texts?.words);
}

/** E7: the level is a fact of the referral from then on; where it was missing, it is no longer asked for (L1). */
export function reassessed(referral: Referral, { data }: EventOf<'risk.reassessed.v1'>, at: string): Partial<Referral> {
  const { facts } = referral;
  const missing = referral.missing.filter((pointer) => pointer !== '/risk/seriousHarm');
  return {
    facts: { ...facts, risk: { ...facts.risk, seriousHarm: data.to } },
    riskNotice: { taskId: data.taskId, seriousHarm: data.to, at },
    missing,
    openTasks: stillAsked(referral.openTasks, missing),
  };
}
