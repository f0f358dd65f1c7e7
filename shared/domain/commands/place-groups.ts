import type { Context, ReferralState } from '../decision.ts';
import type { DomainEvent } from '../events.ts';
import {
  type AvailableService,
  type Candidate,
  covers,
  groupNeeds,
  rankCandidates,
  suitableServices,
  whomOf,
} from '../matching.ts';
import type { NeedsGroup, Referral } from '../referral.ts';
import { ungroupedNeeds } from '../standing.ts';
import type { NeedId } from '../vocabulary.ts';
import { linesOf } from '../waiting-list.ts';
import { openTask } from './common.ts';

/** What one command writes at most: each group costs items of its transaction, and fifty is the limit. */
const itemsPerCommand = 45;
/** A group waits for so many services, and fewer once its referral waits for so many in all; but always for one. */
const servicesPerGroup = 5;
const servicesPerReferral = 10;

/** What matching looks at when it places the groups of one referral. */
interface Market {
  state: Required<Pick<ReferralState, 'referral' | 'confidential'>>;
  services: AvailableService[];
  /** The service that has come to this referral's turn: the places that others wait for are its own too. */
  turn?: string | undefined;
}

/** The groups of a referral that nobody has been found for, those first that were grouped before. */
export function groupsToPlace({ state: { referral, confidential }, services }: Market, context: Context): NeedsGroup[] {
  const whom = whomOf(confidential, context.now);
  const suitable = suitableServices(referral, confidential, services, context.now);
  const open = suitable.filter((service) => openPlaces(service) > 0);
  const isOpen = (need: NeedId) => open.some((service) => covers(service, need, whom));
  const needs = ungroupedNeeds(referral);
  // What only full services cover waits for as few of them as it can.
  const groups = [
    ...groupNeeds(needs.filter(isOpen), open, whom),
    ...groupNeeds(
      needs.filter((need) => !isOpen(need)),
      suitable,
      whom,
    ),
  ];
  const since = context.now.toISOString();
  const fresh = groups.map(
    (group): NeedsGroup => ({ id: context.newId(), needs: group, since, tried: [], place: { at: 'unplaced' } }),
  );
  return [...referral.groups.filter(({ place }) => place.at === 'unplaced'), ...fresh];
}

/** L3: places that nobody waits for. Who comes anew does not overtake those in line. */
const openPlaces = ({ free, waiting = 0 }: AvailableService): number => free - waiting;

/**
 * L3, T1: each group goes to the best candidate with a place, which is reserved with the offer; with none, into the line
 * of those that are full; and with none of those either, to operations. As many groups as one command can write.
 */
export function placeGroups(market: Market, groups: NeedsGroup[], context: Context): DomainEvent[] {
  const { referral, confidential } = market.state;
  const whom = whomOf(confidential, context.now);
  const suitable = suitableServices(referral, confidential, market.services, context.now);
  const offered = new Map<string, number>();
  const inLine = new Set(linesOf(referral).map(({ serviceId }) => serviceId));
  const left = ({ id, free }: AvailableService): number => free - (offered.get(id) ?? 0);
  const open = (service: AvailableService): number =>
    left(service) - (service.id === market.turn ? 0 : (service.waiting ?? 0));

  const events: DomainEvent[] = [];
  let items = 0;
  for (const group of groups) {
    const ranked = rankCandidates(referral, whom, group, withPlaces(suitable, open));
    const full = rankCandidates(
      referral,
      whom,
      group,
      withPlaces(suitable, () => 1),
    );
    // A chosen service that is full goes back to operations, never quietly to another.
    const chosen = chosenFor(group);
    const best = chosen === undefined ? ranked[0] : chosenByHand(chosen, withPlaces(market.services, left));
    const others = new Set([...inLine].filter((id) => !waitsFor(group).includes(id)));
    const room = Math.max(1, Math.min(servicesPerGroup, servicesPerReferral - others.size));
    const wanted = chosen === undefined ? full.slice(0, room).map(({ serviceId }) => serviceId) : [];
    const placed = best
      ? offer(referral, group, ranked, best, context)
      : outcomeWithoutPlace(referral, group, wanted, context);
    items += itemsOf(placed) + 2 * waitsFor(group).length;
    if (items > itemsPerCommand && events.length > 0) break;
    events.push(...placed);
    if (best) offered.set(best.serviceId, (offered.get(best.serviceId) ?? 0) + 1);
    else for (const id of wanted) inLine.add(id);
  }
  return events;
}

const withPlaces = (services: AvailableService[], placesOf: (service: AvailableService) => number) =>
  services.map((service) => ({ ...service, free: placesOf(service) }));

const chosenFor = ({ place }: NeedsGroup): string | undefined =>
  place.at === 'unplaced' ? place.chosen?.serviceId : undefined;

/** Operations' own choice overrides the filters and the line, but never the places that there are. */
function chosenByHand(chosen: string, services: AvailableService[]): Candidate | undefined {
  const service = services.find(({ id }) => id === chosen);
  return service && service.free > 0 ? { serviceId: service.id, providerId: service.provider.id, score: 0 } : undefined;
}

const ranking = ({ id: groupId, needs }: NeedsGroup, candidates: Candidate[]): DomainEvent => ({
  type: 'candidates.ranked.v1',
  data: { groupId, needs, candidates: candidates.slice(0, 10) },
});

function offer(
  referral: Referral,
  group: NeedsGroup,
  ranked: Candidate[],
  { serviceId, providerId }: Candidate,
  context: Context,
): DomainEvent[] {
  const groupId = group.id;
  const opened = openTask('offer', referral, context, { provider: providerId, groupId });
  const { id: taskId, dueAt } = opened.opens;
  return [
    ranking(group, ranked),
    opened,
    { type: 'offer.made.v1', data: { offerId: context.newId(), groupId, serviceId, providerId, taskId, dueAt } },
  ];
}

/** Into the line of these services, or to operations when there are none; nothing when it is in that line already. */
function outcomeWithoutPlace(
  referral: Referral,
  group: NeedsGroup,
  services: string[],
  context: Context,
): DomainEvent[] {
  const groupId = group.id;
  if (services.length === 0) {
    return [ranking(group, []), openTask('manual-allocation', referral, context, { groupId })];
  }
  if (group.place.at === 'waiting' && sameServices(waitsFor(group), services)) return [];
  const waits = referral.openTasks.find((task) => task.type === 'waiting-list' && task.groupId === groupId);
  const opened = waits ? undefined : openTask('waiting-list', referral, context, { groupId });
  const taskId = waits?.id ?? opened?.opens.id ?? '';
  return [
    ranking(group, []),
    ...(opened ? [opened] : []),
    { type: 'referral.waiting-listed.v1', data: { groupId, needs: group.needs, services, taskId } },
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
