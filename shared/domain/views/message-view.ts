import type { Message } from '../message.ts';

/** A message with its words, to its sender and its receiver. */
export function messageView(message: Message, { text }: Record<string, string>) {
  const { id, referralId, allocationId, to, inReplyTo, sentAt, readAt } = message;
  const provider = { allocationId };
  const [from, receiver] =
    to === 'provider' ? (['practitioner', provider] as const) : ([provider, 'practitioner'] as const);
  return { id, referralId, from, to: receiver, text: text ?? '', inReplyTo, sentAt, readAt };
}
