import { dueAt } from '../deadlines.ts';
import { type Decide, type ReferralState, type Refusal, refuse } from '../decision.ts';
import { checkEligibility, contradictions, missingFacts } from '../eligibility/index.ts';
import type { DomainEvent } from '../events.ts';
import { evolve } from '../evolve.ts';
import { type FactChanges, mergeFacts } from '../merge-facts.ts';
import { joined, type OpenTask, type Referral } from '../referral.ts';
import { isReporting, stageOf } from '../standing.ts';
import type { ComplexityLevel, EndReason, NeedId } from '../vocabulary.ts';
import { alreadyConcluded, endDelivery, ownCatalogue, withConclusion } from './common.ts';
import { requestInformation } from './send-referral.ts';

/**
 * L4, L6: a referral is withdrawn, at any moment. Offers are withdrawn and their places freed; delivery that has begun
 * ends, and its report is due; anything else ends at once.
 */
export const withdrawReferral: Decide<{ reason: EndReason; text?: string | undefined }> = (state, command, context) => {
  const { referral } = state;
  if (referral.conclusion) return alreadyConcluded();
  if (referral.ending) return refuse('NotPossibleNow', 'This referral is already ending; its reports are still due.');
  const withdrawn: DomainEvent = {
    type: 'referral.withdrawn.v1',
    data: { reason: command.reason },
    ...(command.text ? { texts: { key: 'WITHDRAWAL', words: { text: command.text } } } : {}),
  };
  const after = evolve(state, withdrawn, context.now).referral;
  const endings = after.allocations
    .filter((summary) => summary.phase !== 'ended' && !isReporting(summary))
    .flatMap((summary) => endDelivery(after, summary, command.reason, context));
  return withConclusion(state, [withdrawn, ...withdrawOffers(referral), ...endings], context.now);
};

function withdrawOffers({ groups }: Referral): DomainEvent[] {
  return groups.flatMap(({ id: groupId, place }) => {
    if (place.at !== 'offered' && place.at !== 'returned') return [];
    const { id: offerId, serviceId, providerId } = place.offer;
    return [{ type: 'offer.withdrawn.v1' as const, data: { offerId, groupId, serviceId, providerId } }];
  });
}

type PauseReason = 'recalled' | 'hospital' | 'other';

/** L4: work rests, for instance on recall to custody; every clock stops. Answers already asked for are still taken. */
export const pauseReferral: Decide<{ reason: PauseReason; text?: string | undefined }> = ({ referral }, command) => {
  if (referral.conclusion) return alreadyConcluded();
  if (referral.paused) return refuse('NotPossibleNow', 'This referral is already paused.');
  if (referral.ending) return refuse('NotPossibleNow', 'This referral is ending and cannot be paused.');
  return [
    {
      type: 'referral.paused.v1',
      data: { reason: command.reason },
      ...(command.text ? { texts: { key: 'PAUSE', words: { text: command.text } } } : {}),
    },
  ];
};

/** L4: work goes on; every deadline moves by the time that the pause took. */
export const resumeReferral: Decide<object> = ({ referral }, _command, { now }) => {
  const { paused, openTasks } = referral;
  if (referral.conclusion) return alreadyConcluded();
  if (!paused) return refuse('NotPossibleNow', 'This referral is not paused.');
  const moved = (task: OpenTask): string => {
    const stoppedAt = Math.max(Date.parse(paused.at), Date.parse(task.openedAt));
    return new Date(Date.parse(task.dueAt) + now.getTime() - stoppedAt).toISOString();
  };
  const dueDates = Object.fromEntries(openTasks.map((task) => [task.id, moved(task)]));
  return [{ type: 'referral.resumed.v1', data: { pausedAt: paused.at }, detail: { dueDates } }];
};

export interface AmendReferral {
  changes: FactChanges & {
    complexity?: { need: NeedId; level: ComplexityLevel; reason: string }[] | undefined;
  };
  reason: string;
}

/** Facts that matching filters by: when one changes before a provider has accepted, its offers are made again. */
const matchingFacts = ['area', 'setting', 'sentence', 'person'];

/**
 * L4: facts or levels change while the work runs. Contradictions are refused; a referral that becomes ineligible
 * before delivery concludes; open offers that hung on a changed fact are withdrawn and made anew.
 */
export const amendReferral: Decide<AmendReferral> = (state, { changes, reason }, context) => {
  const { referral, confidential } = state;
  if (referral.conclusion) return alreadyConcluded();
  if (!confidential) throw new Error('an amendment needs what was sent before');
  const { complexity = [], ...factChanges } = changes;
  const faults = amendmentFaults(referral, changes);
  if (faults.length > 0) return refuse('Contradiction', 'The amendment does not fit the referral.', { faults });
  const facts = mergeFacts(joined(referral.crn, referral.facts, confidential), factChanges);
  const contradicted = contradictions(facts, context.now, ownCatalogue(referral));
  if (contradicted.length > 0) {
    return refuse('Contradiction', 'The amendment contradicts what is known.', { faults: contradicted });
  }

  const rematch = Object.keys(factChanges).some((field) => matchingFacts.includes(field));
  const amended = (dueDates: Record<string, string>): DomainEvent => ({
    type: 'referral.amended.v1',
    data: { fields: Object.keys(changes), complexity: levelChanges(referral, complexity) },
    detail: { facts, missing: missingFacts(facts), rematch, dueDates },
    texts: { key: `AMENDMENT#${context.newId()}`, words: { reason, ...reasonsOf(complexity) } },
  });
  const after = evolve(state, amended({}), context.now).referral;
  const event = amended(movedByRelease(referral, after));
  const inDelivery = stageOf(referral) === 'delivery' || stageOf(referral) === 'outcome-recording';
  if (inDelivery || !rematch) return [event, ...askedAnew(referral, after, context)];
  const offers = withdrawOffers(referral);
  const eligibility = checkEligibility(facts, context.now);
  if (eligibility.result !== 'refused') return [event, ...offers, ...askedAnew(referral, after, context)];
  return ineligibleNow(state, [event, ...offers], eligibility, context.now);
};

/** What an amendment leaves unknown is asked for, unless it is being asked for already. */
function askedAnew(
  before: Referral,
  after: Referral,
  context: Parameters<typeof requestInformation>[2],
): DomainEvent[] {
  const isAsked = before.openTasks.some(({ type }) => type === 'missing-information');
  return isAsked ? [] : requestInformation(after, after.missing, context);
}

function ineligibleNow(
  state: ReferralState,
  events: DomainEvent[],
  { needs }: ReturnType<typeof checkEligibility>,
  now: Date,
): DomainEvent[] | Refusal {
  if (state.referral.allocations.some(({ begun }) => begun)) {
    return refuse('Ineligible', 'The amendment would make a referral ineligible whose delivery has begun.', { needs });
  }
  const failed = needs.flatMap(({ need, failed: rules }) => rules.map(({ rule }) => ({ need, rule })));
  const ended = state.referral.allocations
    .filter(({ phase }) => phase !== 'ended')
    .map(({ id }): DomainEvent => ({ type: 'allocation.ended.v1', data: { allocationId: id, endState: 'cancelled' } }));
  return withConclusion(state, [...events, { type: 'referral.found-ineligible.v1', data: { failed } }, ...ended], now);
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
  return [...unknown(complexity, '/changes/complexity'), ...unknown(needs, '/changes/needs'), ...early];
}

const levelChanges = (referral: Referral, complexity: { need: NeedId; level: ComplexityLevel }[]) =>
  complexity.flatMap(({ need, level }) => {
    const from = referral.needs.find((state) => state.need === need)?.confirmed;
    return from ? [{ need, from, to: level }] : [];
  });

const reasonsOf = (complexity: { need: NeedId; reason: string }[]): Record<string, string> =>
  Object.fromEntries(complexity.map(({ need, reason }) => [need, reason]));

/** E8: clocks that start at release move with it. */
function movedByRelease(before: Referral, after: Referral): Record<string, string> {
  const isMoved =
    before.facts.expectedReleaseDate !== after.facts.expectedReleaseDate ||
    before.facts.setting !== after.facts.setting;
  if (!isMoved) return {};
  const waiting = after.openTasks.filter(({ type }) => type === 'supplier-assessment');
  return Object.fromEntries(waiting.map((task) => [task.id, dueAt(task.type, after, new Date(task.openedAt))]));
}
