import { messages as messagesOf } from '../../shared/adapters/messages.ts';
import { NotFound } from '../../shared/contracts/errors.ts';
import type { MessageView } from '../../shared/contracts/views/message.ts';
import type { ReferralState } from '../../shared/domain/decision.ts';
import { type Message, messageKey } from '../../shared/domain/message.ts';
import { messageView } from '../../shared/domain/views/message-view.ts';
import { providerStanding } from '../../shared/domain/views/referral-view.ts';
import type { Caller, Ports, ReadingPorts } from '../../shared/ports.ts';
import { isSenderOf } from './commands.ts';
import { commanding, reading } from './compose.ts';

export type MessagePorts = Pick<Ports, 'clients' | 'clock' | 'referrals' | 'messages'>;
export type MessageReadingPorts = Pick<ReadingPorts, 'clients' | 'clock' | 'referrals' | 'messages'>;

/** How the functions on messages are put together. */
export const commandingMessages = (): MessagePorts => {
  const { clients, clock, referrals, db } = commanding();
  return { clients, clock, referrals, messages: messagesOf(db) };
};
export const readingMessages = (): MessageReadingPorts => {
  const { clients, clock, referrals, db } = reading();
  return { clients, clock, referrals, messages: messagesOf(db) };
};

/** The referral's case system, and each provider that has taken part of it on, as long as that sees it. */
export const mayTalk =
  (caller: Caller, now: Date) =>
  (state: ReferralState): boolean =>
    isSenderOf(caller)(state) ||
    (caller.role === 'provider' &&
      providerStanding(state.referral, caller.organisation, false, now)?.standing === 'accepted');

/** The practitioner sees every conversation of its referral, a provider its own. */
export const isInConversation =
  ({ role, organisation }: Caller) =>
  ({ providerId }: Message): boolean =>
    role === 'practitioner' || (role === 'provider' && providerId === organisation);

export async function showMessage(
  referrals: Pick<ReadingPorts['referrals'], 'texts'>,
  { crn }: ReferralState['referral'],
  message: Message,
): Promise<MessageView> {
  return messageView(message, await referrals.texts(crn, message.referralId, messageKey(message.id)));
}

export function messageIn({ message }: ReferralState): Message {
  if (!message) throw new NotFound('there is no such message');
  return message;
}
