import type { EventOf } from '../events.ts';
import type { GroupPlace, NeedsGroup, Referral } from '../referral.ts';
import { wasCompleted } from '../standing.ts';
import type { NeedId } from '../vocabulary.ts';
import { matchedBy, outOfLine } from './groups.ts';
import { redated, staysDue, stillAsked } from './tasks.ts';

/** What events do to a referral as a whole while it runs (L4, L5). */

/** A report that is due stays due; but a death leaves nothing that anybody would have to do (L4). */
export function endingBegun(
  { groups, openTasks }: Referral,
  { type, data, detail }: EventOf<'referral.withdrawn.v1'> | EventOf<'referral.ended-early.v1'>,
  at: string,
): Partial<Referral> {
  const { reason } = data;
  return {
    ending: { reason, ...(type === 'referral.ended-early.v1' ? { early: true } : {}) },
    groups: outOfLine(groups, 'closed'),
    openTasks: reason === 'died' ? [] : redated(openTasks.filter(staysDue), detail.dueDates, at),
    paused: null,
  };
}

export const extended = (
  { facts, openTasks }: Referral,
  { data, detail }: EventOf<'referral.extended.v1'>,
  at: string,
): Partial<Referral> => ({
  facts: { ...facts, sentence: { ...facts.sentence, endDate: data.to } },
  openTasks: redated(openTasks, detail.dueDates, at),
});

const allocationAt = ({ allocations }: Referral, place: GroupPlace) =>
  place.at === 'placed' ? allocations.find(({ id }) => id === place.allocationId) : undefined;

/** Groups whose work was not completed; where all of it was, every group. */
function groupsAgain(referral: Referral): NeedsGroup[] {
  const unfinished = referral.groups.filter(({ place }) => {
    const allocation = allocationAt(referral, place);
    return !allocation || !wasCompleted(allocation);
  });
  return unfinished.length > 0 ? unfinished : referral.groups;
}

/** L5: the needs that a reopening brings back; also those that no provider was looked for yet. */
export const needsAgain = (referral: Referral): NeedId[] => {
  const again = groupsAgain(referral);
  const left = referral.groups.filter((group) => !again.includes(group)).flatMap(({ needs }) => needs);
  return referral.needs.map(({ need }) => need).filter((need) => !left.includes(need));
};

/** L5: it goes on where it can: asked again, recommended again, matched again. */
export function reopened(referral: Referral, at: string): Partial<Referral> {
  const again = groupsAgain(referral);
  return {
    conclusion: null,
    ending: null,
    needs: referral.needs.map((need) => (need.confirmed === null ? { ...need, recommended: null } : need)),
    groups: referral.groups.map((group) => (again.includes(group) ? matchedAnew(referral, group, at) : group)),
  };
}

/** By the service that had it, if that has a place; operations decide where it has none. */
function matchedAnew(referral: Referral, group: NeedsGroup, since: string): NeedsGroup {
  const serviceId = allocationAt(referral, group.place)?.serviceId;
  return { ...group, since, tried: [], place: { at: 'unplaced', ...(serviceId ? { chosen: { serviceId } } : {}) } };
}

/** L4: whose allocation is transferred is looked for anew; with another area, so is whoever waits for a provider. */
export function transferred(
  referral: Referral,
  { data: { from, to, allocationIds, serviceId } }: EventOf<'referral.transferred.v1'>,
  since: string,
): Referral {
  const moved = from === to ? referral : matchedBy(referral, { rematch: true, missing: [] });
  const place: GroupPlace = { at: 'unplaced', ...(serviceId ? { chosen: { serviceId } } : {}) };
  // Where it was not known any more, it is said by this (L1).
  const missing = to ? moved.missing.filter((pointer) => pointer !== '/area') : moved.missing;
  return {
    ...moved,
    facts: { ...moved.facts, area: to },
    missing,
    openTasks: stillAsked(moved.openTasks, missing),
    groups: moved.groups.map((group) => {
      const allocation = allocationAt(referral, group.place);
      if (!allocation || !allocationIds.includes(allocation.id)) return group;
      // In the same area it goes to somebody else.
      const tried = from === to ? [allocation.serviceId] : [];
      return { ...group, since, tried, place };
    }),
  };
}
