import type { Context, ReferralState } from '../decision.ts';
import type { DomainEvent } from '../events.ts';
import { groupNeeds } from '../grouping.ts';
import { type AvailableService, covers, judgedServices, whomOf } from '../matching.ts';
import { type MatchingWeights, usualWeights } from '../matching-weights.ts';
import { Places } from '../places.ts';
import { type Candidate, mostCandidates } from '../ranked.ts';
import { hasConflict, preferencesOf, type Ranking, rankServices, type Seeker } from '../ranking.ts';
import type { NeedsGroup } from '../referral.ts';
import { ungroupedNeeds } from '../standing.ts';
import { tieBreak } from '../tie-break.ts';
import type { NeedId } from '../vocabulary.ts';
import { openTask } from './common.ts';

/** How many groups one command places or splits: each costs six items of its transaction, and fifty is the limit. */
const groupsPerCommand = 7;

type Choice = Pick<Candidate, 'serviceId' | 'providerId'>;

/**
 * L3, T1: every group of needs without a provider is offered to its best candidate, whose place is reserved with the
 * offer. A group that no single provider takes any more is split where there is one for a part. With no candidate left,
 * operations are asked to allocate by hand.
 */
export function makeOffers(
  { referral, confidential }: ReferralState,
  { services, weights = usualWeights }: { services: AvailableService[]; weights?: MatchingWeights },
  context: Context,
): DomainEvent[] {
  if (!confidential) throw new Error('matching needs to know the person');
  const { now, newId } = context;
  const seeker: Seeker = { referral, person: confidential.person, whom: whomOf(confidential, now), weights };
  const places = new Places(services, judgedServices(referral, confidential, services, now));
  const firstGroups = grouped(seeker, { needs: ungroupedNeeds(referral), tried: [] }, places);
  const unplaced = [...referral.groups, ...firstGroups.map((needs) => newGroup(newId(), needs))].filter(
    ({ place }) => place.at === 'unplaced',
  );
  const events: DomainEvent[] = [];
  for (let count = 0; count < groupsPerCommand; count += 1) {
    const group = unplaced.shift();
    if (!group) break;
    const ranking = rankServices(seeker, group, places.now());
    const chosen = chosenIn(group);
    const best = chosen ? chosenByHand(seeker, chosen, places) : ranking.candidates[0];
    const parts = best || chosen ? [] : partsOf(seeker, group, places);
    if (parts.length > 0) {
      const into = parts.map((needs) => newGroup(newId(), needs, group.tried));
      events.push(split(group, into));
      unplaced.unshift(...into);
      continue;
    }
    if (best) places.take(best.serviceId);
    events.push(...placeGroup(seeker, group, { ranking, best }, context));
  }
  return events;
}

const newGroup = (id: string, needs: NeedId[], tried: string[] = []): NeedsGroup => ({
  id,
  needs,
  tried,
  place: { at: 'unplaced' },
});

/** Services with a place that could be asked now. */
const openNow = ({ referral }: Seeker, { tried }: Pick<NeedsGroup, 'tried'>, places: Places): AvailableService[] =>
  places
    .now()
    .filter(({ service, obstacles }) => obstacles.length === 0 && service.free > 0 && !tried.includes(service.id))
    .map(({ service }) => service)
    .filter((service) => !hasConflict(referral, service));

const grouped = (seeker: Seeker, { needs, tried }: Pick<NeedsGroup, 'needs' | 'tried'>, places: Places): NeedId[][] =>
  groupNeeds(needs, openNow(seeker, { tried }, places), {
    whom: seeker.whom,
    preferred: preferencesOf(seeker.referral),
    tie: tieBreak(seeker.referral.id),
  });

/** How a group without a candidate is split; not at all where nobody could be asked for any part. */
function partsOf(seeker: Seeker, group: NeedsGroup, places: Places): NeedId[][] {
  if (group.needs.length === 1) return [];
  const open = openNow(seeker, group, places);
  const canBeAsked = group.needs.some((need) => open.some((service) => covers(service, need, seeker.whom)));
  return canBeAsked ? grouped(seeker, group, places) : [];
}

const split = ({ id: groupId }: NeedsGroup, into: readonly NeedsGroup[]): DomainEvent => ({
  type: 'needs-group.split.v1',
  data: { groupId, into: into.map(({ id, needs }) => ({ groupId: id, needs })) },
});

const chosenIn = ({ place }: NeedsGroup): string | undefined =>
  place.at === 'unplaced' ? place.chosen?.serviceId : undefined;

/**
 * Operations' own choice overrides the filters, but never the places that there are, nor a conflict of interest that
 * the provider has declared. What cannot be asked goes back to operations, never quietly to another.
 */
function chosenByHand({ referral }: Seeker, serviceId: string, places: Places): Choice | undefined {
  const service = places.find(serviceId);
  return service && service.free > 0 && !hasConflict(referral, service)
    ? { serviceId, providerId: service.provider.id }
    : undefined;
}

function placeGroup(
  { referral }: Seeker,
  { id: groupId, needs }: NeedsGroup,
  { ranking, best }: { ranking: Ranking; best: Choice | undefined },
  context: Context,
): DomainEvent[] {
  const { candidates, filtered } = ranking;
  const ranked: DomainEvent = {
    type: 'candidates.ranked.v1',
    data: { groupId, needs, candidates: candidates.slice(0, mostCandidates), filtered },
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
