import { canonical } from '../canonical.ts';
import { movedByFacts, movedByPause } from '../deadlines.ts';
import { type Decide, refuse } from '../decision.ts';
import { checkEligibility, contradictions, missingFacts } from '../eligibility/index.ts';
import type { DomainEvent } from '../events.ts';
import { evolve } from '../evolve.ts';
import { type FactChanges, mergeFacts } from '../merge-facts.ts';
import { ownersRecorded } from '../opd.ts';
import { rarDaysTold } from '../rar-days.ts';
import { isDraft, joined, type Referral } from '../referral.ts';
import type { ReferralFacts } from '../referral-facts.ts';
import { atWork, isMatched } from '../standing.ts';
import type { ComplexityLevel, EndReason, NeedId, PauseReason } from '../vocabulary.ts';
import { notRunning, openTask, ownCatalogue, tooSoonToComplete } from './common.ts';
import { overriding, recommendedAgain } from './complexity.ts';
import { removeDraft } from './draft.ts';
import { changesEligibility, changesMatching, ineligibleNow, withdrawOffers } from './matching-changes.ts';
import { riskTold } from './risk.ts';
import { requestInformation } from './send-referral.ts';
import { windDown } from './wind-down.ts';

/**
 * L4, L6: a referral is withdrawn, at any moment. Offers are withdrawn and their places freed; delivery that has begun
 * ends, and its report is due; anything else ends at once. It also ends a pause: clocks that go on start where they stood.
 * A death ends even what is ending already. A draft is removed, and what it held of the person with it.
 */
export const withdrawReferral: Decide<{ reason: EndReason; text?: string | undefined }> = (state, command, context) => {
  const { referral } = state;
  const { reason, text } = command;
  if (isDraft(referral)) return [removeDraft(reason)];
  const refused = notRunning(referral);
  if (refused) return refused;
  if (referral.ending && reason !== 'died') {
    return refuse('NotPossibleNow', 'This referral is already ending; its reports are still due.');
  }
  const begun = atWork(referral).filter((summary) => summary.begun);
  const tooSoon = tooSoonToComplete(begun, reason);
  if (tooSoon) return refuse('NotPossibleNow', tooSoon);
  return windDown(
    state,
    {
      type: 'referral.withdrawn.v1',
      data: { reason },
      detail: { dueDates: movedByPause(referral, context.now) },
      ...(text ? { texts: { key: referral.ending ? 'DEATH' : 'WITHDRAWAL', words: { text } } } : {}),
    },
    context,
  );
};

/**
 * L4: work rests, for instance on recall to custody; every clock stops. Answers already asked for are still taken. The
 * pause itself has an owner and a deadline (L7): the practitioner is asked to end it.
 */
export const pauseReferral: Decide<{ reason: PauseReason; text?: string | undefined }> = (
  { referral },
  command,
  context,
) => {
  const refused = notRunning(referral);
  if (refused) return refused;
  if (referral.paused) return refuse('NotPossibleNow', 'This referral is already paused.');
  if (referral.ending) return refuse('NotPossibleNow', 'This referral is ending and cannot be paused.');
  return [
    {
      type: 'referral.paused.v1',
      data: { reason: command.reason },
      ...(command.text ? { texts: { key: 'PAUSE', words: { text: command.text } } } : {}),
    },
    openTask('paused-referral', referral, context),
  ];
};

/** L4: work goes on; every clock that the pause stopped has as many working days left as it had. */
export const resumeReferral: Decide<object> = ({ referral }, _command, { now }) => {
  const { paused } = referral;
  const refused = notRunning(referral);
  if (refused) return refused;
  if (!paused) return refuse('NotPossibleNow', 'This referral is not paused.');
  const dueDates = movedByPause(referral, now);
  const asked = referral.openTasks.find(({ type }) => type === 'paused-referral');
  return [
    {
      type: 'referral.resumed.v1',
      data: { pausedAt: paused.at },
      detail: { dueDates },
      ...(asked ? { answers: { taskId: asked.id, answer: null } } : {}),
    },
  ];
};

export interface AmendReferral {
  changes: FactChanges & {
    complexity?: { need: NeedId; level: ComplexityLevel; reason: string }[] | undefined;
  };
  reason: string;
}

/**
 * L4: facts or levels change while the work runs; what changes nothing, nothing comes of. Contradictions are refused; a
 * referral that becomes ineligible before delivery concludes; open offers that hung on a changed fact are withdrawn and
 * made anew. A risk that has become high moves the responsibility for the case (E7).
 */
export const amendReferral: Decide<AmendReferral> = (state, { changes, reason }, context) => {
  const { referral, confidential } = state;
  const refused = notRunning(referral);
  if (refused) return refused;
  if (!confidential) throw new Error('an amendment needs what was sent before');
  const { complexity = [], ...factChanges } = changes;
  const faults = amendmentFaults(referral, changes);
  if (faults.length > 0) return refuse('Contradiction', 'The amendment does not fit the referral.', { faults });
  const known = joined(referral.crn, referral.facts, confidential);
  const facts = mergeFacts(known, factChanges);
  const contradicted = contradictions(facts, context.now, ownCatalogue(referral));
  if (contradicted.length > 0) {
    return refuse('Contradiction', 'The amendment contradicts what is known.', { faults: contradicted });
  }

  const levels = levelChanges(referral, complexity);
  const fields = changedFields(known, facts, levels);
  if (fields.length === 0) return [];

  const rematch = changesMatching(known, facts, referral);
  const amended = (dueDates: Record<string, string>): DomainEvent => ({
    type: 'referral.amended.v1',
    data: { fields, complexity: levels },
    detail: { facts, missing: missingFacts(facts), rematch, dueDates },
    texts: { key: `AMENDMENT#${context.newId()}`, words: { reason, ...reasonsOf(complexity) } },
  });
  const after = evolve(state, amended({}), context.now);
  const events = [
    amended(movedByFacts(referral, after.referral, context.now)),
    ...ownersRecorded(facts, known),
    ...rarDaysTold(referral, after.referral),
    ...riskTold(referral, facts.risk?.seriousHarm),
    ...recommendedAgain(confidential, after),
  ];
  const inDelivery = isMatched(referral) || referral.ending !== null;
  const isJudged = !inDelivery && changesEligibility(known, facts);
  const eligibility = checkEligibility(facts, context.now, new Date(referral.sentAt ?? context.now));
  if (isJudged && eligibility.result === 'refused') return ineligibleNow(state, events, eligibility, context.now);
  return [...events, ...(rematch ? withdrawOffers(referral) : []), ...askedAnew(referral, after.referral, context)];
};

/** What an amendment leaves unknown is asked for, unless it is being asked for already. */
function askedAnew(
  before: Referral,
  after: Referral,
  context: Parameters<typeof requestInformation>[2],
): DomainEvent[] {
  const isAsked = before.openTasks.some(({ type }) => type === 'missing-information');
  return isAsked || before.ending ? [] : requestInformation(after, after.missing, context);
}

function amendmentFaults(referral: Referral, { complexity = [], needs = [] }: AmendReferral['changes']) {
  const unknown = (list: { need: NeedId }[], pointer: string) =>
    list.flatMap(({ need }, index) =>
      referral.needs.some((state) => state.need === need)
        ? []
        : [{ pointer: `${pointer}/${index}/need`, detail: `${need} is not a need of this referral` }],
    );
  const early = complexity.flatMap(({ need }, index) =>
    referral.needs.some((state) => state.need === need && state.confirmed === null)
      ? [{ pointer: `/changes/complexity/${index}`, detail: `the level of ${need} is not confirmed yet`, rule: 'L2' }]
      : [],
  );
  const twice = (list: { need: NeedId }[], pointer: string) =>
    list.flatMap(({ need }, index) =>
      list.findIndex((other) => other.need === need) < index
        ? [{ pointer: `${pointer}/${index}/need`, detail: `${need} is there more than once`, rule: 'L1' }]
        : [],
    );
  return [
    ...unknown(complexity, '/changes/complexity'),
    ...unknown(needs, '/changes/needs'),
    ...twice(complexity, '/changes/complexity'),
    ...twice(needs, '/changes/needs'),
    ...early,
  ];
}

/** The fields that have another value than before. What changes nothing is no change. */
const changedFields = (before: ReferralFacts, after: ReferralFacts, levels: object[]): string[] => [
  ...(Object.keys(after) as (keyof ReferralFacts)[]).filter((key) => canonical(before[key]) !== canonical(after[key])),
  ...(levels.length > 0 ? ['complexity'] : []),
];

const levelChanges = (referral: Referral, complexity: { need: NeedId; level: ComplexityLevel }[]) =>
  complexity.flatMap(({ need, level }) => {
    const from = referral.needs.find((state) => state.need === need)?.confirmed;
    return from && from !== level ? [{ need, from, to: level, ...overriding(referral, need, level) }] : [];
  });

const reasonsOf = (complexity: { need: NeedId; reason: string }[]): Record<string, string> =>
  Object.fromEntries(complexity.map(({ need, reason }) => [need, reason]));
