import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Clock, Outbox } from '../ports.ts';
import { batchGet } from './batch-get.ts';
import { config } from './config.ts';
import { storedEvent } from './history.ts';
import { keys, shards, workKey } from './keys.ts';
import { keyOf, mergedPage } from './paging.ts';
import { despiteConflicts } from './transactions.ts';

const waitingEvent = storedEvent.extend({ workAt: z.string() });

/** What has not left the outbox yet. It never leaves from here: only the stream's publisher writes to the bus (rule 2). */
export function unpublished(client: DynamoDBDocumentClient, clock: Clock): Pick<Outbox, 'unpublished' | 'requeue'> {
  const { RECORD_TABLE: record } = config();
  return {
    async unpublished(limit) {
      const found = await mergedPage(client, record, 'work', shards('EVENT'), { limit });
      const items = await batchGet(client, record, found.items.map(keyOf));
      const parsed = items.map((item) => waitingEvent.safeParse(item).data);
      const events = parsed
        .flatMap((event) => (event ? { ...event, waitingSince: event.workAt } : []))
        .sort((a, b) => (a.workAt < b.workAt || (a.workAt === b.workAt && a.sequence < b.sequence) ? -1 : 1));
      return { events, unreadable: parsed.length - events.length };
    },

    async requeue(events) {
      const requeuedAt = (await clock.now()).toISOString();
      for (const { id, referralId, sequence, data } of events) {
        const { pk } = referralId
          ? keys.referral(referralId)
          : data.groupId
            ? keys.groupSession(String(data.groupId))
            : keys.service(String(data.serviceId));
        await despiteConflicts(() =>
          client.send(
            new UpdateCommand({
              TableName: record,
              Key: keys.event(pk, sequence),
              UpdateExpression: 'SET workKey = :key, workAt = if_not_exists(workAt, :now), requeuedAt = :now',
              ConditionExpression: 'attribute_exists(pk)',
              ExpressionAttributeValues: { ':key': workKey('EVENT', id), ':now': requeuedAt },
            }),
          ),
        );
      }
    },
  };
}
