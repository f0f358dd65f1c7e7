import type { Context, ReferralState } from '../decision.ts';
import type { DomainEvent } from '../events.ts';
import { groupNeeds } from '../grouping.ts';
import { type AvailableService, covers, type Judged, judgedServices, whomOf } from '../matching.ts';
import { type MatchingWeights, usualWeights } from '../matching-weights.ts';
import { offersAtOnce, type ParallelOffers } from '../parallel-offers.ts';
import { type Candidate, mostCandidates } from '../ranked.ts';
import {
  amplePlaces,
  hasConflict,
  obstacleToAsking,
  preferencesOf,
  type Ranking,
  rankServices,
  type Seeker,
} from '../ranking.ts';
import type { GroupPlace, NeedsGroup, Referral } from '../referral.ts';
import { termsOf } from '../service.ts';
import { ungroupedNeeds } from '../standing.ts';
import { tieBreak } from '../tie-break.ts';
import type { NeedId } from '../vocabulary.ts';
import { linesOf } from '../waiting-list.ts';
import { londonDate } from '../working-days.ts';
import { openTask } from './common.ts';

/** What one command writes at most: each group costs items of its transaction, and fifty is the limit. */
const itemsPerCommand = 45;
/**
 * What taking back all that a referral holds and waits for may write, beside what the command itself does (rule 1): of an
 * offer the event, the task, the place and the counters; of a line the entry and the counters. Each group has one offer
 * or one line, whatever it costs; more only as long as this is not used up.
 */
const itemsHeld = 40;
const itemsPerOffer = 4;
const itemsPerLine = 2;
/** A group waits for so many services that would take all of it, and for one more for each part. */
const servicesPerGroup = 5;

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

/** A group on its way to a place; `due`: until when its wait may last, where it had waited before (L7). */
type ToPlace = NeedsGroup & { due?: string | undefined };

/**
 * The groups of a referral that nobody has been found for, those first that were grouped before. Where nobody has
 * declined yet, as after a change of facts, needs are grouped afresh, and keep the time since when they are looked for.
 */
export function groupsToPlace(
  { seeker, judged }: Market,
  context: Context,
): { groups: ToPlace[]; events: DomainEvent[] } {
  const { referral } = seeker;
  const unplaced = referral.groups.filter(({ place }) => place.at === 'unplaced');
  const loose = unplaced.filter((group) => group.tried.length === 0 && chosenFor(group) === undefined);
  const open = new Set([...ungroupedNeeds(referral), ...loose.flatMap(({ needs }) => needs)]);
  const needs = referral.needs.flatMap(({ need }) => (open.has(need) ? [need] : []));
  const formed = grouped(seeker, needs, toAsk(seeker, withPlaces(judged, openPlaces))).map(
    (together) => loose.find((group) => sameMembers(group.needs, together)) ?? together,
  );
  const former = loose.filter((group) => !formed.includes(group));
  const fresh = formed.flatMap((group) => (Array.isArray(group) ? [formedFrom(referral, former, group, context)] : []));
  const groups = [
    ...unplaced.filter((group) => !former.includes(group)).map((group) => ({ ...group, due: dueOf(referral, group) })),
    ...fresh,
  ];
  return { groups, events: regrouped(referral, former, fresh) };
}

function formedFrom(
  referral: Referral,
  former: readonly NeedsGroup[],
  needs: NeedId[],
  { now, newId }: Context,
): ToPlace {
  const before = former.filter((group) => group.needs.some((need) => needs.includes(need)));
  const [since = now.toISOString()] = before.map((group) => group.since).sort();
  const [due] = before.flatMap((group) => dueOf(referral, group) ?? []).sort();
  return { id: newId(), needs, since, tried: [], place: { at: 'unplaced' }, due };
}

const waitOf = ({ openTasks }: Referral, groupId: string) =>
  openTasks.find((task) => task.type === 'waiting-list' && task.groupId === groupId);
const dueOf = (referral: Referral, { id }: NeedsGroup): string | undefined => waitOf(referral, id)?.dueAt;

/** Groups that nobody has heard of yet are only formed anew, and need no word. */
function regrouped({ groups }: Referral, former: readonly NeedsGroup[], into: readonly NeedsGroup[]): DomainEvent[] {
  const from = former.filter(({ id }) => groups.some((group) => group.id === id));
  if (from.length === 0) return [];
  const known = new Set(from.flatMap(({ needs }) => needs));
  return [
    {
      type: 'needs.regrouped.v1',
      data: {
        from: from.map(({ id }) => id),
        into: into
          .filter(({ needs }) => needs.some((need) => known.has(need)))
          .map(({ id, needs }) => ({ groupId: id, needs })),
      },
    },
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
export function placeGroups(
  market: Market,
  { groups, events: before = [] }: { groups: readonly ToPlace[]; events?: readonly DomainEvent[] },
  context: Context,
): DomainEvent[] {
  const { seeker, judged, services, turn } = market;
  const { referral } = seeker;
  const offered = new Map<string, number>();
  const today = londonDate(context.now);
  const left = ({ id, free }: AvailableService): number => free - (offered.get(id) ?? 0);
  const open = (service: AvailableService): number =>
    left(service) - (service.id === turn ? 0 : (service.waiting ?? 0));

  const events: DomainEvent[] = [];
  const queue = [...groups];
  const others = referral.groups.filter(({ id }) => !groups.some((group) => group.id === id));
  let held = others.reduce((sum, { place }) => sum + itemsHeldAt(place), 0);
  let items = itemsOf(before);
  for (let group = queue.shift(); group; group = queue.shift()) {
    const now = withPlaces(judged, open);
    const ranking = rankServices(seeker, group, now);
    // A chosen service that is full goes back to operations, never quietly to another.
    const chosen = chosenFor(group);
    const spare = itemsHeld - held - itemsPerOffer * queue.length;
    const room = Math.max(1, Math.min(offersAtOnce(group.needs, market.parallelOffers), spare / itemsPerOffer));
    const best =
      chosen === undefined
        ? bestOf(ranking.candidates, Math.floor(room), judged)
        : chosenByHand(referral, services, { chosen, left, today });
    const isAsked = best.length > 0;
    const parts = isAsked || chosen !== undefined ? [] : partsOf(seeker, group, now);
    const place = { at: 'unplaced' as const };
    const due = group.due ?? dueOf(referral, group);
    const into = parts.map((needs): ToPlace => ({ ...group, id: context.newId(), needs, place, due }));
    // Whom operations chose has no place: they may choose again, and with no other to choose nobody's time is lost.
    const waits = chosen === undefined || ranking.candidates.length === 0;
    const wanted = isAsked || into.length > 0 || !waits ? [] : linesFor(market, group, { spare, open });
    const placed = isAsked
      ? offers(referral, group, { ranking, best }, context)
      : into.length > 0
        ? regrouped(referral, [group], into)
        : outcomeWithoutPlace(referral, group, { ranking, wanted }, context);
    items += itemsOf(placed) + 2 * waitsFor(group).length;
    if (items > itemsPerCommand && events.length > 0) break;
    events.push(...placed);
    queue.unshift(...into);
    for (const { id } of best) offered.set(id, (offered.get(id) ?? 0) + 1);
    held += itemsPerOffer * best.length + itemsPerLine * wanted.length + Number(wanted.length > 0);
  }
  return [...before, ...events];
}

/** What taking a group back from there writes; one that stands nowhere will be offered at least once. */
function itemsHeldAt(place: GroupPlace): number {
  switch (place.at) {
    case 'offered':
      return itemsPerOffer * place.offers.length;
    case 'waiting':
      return itemsPerLine * place.services.length + 1;
    case 'unplaced':
      return itemsPerOffer;
    case 'manual-allocation':
      return 1;
    default:
      return 0;
  }
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
    (service) => service.id === chosen && left(service) > 0 && !obstacleToAsking(referral, service, today),
  );
}

/** How a group without a candidate is split; not at all where nobody could be asked now for any part. */
function partsOf(seeker: Seeker, { needs, tried }: NeedsGroup, judged: readonly Judged[]): NeedId[][] {
  if (needs.length === 1) return [];
  const services = toAsk(seeker, judged).filter(({ id }) => !tried.includes(id));
  const canBegin = needs.some((need) =>
    services.some((service) => service.free > 0 && covers(service, need, seeker.whom)),
  );
  const parts = canBegin ? grouped(seeker, needs, services) : [];
  return parts.length > 1 ? parts : [];
}

/**
 * The full services with a waiting list that a group waits for, those first that would be asked first if they had a
 * place; and for each of its needs the first that would take that one, so that nobody passes by who needs no more.
 */
function linesFor(
  { seeker, judged }: Market,
  group: NeedsGroup,
  { spare, open }: { spare: number; open: (service: AvailableService) => number },
): string[] {
  const own = new Set(linesOf(seeker.referral).map(({ serviceId }) => serviceId));
  const before = ({ id, waiting = 0 }: AvailableService): number => Math.max(0, waiting - Number(own.has(id)));
  // Where a place is free for a part nobody waits: it is taken, or left to what operations chose.
  const waitedFor = judged.filter(({ service }) => service.waitingList && open(service) <= 0);
  // As if they had places, and fewer the more of the others are before it in the line.
  const full = withPlaces(waitedFor, (service) => amplePlaces / (1 + before(service)));
  const bestFor = (needs: NeedId[]): string[] =>
    rankServices(seeker, { ...group, needs }, full).candidates.map(({ serviceId }) => serviceId);
  const whole = bestFor(group.needs);
  const parts = group.needs.flatMap((need) => bestFor([need]).find((id) => !whole.includes(id)) ?? []);
  const room = Math.max(1, Math.floor((spare - 1) / itemsPerLine));
  return [...new Set([...whole.slice(0, servicesPerGroup), ...parts])].slice(0, room);
}

/** The best, and everyone who is asked. */
const rankedOf = (
  { id: groupId, needs }: NeedsGroup,
  { candidates, filtered }: Ranking,
  asked: readonly AvailableService[] = [],
): DomainEvent => ({
  type: 'candidates.ranked.v1',
  data: {
    groupId,
    needs,
    candidates: candidates.filter(
      ({ serviceId }, place) => place < mostCandidates || asked.some(({ id }) => id === serviceId),
    ),
    filtered,
  },
});

function offers(
  referral: Referral,
  group: NeedsGroup,
  { ranking, best }: { ranking: Ranking; best: readonly AvailableService[] },
  context: Context,
): DomainEvent[] {
  return [rankedOf(group, ranking, best), ...best.flatMap((service) => offer(referral, group.id, service, context))];
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
  group: ToPlace,
  { ranking, wanted }: { ranking: Ranking; wanted: string[] },
  context: Context,
): DomainEvent[] {
  const groupId = group.id;
  if (wanted.length === 0) {
    return [rankedOf(group, ranking), openTask('manual-allocation', referral, context, { groupId })];
  }
  if (group.place.at === 'waiting' && sameMembers(waitsFor(group), wanted)) return [];
  const waits = waitOf(referral, groupId);
  const { due } = group;
  const opened = waits ? undefined : openTask('waiting-list', referral, context, { groupId, ...(due ? { due } : {}) });
  const taskId = waits?.id ?? opened?.opens.id ?? '';
  return [
    rankedOf(group, ranking),
    ...(opened ? [opened] : []),
    { type: 'referral.waiting-listed.v1', data: { groupId, needs: group.needs, services: wanted, taskId } },
  ];
}

const waitsFor = ({ place }: NeedsGroup): string[] => (place.at === 'waiting' ? place.services : []);

const sameMembers = (some: readonly string[], others: readonly string[]): boolean =>
  some.length === others.length && some.every((id) => others.includes(id));

/** Events and their tasks; an offer's place, counters, list entry and the task that it closes; a line's entry and counters. */
const itemsOf = (events: readonly DomainEvent[]): number =>
  events.reduce((sum, event) => {
    const more = event.type === 'offer.made.v1' ? 4 : 0;
    const lines = event.type === 'referral.waiting-listed.v1' ? 2 * event.data.services.length : 0;
    const closed = event.type === 'needs.regrouped.v1' ? event.data.from.length : 0;
    return sum + 1 + Number(event.opens !== undefined) + more + lines + closed;
  }, 0);
