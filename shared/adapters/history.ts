import * as z from 'zod';
import { type EventType, eventTypes } from '../domain/events.ts';

/** An event as it is kept: both the history's entry and, until it is published, the outbox's. */
export const historyEntry = z.object({
  id: z.string(),
  sequence: z.int(),
  type: z.enum(eventTypes as [EventType, ...EventType[]]),
  occurredAt: z.string(),
  by: z.object({ organisation: z.string(), client: z.string(), person: z.string().optional() }),
  data: z.record(z.string(), z.unknown()),
  audience: z.array(z.string()),
  referralId: z.string().nullable(),
  crn: z.string().nullable(),
  traceparent: z.string().nullable(),
});

export const storedEvent = historyEntry.extend({ pk: z.string(), sk: z.string() });
