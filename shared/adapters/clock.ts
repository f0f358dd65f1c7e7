import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Clock } from '../ports.ts';
import { config } from './config.ts';
import { keys } from './keys.ts';

const stored = z.object({ offsetMs: z.number() }).optional();

/** The time: the system's, or, on a local stack, the system's moved by the jumps that are stored in the record. */
export function clock(client: DynamoDBDocumentClient): Clock {
  const { CLOCK, RECORD_TABLE: record } = config();
  if (CLOCK === 'system') return { now: async () => new Date() };
  return {
    async now() {
      const { Item } = await client.send(new GetCommand({ TableName: record, Key: keys.clock, ConsistentRead: true }));
      return new Date(Date.now() + (stored.parse(Item)?.offsetMs ?? 0));
    },
  };
}
