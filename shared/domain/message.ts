import * as z from 'zod';
import type { TaskType } from './task-types.ts';
import { type MessageParty, messageParties } from './vocabulary.ts';

const time = z.iso.datetime();

/**
 * O1, O2: what the practitioner and one provider write to each other about an allocation. The record keeps who, to whom,
 * when sent and when read; the words are private. Its id begins with the time, so ids are in the order of sending.
 */
export const message = z.object({
  id: z.string(),
  referralId: z.string(),
  /** The conversation that it belongs to: no other provider ever sees it. */
  allocationId: z.string(),
  providerId: z.string(),
  to: z.enum(messageParties),
  /** By when it is to be read; several unread messages stand under one task. */
  taskId: z.string(),
  inReplyTo: z.string().nullable(),
  sentAt: time,
  /** The receipt, given once. */
  readAt: time.nullable(),
});
export type Message = z.infer<typeof message>;

/** Under which key the private table has its words. */
export const messageKey = (id: string): string => `MESSAGE#${id}`;

/** What reminds the receiver of what it has not read. */
export const unreadTask = {
  practitioner: 'message-to-practitioner',
  provider: 'message-to-provider',
} as const satisfies Record<MessageParty, TaskType>;
