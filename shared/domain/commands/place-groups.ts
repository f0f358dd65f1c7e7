import type { Context, ReferralState } from '../decision.ts';
import type { DomainEvent } from '../events.ts';
import { groupNeeds } from '../grouping.ts';
import { type AvailableService, covers, type Judged, judgedServices, whomOf } from '../matching.ts';
import { type MatchingWeights, usualWeights } from '../matching-weights.ts';
import { offersAtOnce, type ParallelOffers } from '../parallel-offers.ts';
import { type Candidate, mostCandidates } from '../ranked.ts';
import { amplePlaces, hasConflict, preferencesOf, type Ranking, rankServices, type Seeker } from '../ranking.ts';
import type { NeedsGroup, Referral } from '../referral.ts';
import { hasEnded, termsOf } from '../service.ts';
import { openOffers, ungroupedNeeds } from '../standing.ts';
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

/**
 * Offers of one referral that are open at once, beyond the one of each group: each costs items of the transaction that
 * takes them all back.
 */
const parallelPerReferral = 10;

/** What a deployment may decide about matching (L3). */
export interface MatchingPolicy {
  weights?: MatchingWeights | undefined;
  parallelOffers?: ParallelOffers | undefined;
}

/** What matching looks at when it places the groups of one referral. */
interface Market {
  seeker: Seeker;
  /** Wherever they are: operations may choose one of another area. */
  services: readonly AvailableService[];
  judged: readonly Judged[];
  parallelOffers: ParallelOffers;
  /** The service that has come to this referral's turn: the places that others wait for are its own too. */
  turn: string | undefined;
}

export const marketOf = (
  { referral, confidential }: Required<Pick<ReferralState, 'referral' | 'confidential'>>,
  {
    services,
    policy: { weights = usualWeights, parallelOffers = {} } = {},
    turn,
  }: { services: readonly AvailableService[]; policy?: MatchingPolicy | undefined; turn?: string },
  { now }: Context,
): Market => ({
  seeker: { referral, person: confidential.person, whom: whomOf(confidential, now), weights },
  services,
  judged: judgedServices(referral, confidential, services, now),
  parallelOffers,
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
  const waitedFor = services.filter(({ waitingList }) => waitingList);
  return [...groupNeeds(needs.filter(isOpen), open, by), ...groupNeeds(later, waitedFor, by)];
}

/**
 * L3, T1: each group goes to the best candidate with a place, or to several of the best at once, whose places are
 * reserved with the offers. With none, it is split where a part of it can be offered; else it goes into the line of
 * those that are full; and with none of those either, to operations. As many groups as one command can write: what is
 * left, the next places.
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
  let atOnce = openOffers(referral).length;
  let items = 0;
  for (let group = queue.shift(); group; group = queue.shift()) {
    const now = withPlaces(judged, open);
    const ranking = rankServices(seeker, group, now);
    // A chosen service that is full goes back to operations, never quietly to another.
    const chosen = chosenFor(group);
    const room = Math.max(1, Math.min(offersAtOnce(group.needs, market.parallelOffers), parallelPerReferral - atOnce));
    const best =
      chosen === undefined
        ? bestOf(ranking.candidates, room, judged)
        : chosenByHand(referral, services, { chosen, left, today });
    const isAsked = best.length > 0;
    const parts = isAsked || chosen !== undefined ? [] : partsOf(seeker, group, now);
    const into = parts.map((needs): NeedsGroup => ({ ...group, id: context.newId(), needs }));
    // Whom operations chose has no place: they may choose again, and with no other to choose nobody's time is lost.
    const waits = chosen === undefined || ranking.candidates.length === 0;
    const wanted = isAsked || into.length > 0 || !waits ? [] : linesFor(market, group, inLine);
    const placed = isAsked
      ? offers(referral, group, { ranking, best }, context)
      : into.length > 0
        ? split(referral, group, into)
        : outcomeWithoutPlace(referral, group, { ranking, wanted }, context);
    items += itemsOf(placed) + 2 * waitsFor(group).length;
    if (items > itemsPerCommand && events.length > 0) break;
    events.push(...placed);
    queue.unshift(...into);
    for (const { id } of best) offered.set(id, (offered.get(id) ?? 0) + 1);
    atOnce += best.length;
    for (const id of wanted) inLine.add(id);
  }
  return events;
}

const withPlaces = (judged: readonly Judged[], placesOf: (service: AvailableService) => number): Judged[] =>
  judged.map(({ service, obstacles }) => ({ service: { ...service, free: placesOf(service) }, obstacles }));

const chosenFor = ({ place }: NeedsGroup): string | undefined =>
  place.at === 'unplaced' ? place.chosen?.serviceId : undefined;

/** The best, no provider twice: who cannot take it with one service of theirs would be asked for nothing with another. */
function bestOf(candidates: readonly Candidate[], atMost: number, judged: readonly Judged[]): AvailableService[] {
  const providers = new Set<string>();
  const best: AvailableService[] = [];
  for (const { serviceId, providerId } of candidates) {
    if (best.length === atMost) break;
    if (providers.has(providerId)) continue;
    providers.add(providerId);
    const found = judged.find(({ service }) => service.id === serviceId);
    if (found) best.push(found.service);
  }
  return best;
}

/**
 * Operations' own choice overrides the filters and the line, but never the places that there are, nor a conflict of
 * interest that the provider has declared, nor the end of its contract.
 */
function chosenByHand(
  referral: Referral,
  services: readonly AvailableService[],
  { chosen, left, today }: { chosen: string; left: (service: AvailableService) => number; today: string },
): AvailableService[] {
  return services.filter(
    (service) =>
      service.id === chosen && left(service) > 0 && !hasConflict(referral, service) && !hasEnded(service, today),
  );
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

/** The full services that a group waits for, of those that have a waiting list, those first that would be asked first if they had a place. */
function linesFor({ seeker, judged }: Market, group: NeedsGroup, inLine: ReadonlySet<string>): string[] {
  const own = new Set(linesOf(seeker.referral).map(({ serviceId }) => serviceId));
  const before = ({ id, waiting = 0 }: AvailableService): number => Math.max(0, waiting - Number(own.has(id)));
  // As if they had places, and fewer the more of the others are before it in the line.
  const full = rankServices(
    seeker,
    group,
    withPlaces(
      judged.filter(({ service }) => service.waitingList),
      (service) => amplePlaces / (1 + before(service)),
    ),
  );
  const others = new Set([...inLine].filter((id) => !waitsFor(group).includes(id)));
  const room = Math.max(1, Math.min(servicesPerGroup, servicesPerReferral - others.size));
  return full.candidates.slice(0, room).map(({ serviceId }) => serviceId);
}

const rankedOf = ({ id: groupId, needs }: NeedsGroup, { candidates, filtered }: Ranking): DomainEvent => ({
  type: 'candidates.ranked.v1',
  data: { groupId, needs, candidates: candidates.slice(0, mostCandidates), filtered },
});

function offers(
  referral: Referral,
  group: NeedsGroup,
  { ranking, best }: { ranking: Ranking; best: readonly AvailableService[] },
  context: Context,
): DomainEvent[] {
  return [rankedOf(group, ranking), ...best.flatMap((service) => offer(referral, group.id, service, context))];
}

function offer(referral: Referral, groupId: string, service: AvailableService, context: Context): DomainEvent[] {
  const { id: serviceId, provider, serviceLevels: levels } = service;
  const opened = openTask('offer', referral, context, { provider: provider.id, groupId, levels });
  const { id: taskId, dueAt } = opened.opens;
  return [
    opened,
    {
      type: 'offer.made.v1',
      data: { offerId: context.newId(), groupId, serviceId, providerId: provider.id, taskId, dueAt },
      detail: { terms: termsOf(service) },
    },
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
