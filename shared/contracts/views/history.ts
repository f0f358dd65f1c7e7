import * as z from 'zod';
import { eventTypes } from '../../domain/events.ts';
import { actor, time, uuid } from '../common.ts';
import { dataFitsType } from '../event.ts';

/** One thing that happened to a referral. A provider's `sequence` may have gaps: the rest is not its own. */
export const historyItem = z
  .strictObject({
    id: uuid,
    sequence: z.int().min(1),
    type: z.enum(eventTypes),
    occurredAt: time,
    by: actor,
    data: z.record(z.string(), z.unknown()),
  })
  .check(dataFitsType)
  .meta({ id: 'HistoryItem' });
export type HistoryItem = z.infer<typeof historyItem>;
