import * as z from 'zod';
import { freeText, time, uuid } from '../common.ts';

/** Who writes or reads: the practitioner, or the provider of an allocation. */
export const messageParty = z.union([z.literal('practitioner'), z.strictObject({ allocationId: uuid })]);

/** O1, O2: a message, to its sender and its receiver and to nobody else. */
export const messageView = z
  .strictObject({
    id: uuid,
    referralId: uuid,
    from: messageParty,
    to: messageParty,
    text: freeText,
    inReplyTo: uuid.nullable(),
    sentAt: time,
    readAt: time.nullable().describe('The receipt, given once; null while it is unread'),
  })
  .meta({ id: 'Message' });
export type MessageView = z.infer<typeof messageView>;
