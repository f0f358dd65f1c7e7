import middy from '@middy/core';
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent } from 'aws-lambda';
import { dynamo } from '../../shared/adapters/dynamo.ts';
import { outbox as outboxOf } from '../../shared/adapters/outbox.ts';
import { eventIn } from '../../shared/adapters/stream.ts';
import type { Ports, StoredEvent } from '../../shared/ports.ts';
import { deployed } from '../middleware/compose.ts';
import { logger, observe } from '../middleware/observe.ts';

/**
 * The outbox's way out (architecture rule 2). The batch fails from its first event that did not get through, by its
 * sequence number; what came before is done, and the stream brings the rest again, in order.
 */
export const publishEvents = ({ outbox }: { outbox: Pick<Ports['outbox'], 'publish'> }) =>
  middy<DynamoDBStreamEvent, DynamoDBBatchResponse>()
    .use(observe('publish-events'))
    .handler(async ({ Records }) => {
      const failed = await firstFailed(outbox, Records);
      return { batchItemFailures: failed ? [{ itemIdentifier: sequenceNumberOf(failed) }] : [] };
    });

async function firstFailed(outbox: Pick<Ports['outbox'], 'publish'>, records: DynamoDBRecord[]) {
  const parsed = records.map((record) => ({ record, event: eventIn(record.dynamodb?.NewImage) }));
  // A record that is not an event is a fault to be looked at, not one to be skipped: nothing after it goes out.
  const unreadable = parsed.findIndex(({ event }) => event === undefined);
  const readable = unreadable < 0 ? parsed : parsed.slice(0, unreadable);
  try {
    await outbox.publish(readable.flatMap(({ event }) => event ?? []));
  } catch (error) {
    const failed = error instanceof Error && 'firstFailed' in error ? (error.firstFailed as StoredEvent) : undefined;
    logger.error('events were not published', { errorName: (error as Error).name, eventId: failed?.id ?? '' });
    return (failed ? parsed.find(({ event }) => event?.id === failed.id) : parsed[0])?.record;
  }
  if (unreadable >= 0) logger.error('a record of the stream is not an event');
  return parsed[unreadable]?.record;
}

const sequenceNumberOf = ({ dynamodb }: DynamoDBRecord): string => dynamodb?.SequenceNumber ?? '';

export const handler = deployed(() => publishEvents({ outbox: outboxOf(dynamo()) }));
