import { type Context, type Decide, isRefusal, type Refusal, refuse } from '../decision.ts';
import type { DomainEvent } from '../events.ts';
import { type Message, messageKey, unreadTask } from '../message.ts';
import type { AllocationSummary, Referral } from '../referral.ts';
import { timeOrderedId } from '../time-ordered-id.ts';
import { hasProviderAccessEnded } from '../views/referral-view.ts';
import type { MessageParty } from '../vocabulary.ts';
import { openTask } from './common.ts';

export interface SendMessage {
  from: MessageParty;
  to: 'practitioner' | { allocationId: string };
  text: string;
  inReplyTo?: string | undefined;
  /** The message that is answered, if there is one of that id. */
  former?: Message | undefined;
}

/**
 * O1, O2: the practitioner and a provider write to each other, as long as the provider sees the referral: also while it
 * is paused, and after the end of what it was about. What is unread stands under one task of its receiver (L7). Refusals:
 * `Contradiction` for somebody whom the sender cannot write to, `NotPossibleNow` once the provider sees it no more.
 */
export const sendMessage: Decide<SendMessage> = ({ referral }, command, context) => {
  const conversation = conversationOf(referral, command, context);
  if (isRefusal(conversation)) return conversation;
  if (hasProviderAccessEnded(referral, conversation.providerId, context.now))
    return refuse('NotPossibleNow', 'The provider no longer sees this referral: nobody would read it.');
  const { id: allocationId, providerId } = conversation;
  const to = command.from === 'practitioner' ? 'provider' : 'practitioner';
  const type = unreadTask[to];
  const asked = referral.openTasks.find((task) => task.type === type && task.allocationId === allocationId);
  const opened = asked ? [] : [openTask(type, referral, context, { provider: providerId, allocationId })];
  const [task = asked] = opened.map(({ opens }) => opens);
  if (!task) throw new Error('an unread message stands under a task');
  const messageId = timeOrderedId(context.now, context.newId());
  const { text, inReplyTo } = command;
  const sent: DomainEvent = {
    type: 'message.sent.v1',
    data: { allocationId, messageId, to, taskId: task.id, ...(inReplyTo ? { inReplyTo } : {}) },
    detail: { providerId },
    keeps: { key: messageKey(messageId), words: { text } },
  };
  return [...opened, sent];
};

/** The allocation that a message is about: the one named, that of what it answers, or the provider's latest. */
function conversationOf(
  { allocations }: Referral,
  { from, to, inReplyTo, former }: SendMessage,
  { by }: Pick<Context, 'by'>,
): AllocationSummary | Refusal {
  const own =
    from === 'provider' ? allocations.filter(({ providerId }) => providerId === by.organisation) : allocations;
  const named = to === 'practitioner' ? former?.allocationId : to.allocationId;
  const latest = own.findLast(({ phase }) => phase !== 'ended') ?? own.at(-1);
  const found = named === undefined ? latest : own.find(({ id }) => id === named);
  const isToOther = (from === 'provider') === (to === 'practitioner');
  const faults = [
    ...(isToOther ? [] : [{ pointer: '/to', detail: `a ${from} cannot write to this`, rule: 'O1' }]),
    ...(isToOther && to !== 'practitioner' && !found
      ? [{ pointer: '/to/allocationId', detail: 'is no allocation of this referral', rule: 'O1' }]
      : []),
    ...(inReplyTo && (!found || former?.allocationId !== found.id)
      ? [{ pointer: '/inReplyTo', detail: 'is no message of this conversation', rule: 'O1' }]
      : []),
  ];
  if (faults.length > 0 || !found) return refuse('Contradiction', 'The message cannot be sent like this.', { faults });
  return found;
}

/** O1, O2: the receiver has read a message. Said again, nothing comes of it: the first receipt stands. */
export const readMessage: Decide<object> = ({ referral, message }) => {
  if (!message) throw new Error('the message is not loaded');
  if (message.readAt) return [];
  const { id: messageId, allocationId, to, taskId } = message;
  const task = referral.openTasks.find(({ id }) => id === taskId);
  const isLast = task && (task.unread ?? 1) <= 1;
  return [
    {
      type: 'message.read.v1',
      data: { allocationId, messageId, to },
      ...(isLast ? { answers: { taskId, answer: null } } : {}),
    },
  ];
};
