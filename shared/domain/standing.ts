import { differenceInDays } from 'date-fns/differenceInDays';
import { type AllocationSummary, type EndState, type GroupPlace, isDraft, type Referral } from './referral.ts';
import type { NeedId } from './vocabulary.ts';

export const stages = [
  'assessment',
  'complexity-allocation',
  'provider-matching',
  'delivery',
  'outcome-recording',
  'concluded',
] as const;
export type Stage = (typeof stages)[number];

export const statuses = [
  'draft',
  'needs-information',
  'awaiting-confirmation',
  'offered',
  'waiting-list',
  'manual-allocation',
  'active',
  'paused',
  'concluded',
] as const;
export type Status = (typeof statuses)[number];

/** Delivery has ended, and its report is being written or read. */
export const isReporting = (allocation: AllocationSummary): boolean =>
  allocation.phase === 'end-of-service-report' || allocation.phase === 'acknowledgement';
/** What has neither ended nor come to its report. */
export const atWork = ({ allocations }: Pick<Referral, 'allocations'>): AllocationSummary[] =>
  allocations.filter((allocation) => allocation.phase !== 'ended' && !isReporting(allocation));
const live = (referral: Referral): AllocationSummary[] => referral.allocations.filter(({ phase }) => phase !== 'ended');

/** Which of the five stages the referral stands in: read from what has happened, never stored. */
export function stageOf(referral: Referral): Stage {
  if (referral.conclusion) return 'concluded';
  if (referral.ending) return 'outcome-recording';
  if (isDraft(referral) || referral.missing.length > 0) return 'assessment';
  if (referral.needs.some(({ confirmed }) => confirmed === null)) return 'complexity-allocation';
  if (!isMatched(referral)) return 'provider-matching';
  return live(referral).every(isReporting) ? 'outcome-recording' : 'delivery';
}

/** Every need has gone to a provider, or has been closed by operations. */
export const isMatched = (referral: Referral): boolean =>
  ungroupedNeeds(referral).length === 0 &&
  referral.groups.every(({ place }) => place.at === 'placed' || place.at === 'closed');

/** Offers that can still be answered, also those that wait for what the provider has asked. */
export const openOffers = ({ groups }: Referral) =>
  groups.flatMap(({ id: groupId, needs, place }) =>
    place.at === 'offered' ? place.offers.map((offer) => ({ ...offer, groupId, needs })) : [],
  );

/** E7: the providers that have to do with the person now: with work or a report that has not ended, or asked to take it on. */
export const involvedProviders = (referral: Referral): string[] => [
  ...new Set([...live(referral), ...openOffers(referral)].map(({ providerId }) => providerId)),
];

/** Needs that matching has not come to yet: one command places a bounded number of groups. */
export const ungroupedNeeds = ({ needs, groups }: Referral): NeedId[] =>
  needs.map(({ need }) => need).filter((need) => !groups.some((group) => group.needs.includes(need)));

export function statusOf(referral: Referral): Status {
  const stage = stageOf(referral);
  if (stage === 'concluded') return 'concluded';
  if (referral.paused) return 'paused';
  if (isDraft(referral)) return 'draft';
  if (stage === 'assessment') return 'needs-information';
  if (stage === 'complexity-allocation') return 'awaiting-confirmation';
  if (stage !== 'provider-matching') return 'active';
  // What is furthest from a provider says how it stands.
  const isAt = (at: GroupPlace['at']) => referral.groups.some(({ place }) => place.at === at);
  if (isAt('manual-allocation')) return 'manual-allocation';
  return isAt('waiting') ? 'waiting-list' : 'offered';
}

/** What the lifecycle's execution must do or wait for. */
export type LifecycleStanding =
  | 'complete-facts'
  | 'recommend-complexity'
  | 'confirmation'
  | 'make-offers'
  | 'answers'
  | 'delivery'
  | 'reports'
  | 'paused'
  | 'concluded';

export function lifecycleStanding(referral: Referral): LifecycleStanding {
  const stage = stageOf(referral);
  if (stage === 'concluded') return 'concluded';
  if (referral.paused) return 'paused';
  switch (stage) {
    case 'assessment':
      return 'complete-facts';
    case 'complexity-allocation':
      return referral.needs.some(({ recommended }) => recommended === null) ? 'recommend-complexity' : 'confirmation';
    case 'provider-matching':
      return hasOffersToMake(referral) ? 'make-offers' : 'answers';
    case 'delivery':
      return 'delivery';
    case 'outcome-recording':
      return 'reports';
  }
}

export const hasOffersToMake = (referral: Referral): boolean =>
  ungroupedNeeds(referral).length > 0 || referral.groups.some(({ place }) => place.at === 'unplaced');

/** What an allocation's own execution must wait for. */
export type DeliveryStanding =
  | 'supplier-assessment'
  | 'action-plan'
  | 'delivery'
  | 'end-of-service-report'
  | 'paused'
  | 'ended';

export function deliveryStanding(referral: Referral, allocation: AllocationSummary): DeliveryStanding {
  switch (allocation.phase) {
    case 'ended':
      return 'ended';
    case 'end-of-service-report':
    case 'acknowledgement':
      return 'end-of-service-report';
    default:
      if (referral.paused) return 'paused';
      return allocation.phase === 'action-plan-approval' ? 'action-plan' : allocation.phase;
  }
}

/** Nothing is left to do for this execution: its referral has concluded, or its allocation has ended. */
export function isOver(referral: Referral, executionId: string): boolean {
  if (executionId === referral.id) return referral.conclusion !== null;
  const summary = referral.allocations.find(({ id }) => id === executionId);
  return !summary || summary.phase === 'ended';
}

/** L5: the end state follows from what was delivered; no client chooses it. */
export function endStateOf(referral: Referral): EndState {
  const { ending } = referral;
  const begun = decisive(referral).filter((allocation) => allocation.begun);
  if (begun.length === 0) return 'cancelled';
  const takesBack = ending !== null && !ending.early;
  return !takesBack && begun.every(wasCompleted) ? 'completed' : 'ended';
}

/** L5: allocations but those whose needs others have begun to deliver since, as after a reopening. */
export const decisive = ({ allocations }: Pick<Referral, 'allocations'>): AllocationSummary[] =>
  allocations.filter(({ needs }, index) => {
    const later = allocations.slice(index + 1).filter(({ begun }) => begun);
    return !needs.every(({ need }) => later.some((one) => one.needs.some((other) => other.need === need)));
  });

/** L5: how one provider's part ends. */
export const allocationEndState = (summary: AllocationSummary): EndState =>
  wasCompleted(summary) ? 'completed' : summary.begun ? 'ended' : 'cancelled';

/** L5: what never began was not completed, whatever the referral ended for. */
export const wasCompleted = ({ begun, endedFor }: AllocationSummary): boolean =>
  begun && endedFor !== null && tellsOfCompletion(endedFor);

export const tellsOfCompletion = (reason: NonNullable<AllocationSummary['endedFor']>): boolean =>
  reason === 'plan-completed' || reason === 'intervention-completed';

/**
 * Step Functions ends an execution at one year, and none of ours comes to 300 days (architecture rule 5): it hands over
 * at the first look after these, for the next may be thirty days off.
 */
const handsOverAfterDays = 269;

/**
 * By the record, which tells when the last segment was started by the same clock that tells what is now. Until it tells
 * that of the current segment, that one has only just begun.
 */
export const isOldExecution = (
  { segment, startedSegment, startedAt }: { segment: number; startedSegment: number; startedAt: string | null },
  now: Date,
): boolean =>
  startedSegment === segment && startedAt !== null && differenceInDays(now, new Date(startedAt)) >= handsOverAfterDays;
