import type { Context, ReferralState } from '../decision.ts';
import type { DomainEvent } from '../events.ts';
import {
  type AvailableService,
  type Candidate,
  groupNeeds,
  rankCandidates,
  suitableServices,
  type Whom,
  whomOf,
} from '../matching.ts';
import type { NeedsGroup, Referral } from '../referral.ts';
import { ungroupedNeeds } from '../standing.ts';
import { openTask } from './common.ts';

/** How many groups one command places: each costs six items of its transaction, and fifty is the limit. */
const groupsPerCommand = 7;

/**
 * L3, T1: every group of needs without a provider is offered to its best candidate, whose place is reserved with the
 * offer. With no candidate left, operations are asked to allocate by hand.
 */
export function makeOffers(
  { referral, confidential }: ReferralState,
  { services }: { services: AvailableService[] },
  context: Context,
): DomainEvent[] {
  if (!confidential) throw new Error('matching needs to know the person');
  const whom = whomOf(confidential, context.now);
  const suitable = suitableServices(referral, confidential, services, context.now);
  const groups = [...referral.groups, ...newGroups(referral, whom, suitable, context)];
  const left = new Map(services.map(({ id, free }) => [id, free]));
  return groups
    .filter(({ place }) => place.at === 'unplaced')
    .slice(0, groupsPerCommand)
    .flatMap((group) => {
      const withFree = suitable.map((service) => ({ ...service, free: left.get(service.id) ?? 0 }));
      const ranked = rankCandidates(referral, whom, group, withFree);
      // A chosen service that is full goes back to operations, never quietly to another.
      const isChosen = group.place.at === 'unplaced' && group.place.chosen !== undefined;
      const best = isChosen ? chosenByHand(group, services, left) : ranked[0];
      if (best) left.set(best.serviceId, (left.get(best.serviceId) ?? 0) - 1);
      return placeGroup(referral, group, ranked, best, context);
    });
}

/** Operations' own choice overrides the filters, but never the places that there are. */
function chosenByHand(
  group: NeedsGroup,
  services: AvailableService[],
  left: Map<string, number>,
): Candidate | undefined {
  const chosen = group.place.at === 'unplaced' ? group.place.chosen?.serviceId : undefined;
  const service = services.find(({ id }) => id === chosen);
  return service && (left.get(service.id) ?? 0) > 0
    ? { serviceId: service.id, providerId: service.provider.id, score: 0 }
    : undefined;
}

function newGroups(referral: Referral, whom: Whom, suitable: AvailableService[], { newId }: Context): NeedsGroup[] {
  const open = suitable.filter(({ free }) => free > 0);
  return groupNeeds(ungroupedNeeds(referral), open, whom).map((group) => ({
    id: newId(),
    needs: group,
    tried: [],
    place: { at: 'unplaced' },
  }));
}

function placeGroup(
  referral: Referral,
  group: NeedsGroup,
  candidates: Candidate[],
  best: Candidate | undefined,
  context: Context,
): DomainEvent[] {
  const groupId = group.id;
  const ranked: DomainEvent = {
    type: 'candidates.ranked.v1',
    data: { groupId, needs: group.needs, candidates: candidates.slice(0, 10) },
  };
  if (!best) return [ranked, openTask('manual-allocation', referral, context, { groupId })];
  const { serviceId, providerId } = best;
  const opened = openTask('offer', referral, context, { provider: providerId, groupId });
  const { id: taskId, dueAt } = opened.opens;
  return [
    ranked,
    opened,
    { type: 'offer.made.v1', data: { offerId: context.newId(), groupId, serviceId, providerId, taskId, dueAt } },
  ];
}
