import { NotFound } from '../../shared/contracts/errors.ts';
import type { OnwardLinkView } from '../../shared/contracts/views/onward-link.ts';
import type { ReferralState } from '../../shared/domain/decision.ts';
import { followUpKey, type OnwardLink, onwardLinkKey } from '../../shared/domain/onward-link.ts';
import { onwardLinkView } from '../../shared/domain/views/onward-link-view.ts';
import type { Caller, Ports } from '../../shared/ports.ts';
import { wordsFor } from './allocation-views.ts';

/** An onward link with what was written about it, for those who work with the person. */
export async function showOnwardLink(
  referrals: Pick<Ports['referrals'], 'texts'>,
  state: ReferralState,
  link: OnwardLink,
  caller: Caller,
): Promise<OnwardLinkView> {
  const words = wordsFor(referrals, state, caller);
  const [made, found] = await Promise.all([
    words(onwardLinkKey(link.id)),
    link.followUps > 0 ? words(followUpKey(link)) : {},
  ]);
  return onwardLinkView(link, { made, found });
}

export function onwardLinkIn({ onwardLink }: ReferralState): OnwardLink {
  if (!onwardLink) throw new NotFound('there is no such link');
  return onwardLink;
}
