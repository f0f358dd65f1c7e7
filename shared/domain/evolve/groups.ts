import type { EventOf } from '../events.ts';
import type { GroupPlace, NeedsGroup, Offer, OpenTask, Referral } from '../referral.ts';
import type { NeedId } from '../vocabulary.ts';

/** What events do to the groups of needs and their offers (L3). */

/** While facts are missing nobody is in line: a place would pass it by. */
export function matchedBy(referral: Referral, { rematch, missing }: { rematch: boolean; missing: string[] }): Referral {
  if (rematch) return matchedAfresh(referral);
  return missing.length > 0 ? { ...referral, groups: outOfLine(referral.groups, 'unplaced') } : referral;
}

/** Facts that matching hangs on have changed: what was tried before may fit now. */
const matchedAfresh = (referral: Referral): Referral => ({
  ...referral,
  openTasks: referral.openTasks.filter(({ type }) => type !== 'manual-allocation'),
  groups: referral.groups.map(afresh),
});

const afresh = (group: NeedsGroup): NeedsGroup => ({
  ...group,
  tried: [],
  place: group.place.at === 'manual-allocation' || group.place.at === 'waiting' ? { at: 'unplaced' } : group.place,
});

/** Nothing is held for those who are out of line, so what brings them back is matching anew; their time is kept. */
export function outOfLine(groups: NeedsGroup[], at: 'unplaced' | 'closed'): NeedsGroup[] {
  if (!groups.some(({ place }) => place.at === 'waiting')) return groups;
  return groups.map((group) => (group.place.at === 'waiting' ? { ...group, place: { at } } : group));
}

/** L7: the task of a wait stays through every vain attempt, so that its deadline does; what ends the wait closes it. */
export const isWaitOf = ({ type, groupId }: OpenTask, id: string): boolean => type === 'waiting-list' && groupId === id;

export const leftToOperations = ({ groups, openTasks }: Referral, groupId: string): Partial<Referral> => ({
  groups: placed(groups, groupId, { at: 'manual-allocation' }),
  openTasks: openTasks.filter((task) => !isWaitOf(task, groupId)),
});

export function withGroup(groups: NeedsGroup[], id: string, needs: NeedId[], since: string): NeedsGroup[] {
  return groups.some((group) => group.id === id)
    ? groups
    : [...groups, { id, needs, since, tried: [], place: { at: 'unplaced' } }];
}

export const placed = (groups: NeedsGroup[], id: string, place: GroupPlace): NeedsGroup[] =>
  groups.map((group) => (group.id === id ? { ...group, place } : group));

const offersOf = ({ place }: NeedsGroup): Offer[] => (place.at === 'offered' ? place.offers : []);

export function offered(groups: NeedsGroup[], { data, detail }: EventOf<'offer.made.v1'>): NeedsGroup[] {
  const { offerId: id, groupId, serviceId, providerId, taskId } = data;
  const offer = { id, serviceId, providerId, taskId, isReturned: false, terms: detail.terms };
  return groups.map((group) =>
    group.id === groupId ? { ...group, place: { at: 'offered', offers: [...offersOf(group), offer] } } : group,
  );
}

/** To the practitioner, who has to add something, or back to the provider, who had asked for it. */
export function handedOver(
  groups: NeedsGroup[],
  { type, data }: EventOf<'offer.returned.v1' | 'offer.information-added.v1'>,
): NeedsGroup[] {
  const isReturned = type === 'offer.returned.v1';
  return groups.map((group) => {
    if (group.id !== data.groupId) return group;
    const offers = offersOf(group).map((offer) =>
      offer.id === data.offerId ? { ...offer, taskId: data.taskId, isReturned } : offer,
    );
    return { ...group, place: { at: 'offered', offers } };
  });
}

/** L3: the next candidates are looked for when the last offer has gone. */
function withoutOffer(
  groups: NeedsGroup[],
  { groupId, offerId }: { groupId: string; offerId: string },
  last: Extract<GroupPlace, { at: 'unplaced' | 'closed' }>,
): NeedsGroup[] {
  return groups.map((group) => {
    if (group.id !== groupId) return group;
    const offers = offersOf(group).filter(({ id }) => id !== offerId);
    return { ...group, place: offers.length > 0 ? { at: 'offered', offers } : last };
  });
}

export const tried = (
  groups: NeedsGroup[],
  data: { groupId: string; offerId: string; serviceId: string },
): NeedsGroup[] =>
  withoutOffer(groups, data, { at: 'unplaced' }).map((group) =>
    group.id === data.groupId ? { ...group, tried: [...group.tried, data.serviceId] } : group,
  );

/** A returned offer whose question nobody answered: it is withdrawn next, and its service is not asked again. */
export function triedInVain(groups: NeedsGroup[], taskId: string): NeedsGroup[] {
  const returned = groups.flatMap(offersOf).find((offer) => offer.isReturned && offer.taskId === taskId);
  if (!returned) return groups;
  return groups.map((group) =>
    offersOf(group).includes(returned) ? { ...group, tried: [...group.tried, returned.serviceId] } : group,
  );
}

export function takenBack(
  { groups, openTasks, ending }: Referral,
  { data }: EventOf<'offer.withdrawn.v1'>,
): Partial<Referral> {
  const taskId = groups.flatMap(offersOf).find(({ id }) => id === data.offerId)?.taskId;
  return {
    groups: withoutOffer(groups, data, { at: ending ? 'closed' : 'unplaced' }),
    openTasks: openTasks.filter(({ id }) => id !== taskId),
  };
}

/** L3: the needs of some groups are parted anew: each keeps its time, and who was tried for it is not asked again. */
export function regrouped(
  { groups, openTasks }: Referral,
  { data: { from, into } }: EventOf<'needs.regrouped.v1'>,
): Partial<Referral> {
  const isFormer = ({ id }: NeedsGroup): boolean => from.includes(id);
  const formed = into.map(({ groupId, needs }): NeedsGroup => {
    const before = groups.filter((group) => isFormer(group) && group.needs.some((need) => needs.includes(need)));
    const [since = ''] = before.map((group) => group.since).sort();
    return {
      id: groupId,
      needs,
      since,
      tried: [...new Set(before.flatMap((group) => group.tried))],
      place: { at: 'unplaced' },
    };
  });
  return {
    groups: [...groups.filter((group) => !isFormer(group)), ...formed],
    openTasks: openTasks.filter((task) => !from.some((id) => isWaitOf(task, id))),
  };
}

export function manuallyPlaced(
  groups: NeedsGroup[],
  { data }: EventOf<'referral.allocated-manually.v1'>,
): NeedsGroup[] {
  const place: GroupPlace =
    data.decision === 'close' || !data.serviceId
      ? { at: 'closed' }
      : { at: 'unplaced', chosen: { serviceId: data.serviceId } };
  return placed(groups, data.groupId, place);
}
