import type { ReferralState } from '../decision.ts';
import type { EventOf } from '../events.ts';
import type { OnwardLink } from '../onward-link.ts';

/** What events do to onward links (O6). */

export function linkMade({ data }: EventOf<'onward-link.made.v1'>, at: string): OnwardLink {
  const { linkId: id, allocationId, kind, need, followUpOn } = data;
  const notYet = { followedUpAt: null, followUps: 0 };
  return { id, allocationId, version: 1, kind, need, followUpOn, madeAt: at, ...notYet };
}

export function linkFollowedUp(
  { onwardLink }: ReferralState,
  { data }: EventOf<'onward-link.followed-up.v1'>,
): OnwardLink {
  if (!onwardLink) throw new Error('the onward link is not loaded');
  const { version, followUps } = onwardLink;
  return { ...onwardLink, version: version + 1, followedUpAt: data.followedUpAt, followUps: followUps + 1 };
}
