import { type ReferralState, type Refusal, refuse } from '../decision.ts';
import type { Eligibility } from '../eligibility/check.ts';
import type { DomainEvent } from '../events.ts';
import type { FactChanges } from '../merge-facts.ts';
import type { Referral } from '../referral.ts';
import { withConclusion } from './common.ts';

/** What becomes of matching when facts change under it: whoever changes them, and by whatever command. */

/** Facts that matching filters by: when one changes before a provider has accepted, its offers are made again. */
const matchingFacts = ['area', 'setting', 'sentence', 'person'];
export const changesMatching = (changes: FactChanges): boolean =>
  Object.keys(changes).some((field) => matchingFacts.includes(field));

/** Facts that the rules of eligibility look at (E1 to E6). */
export const changesEligibility = (changes: FactChanges): boolean =>
  changesMatching(changes) || 'needs' in changes || 'requestedWork' in changes;

/** Open offers are taken back, and the places that they held are free again. */
export function withdrawOffers({ groups }: Referral): DomainEvent[] {
  return groups.flatMap(({ id: groupId, place }) => {
    if (place.at !== 'offered' && place.at !== 'returned') return [];
    const { id: offerId, serviceId, providerId } = place.offer;
    return [{ type: 'offer.withdrawn.v1' as const, data: { offerId, groupId, serviceId, providerId } }];
  });
}

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
