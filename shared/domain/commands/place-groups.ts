import type { Context, ReferralState } from '../decision.ts';
import type { DomainEvent } from '../events.ts';
import { groupNeeds } from '../grouping.ts';
import { type AvailableService, covers, type Judged, judgedServices, whomOf } from '../matching.ts';
import type { MatchingWeights } from '../matching-weights.ts';
import { type Candidate, mostCandidates } from '../ranked.ts';
import { hasConflict, preferencesOf, type Ranking, rankServices, type Seeker } from '../ranking.ts';
import type { NeedsGroup, Referral } from '../referral.ts';
import { hasEnded } from '../service.ts';
import { ungroupedNeeds } from '../standing.ts';
import { tieBreak } from '../tie-break.ts';
import type { NeedId } from '../vocabulary.ts';
import { linesOf } from '../waiting-list.ts';
import { londonDate } from '../working-days.ts';
import { openTask } from './common.ts';

/** What one command writes at most: each group costs items of its transaction, and fifty is the limit. */
const itemsPerCommand = 45;
/** A group waits for so many services, and fewer once its referral waits for so many in all; but always for one. */
const servicesPerGroup = 5;
const servicesPerReferral = 10;

/** What matching looks at when it places the groups of one referral. */
interface Market {
  seeker: Seeker;
  /** Wherever they are: operations may choose one of another area. */
  services: readonly AvailableService[];
  judged: readonly Judged[];
  /** The service that has come to this referral's turn: the places that others wait for are its own too. */
  turn: string | undefined;
}

export const marketOf = (
  { referral, confidential }: Required<Pick<ReferralState, 'referral' | 'confidential'>>,
  { services, weights, turn }: { services: readonly AvailableService[]; weights: MatchingWeights; turn?: string },
  { now }: Context,
): Market => ({
  seeker: { referral, person: confidential.person, whom: whomOf(confidential, now), weights },
  services,
  judged: judgedServices(referral, confidential, services, now),
  turn,
});

/** L3: places that nobody waits for. Who comes anew does not overtake those in line. */
const openPlaces = ({ free, waiting = 0 }: AvailableService): number => free - waiting;

/** The groups of a referral that nobody has been found for, those first that were grouped before. */
export function groupsToPlace({ seeker, judged }: Market, context: Context): NeedsGroup[] {
  const since = context.now.toISOString();
  const fresh = grouped(seeker, ungroupedNeeds(seeker.referral), toAsk(seeker, withPlaces(judged, openPlaces)));
  return [
    ...seeker.referral.groups.filter(({ place }) => place.at === 'unplaced'),
    ...fresh.map((needs): NeedsGroup => ({ id: context.newId(), needs, since, tried: [], place: { at: 'unplaced' } })),
  ];
}

/** The services that fit this person, with places or without. */
const toAsk = ({ referral }: Seeker, judged: readonly Judged[]): AvailableService[] =>
  judged
    .filter(({ service, obstacles }) => obstacles.length === 0 && !hasConflict(referral, service))
    .map(({ service }) => service);

/** What services with a place cover is not held up by the rest, which waits for as few of the full ones as it can. */
function grouped(
  { referral, whom }: Seeker,
  needs: readonly NeedId[],
  services: readonly AvailableService[],
): NeedId[][] {
  const by = { whom, preferred: preferencesOf(referral), tie: tieBreak(referral.id) };
  const open = services.filter(({ free }) => free > 0);
  const isOpen = (need: NeedId): boolean => open.some((service) => covers(service, need, whom));
  const later = needs.filter((need) => !isOpen(need));
  return [...groupNeeds(needs.filter(isOpen), open, by), ...groupNeeds(later, services, by)];
}

/**
 * L3, T1: each group goes to the best candidate with a place, which is reserved with the offer. With none, it is split
 * where a part of it can be offered; else it goes into the line of those that are full; and with none of those either,
 * to operations. As many groups as one command can write: what is left, the next places.
 */
export function placeGroups(market: Market, groups: readonly NeedsGroup[], context: Context): DomainEvent[] {
  const { seeker, judged, services, turn } = market;
  const { referral } = seeker;
  const offered = new Map<string, number>();
  const inLine = new Set(linesOf(referral).map(({ serviceId }) => serviceId));
  const today = londonDate(context.now);
  const left = ({ id, free }: AvailableService): number => free - (offered.get(id) ?? 0);
  const open = (service: AvailableService): number =>
    left(service) - (service.id === turn ? 0 : (service.waiting ?? 0));

  const events: DomainEvent[] = [];
  const queue = [...groups];
  let items = 0;
  for (let group = queue.shift(); group; group = queue.shift()) {
    const now = withPlaces(judged, open);
    const ranking = rankServices(seeker, group, now);
    // A chosen service that is full goes back to operations, never quietly to another.
    const chosen = chosenFor(group);
    const best =
      chosen === undefined ? ranking.candidates[0] : chosenByHand(referral, services, { chosen, left, today });
    const parts = best || chosen !== undefined ? [] : partsOf(seeker, group, now);
    const into = parts.map((needs): NeedsGroup => ({ ...group, id: context.newId(), needs }));
    const wanted = best || chosen !== undefined || into.length > 0 ? [] : linesFor(market, group, inLine);
    const placed = best
      ? offer(referral, group, { ranking, best }, context)
      : into.length > 0
        ? split(referral, group, into)
        : outcomeWithoutPlace(referral, group, { ranking, wanted }, context);
    items += itemsOf(placed) + 2 * waitsFor(group).length;
    if (items > itemsPerCommand && events.length > 0) break;
    events.push(...placed);
    queue.unshift(...into);
    if (best) offered.set(best.serviceId, (offered.get(best.serviceId) ?? 0) + 1);
    for (const id of wanted) inLine.add(id);
  }
  return events;
}

const withPlaces = (judged: readonly Judged[], placesOf: (service: AvailableService) => number): Judged[] =>
  judged.map(({ service, obstacles }) => ({ service: { ...service, free: placesOf(service) }, obstacles }));

const chosenFor = ({ place }: NeedsGroup): string | undefined =>
  place.at === 'unplaced' ? place.chosen?.serviceId : undefined;

type Choice = Pick<Candidate, 'serviceId' | 'providerId'>;

/**
 * Operations' own choice overrides the filters and the line, but never the places that there are, nor a conflict of
 * interest that the provider has declared, nor the end of its contract.
 */
function chosenByHand(
  referral: Referral,
  services: readonly AvailableService[],
  { chosen, left, today }: { chosen: string; left: (service: AvailableService) => number; today: string },
): Choice | undefined {
  const service = services.find(({ id }) => id === chosen);
  return service && left(service) > 0 && !hasConflict(referral, service) && !hasEnded(service, today)
    ? { serviceId: service.id, providerId: service.provider.id }
    : undefined;
}

/** How a group without a candidate is split; not at all where nobody could be asked now for any part. */
function partsOf(seeker: Seeker, { needs, tried, place }: NeedsGroup, judged: readonly Judged[]): NeedId[][] {
  // What waits keeps its place in line as one.
  if (needs.length === 1 || place.at !== 'unplaced') return [];
  const services = toAsk(seeker, judged).filter(({ id }) => !tried.includes(id));
  const canBegin = needs.some((need) =>
    services.some((service) => service.free > 0 && covers(service, need, seeker.whom)),
  );
  const parts = canBegin ? grouped(seeker, needs, services) : [];
  return parts.length > 1 ? parts : [];
}

/** A group of this very command, which nobody has heard of yet, is only formed anew. */
const split = ({ groups }: Referral, { id: groupId }: NeedsGroup, into: readonly NeedsGroup[]): DomainEvent[] =>
  groups.some(({ id }) => id === groupId)
    ? [
        {
          type: 'needs-group.split.v1',
          data: { groupId, into: into.map(({ id, needs }) => ({ groupId: id, needs })) },
        },
      ]
    : [];

/** The full services that a group waits for, those first that would be asked first if they had a place. */
function linesFor({ seeker, judged }: Market, group: NeedsGroup, inLine: ReadonlySet<string>): string[] {
  const full = rankServices(
    seeker,
    group,
    withPlaces(judged, () => 1),
  );
  const others = new Set([...inLine].filter((id) => !waitsFor(group).includes(id)));
  const room = Math.max(1, Math.min(servicesPerGroup, servicesPerReferral - others.size));
  return full.candidates.slice(0, room).map(({ serviceId }) => serviceId);
}

const rankedOf = ({ id: groupId, needs }: NeedsGroup, { candidates, filtered }: Ranking): DomainEvent => ({
  type: 'candidates.ranked.v1',
  data: { groupId, needs, candidates: candidates.slice(0, mostCandidates), filtered },
});

function offer(
  referral: Referral,
  group: NeedsGroup,
  { ranking, best: { serviceId, providerId } }: { ranking: Ranking; best: Choice },
  context: Context,
): DomainEvent[] {
  const groupId = group.id;
  const opened = openTask('offer', referral, context, { provider: providerId, groupId });
  const { id: taskId, dueAt } = opened.opens;
  return [
    rankedOf(group, ranking),
    opened,
    { type: 'offer.made.v1', data: { offerId: context.newId(), groupId, serviceId, providerId, taskId, dueAt } },
  ];
}

/** Into the line of these services, or to operations when there are none; nothing when it is in that line already. */
function outcomeWithoutPlace(
  referral: Referral,
  group: NeedsGroup,
  { ranking, wanted }: { ranking: Ranking; wanted: string[] },
  context: Context,
): DomainEvent[] {
  const groupId = group.id;
  if (wanted.length === 0) {
    return [rankedOf(group, ranking), openTask('manual-allocation', referral, context, { groupId })];
  }
  if (group.place.at === 'waiting' && sameServices(waitsFor(group), wanted)) return [];
  const waits = referral.openTasks.find((task) => task.type === 'waiting-list' && task.groupId === groupId);
  const opened = waits ? undefined : openTask('waiting-list', referral, context, { groupId });
  const taskId = waits?.id ?? opened?.opens.id ?? '';
  return [
    rankedOf(group, ranking),
    ...(opened ? [opened] : []),
    { type: 'referral.waiting-listed.v1', data: { groupId, needs: group.needs, services: wanted, taskId } },
  ];
}

const waitsFor = ({ place }: NeedsGroup): string[] => (place.at === 'waiting' ? place.services : []);

const sameServices = (some: string[], others: string[]): boolean =>
  some.length === others.length && some.every((id) => others.includes(id));

/** Events and the task; an offer's place, counter, list entry and the task that it closes; a line's entry and counter. */
const itemsOf = (events: DomainEvent[]): number =>
  events.reduce((sum, event) => {
    const more = event.type === 'offer.made.v1' ? 4 : 0;
    const lines = event.type === 'referral.waiting-listed.v1' ? 2 * event.data.services.length : 0;
    return sum + 1 + Number(event.opens !== undefined) + more + lines;
  }, 0);
