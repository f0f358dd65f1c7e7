import type { ReferralState } from '../decision.ts';
import type { EventOf } from '../events.ts';
import type { Message } from '../message.ts';
import { withTask } from './tasks.ts';

/** What events do to messages, and to what is unread (O1, O2). */

export function messageSent(
  state: ReferralState,
  { data, detail }: EventOf<'message.sent.v1'>,
  at: string,
): ReferralState {
  const { messageId: id, allocationId, to, taskId, inReplyTo = null } = data;
  const { referral } = state;
  const message: Message = {
    id,
    referralId: referral.id,
    allocationId,
    providerId: detail.providerId,
    to,
    taskId,
    inReplyTo,
    sentAt: at,
    readAt: null,
  };
  return { ...unreadBy(state, taskId, +1), message };
}

export function messageRead(state: ReferralState, at: string): ReferralState {
  const { message } = state;
  if (!message) throw new Error('the message is not loaded');
  return { ...unreadBy(state, message.taskId, -1), message: { ...message, readAt: at } };
}

function unreadBy(state: ReferralState, taskId: string, change: number): ReferralState {
  const { referral } = state;
  const task = referral.openTasks.find(({ id }) => id === taskId);
  if (!task) return state;
  const openTasks = withTask(referral.openTasks, taskId, { unread: (task.unread ?? 0) + change });
  return { ...state, referral: { ...referral, openTasks } };
}
