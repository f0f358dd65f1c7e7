import type { Context, ReferralState } from '../decision.ts';
import type { DomainEvent } from '../events.ts';
import type { AvailableService } from '../matching.ts';
import { groupsToPlace, type MatchingPolicy, marketOf, placeGroups } from './place-groups.ts';

/**
 * L3, T1: every group of needs without a provider is offered to its best candidate, or to as many of the best at once as
 * the policy says, whose places are reserved with the offers. A group that no single provider takes any more is split
 * where there is one for a part. When all that would take it are full it waits in their lines; with no candidate left,
 * operations are asked to allocate by hand.
 */
export function makeOffers(
  { referral, confidential }: ReferralState,
  { services, policy }: { services: AvailableService[]; policy?: MatchingPolicy | undefined },
  context: Context,
): DomainEvent[] {
  if (!confidential) throw new Error('matching needs to know the person');
  const market = marketOf({ referral, confidential }, { services, policy }, context);
  return placeGroups(market, groupsToPlace(market, context), context);
}

/**
 * L3: a place of this service has come to the first in its line. What waits is matched anew: it is offered, it has to
 * wait on, or, where the service no longer fits and no other does, it goes to operations. Told twice, it happens once.
 */
export function offerPlace(
  { referral, confidential }: ReferralState,
  {
    services,
    serviceId,
    policy,
  }: { services: readonly AvailableService[]; serviceId: string; policy?: MatchingPolicy | undefined },
  context: Context,
): DomainEvent[] {
  if (!confidential) throw new Error('matching needs to know the person');
  const waiting = referral.groups.filter(({ place }) => place.at === 'waiting');
  const market = marketOf({ referral, confidential }, { services, policy, turn: serviceId }, context);
  return placeGroups(market, { groups: waiting }, context);
}
