import { endOfDay } from '../deadlines.ts';
import { type Decide, refuse } from '../decision.ts';
import type { DomainEvent } from '../events.ts';
import { followUpKey, type OnwardLink, onwardLinkKey } from '../onward-link.ts';
import { isReporting } from '../standing.ts';
import { timeOrderedId } from '../time-ordered-id.ts';
import { londonDate } from '../working-days.ts';
import { openTask, summaryOf } from './common.ts';

export interface MakeOnwardLink extends Pick<OnwardLink, 'kind' | 'need' | 'followUpOn'> {
  organisation: string;
}

/**
 * How many links of one referral may wait for their follow-up at once. Each is a task, and a death closes them all in one
 * transaction, beside twenty appointments that are ahead (architecture rule 1).
 */
const mostFollowUps = 10;

/**
 * O6: the person is pointed or taken to a service of the community, which is followed up on the day that is named (L7).
 * A link that is made once delivery has ended can be followed up too, but nobody is asked to. Refusals: `Contradiction`
 * for another provider's need or a day that has passed, `NotPossibleNow` where too many wait for their follow-up.
 */
export const makeOnwardLink: Decide<MakeOnwardLink> = ({ referral, allocation }, command, context) => {
  if (!allocation) throw new Error('the allocation is not loaded');
  const { id: allocationId } = allocation;
  const summary = summaryOf(referral, allocationId);
  const { kind, need, followUpOn, organisation } = command;
  const faults = [
    ...(summary.needs.some((own) => own.need === need)
      ? []
      : [{ pointer: '/need', detail: `${need} is not a need of this allocation`, rule: 'O6' }]),
    ...(followUpOn < londonDate(context.now)
      ? [{ pointer: '/followUpOn', detail: 'this day has passed', rule: 'O6' }]
      : []),
  ];
  if (faults.length > 0) return refuse('Contradiction', 'The link does not fit the allocation.', { faults });
  const waiting = referral.openTasks.filter(({ type }) => type === 'onward-link-follow-up');
  if (waiting.length >= mostFollowUps) {
    const detail = `No more than ${mostFollowUps} links may wait for their follow-up; follow some of them up first.`;
    return refuse('NotPossibleNow', detail);
  }
  const linkId = timeOrderedId(context.now, context.newId());
  const made: DomainEvent = {
    type: 'onward-link.made.v1',
    data: { allocationId, linkId, kind, need, followUpOn },
    keeps: { key: onwardLinkKey(linkId), words: { organisation } },
  };
  if (summary.phase === 'ended' || isReporting(summary)) return [made];
  const links = { provider: summary.providerId, allocationId, linkId, due: endOfDay(followUpOn) };
  return [made, openTask('onward-link-follow-up', referral, context, links)];
};

export interface FollowUp {
  followedUpAt: string;
  result: string;
}

/**
 * O6: what became of a link, as long as the provider sees the allocation. Followed up again, what was found before is
 * kept. Refusals: `Contradiction` for what is still to come.
 */
export const followUpLink: Decide<FollowUp> = ({ referral, onwardLink }, { followedUpAt, result }, { now }) => {
  if (!onwardLink) throw new Error('the onward link is not loaded');
  if (new Date(followedUpAt) > now) {
    const faults = [{ pointer: '/followedUpAt', detail: 'lies in the future', rule: 'O6' }];
    return refuse('Contradiction', 'A follow-up cannot lie in the future.', { faults });
  }
  const { id: linkId, allocationId, followUps } = onwardLink;
  const task = referral.openTasks.find((open) => open.linkId === linkId);
  return [
    {
      type: 'onward-link.followed-up.v1',
      data: { allocationId, linkId, followedUpAt },
      keeps: { key: followUpKey({ id: linkId, followUps: followUps + 1 }), words: { result } },
      ...(task ? { answers: { taskId: task.id, answer: null } } : {}),
    },
  ];
};
