import { canonical } from '../canonical.ts';
import { type ReferralState, type Refusal, refuse } from '../decision.ts';
import type { Eligibility } from '../eligibility/check.ts';
import type { DomainEvent } from '../events.ts';
import type { Referral } from '../referral.ts';
import type { ReferralFacts } from '../referral-facts.ts';
import { openOffers } from '../standing.ts';
import type { NeedId } from '../vocabulary.ts';
import { withConclusion } from './common.ts';

/** What becomes of matching when facts change under it: whoever changes them, and by whatever command. */

/**
 * L3, E6: what decides who may be asked, and the practitioner's wishes. When it changes before a provider has accepted,
 * its offers are made again. Language and access needs only move the order: an open offer shows them as they stand, and
 * whoever cannot meet them declines it.
 */
const forMatching = ({ area, setting, sentence, person, needs }: ReferralFacts, settled: ReadonlySet<NeedId>) => [
  [area, setting, sentence?.type, person?.sex, person?.dateOfBirth],
  // That there is a reason counts here, not its words; and only of what has yet to find its provider.
  needs
    .filter(({ need }) => !settled.has(need))
    .map((need) => [need.generalServiceReason ? 'given' : null, need.preferredService?.id]),
];

/** Facts that the rules of eligibility look at (E1 to E6). */
const forEligibility = ({ area, setting, sentence, person, needs, requestedWork }: ReferralFacts) => [
  [area, setting, sentence, person],
  [needs, requestedWork],
];

/** Whether the values differ: a fact sent again as it was is no change. */
const differ = (before: unknown, after: unknown): boolean => canonical(before) !== canonical(after);

export function changesMatching(before: ReferralFacts, after: ReferralFacts, { groups }: Referral): boolean {
  const settled = new Set(
    groups.flatMap(({ needs, place }) => (place.at === 'placed' || place.at === 'closed' ? needs : [])),
  );
  return differ(forMatching(before, settled), forMatching(after, settled));
}

export const changesEligibility = (before: ReferralFacts, after: ReferralFacts): boolean =>
  differ(forEligibility(before), forEligibility(after));

/** Open offers are taken back, all or those of one service, and the places that they held are free again. */
export const withdrawOffers = (referral: Referral, of?: string): DomainEvent[] =>
  openOffers(referral)
    .filter(({ serviceId }) => of === undefined || serviceId === of)
    .map(withdrawn);

type OpenOffer = ReturnType<typeof openOffers>[number];

export const withdrawn = ({ id: offerId, groupId, serviceId, providerId }: OpenOffer): DomainEvent => ({
  type: 'offer.withdrawn.v1',
  data: { offerId, groupId, serviceId, providerId },
});

/**
 * L1: found ineligible. Offers are withdrawn and what was allocated ends, so that nothing is held for it; a delivery
 * that has begun is not undone. Refusals: `Ineligible`.
 */
export function ineligibleNow(
  state: ReferralState,
  events: DomainEvent[],
  { needs }: Eligibility,
  now: Date,
): DomainEvent[] | Refusal {
  const { referral } = state;
  if (referral.allocations.some(({ begun }) => begun)) {
    return refuse('Ineligible', 'This would make a referral ineligible whose delivery has begun; withdraw it.', {
      needs,
    });
  }
  const failed = needs.flatMap(({ need, failed: rules }) => rules.map(({ rule }) => ({ need, rule })));
  const found: DomainEvent = { type: 'referral.found-ineligible.v1', data: { failed } };
  const ended = referral.allocations
    .filter(({ phase }) => phase !== 'ended')
    .map(({ id }): DomainEvent => ({ type: 'allocation.ended.v1', data: { allocationId: id, endState: 'cancelled' } }));
  return withConclusion(state, [...events, ...withdrawOffers(referral), found, ...ended], now);
}
