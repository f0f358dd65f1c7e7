import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Outbox, StoredEvent } from '../ports.ts';
import { batchGet } from './batch-get.ts';
import { config } from './config.ts';
import { lastPosition } from './feed.ts';
import { keys } from './keys.ts';
import { publishedEvent } from './published-event.ts';
import { backOff, commit } from './transactions.ts';
import type { Change } from './writes.ts';

/** What `PutEvents` takes in one call. */
const busBatch = 10;
/** Items of one transaction to the feeds: a mark per event, a position per event and reader, a counter per reader. */
const feedItems = 50;

/** Some events did not reach the bus; those before `firstFailed` did. */
export class PublishFailed extends Error {
  override readonly name = 'PublishFailed';
  readonly firstFailed: StoredEvent;
  constructor(firstFailed: StoredEvent, reason: string) {
    super(`event ${firstFailed.id} was not taken by the bus: ${reason}`);
    this.firstFailed = firstFailed;
  }
}

/** Events in slices that fit one transaction, in their order. */
export function slicesOf<E extends Pick<StoredEvent, 'audience'>>(events: E[]): E[][] {
  const slices: E[][] = [];
  let slice: E[] = [];
  for (const event of events) {
    const next = [...slice, event];
    const positions = next.reduce((sum, { audience }) => sum + audience.length, 0);
    const readers = new Set(next.flatMap(({ audience }) => audience)).size;
    if (slice.length > 0 && next.length + positions + readers > feedItems) {
      slices.push(slice);
      slice = [event];
    } else {
      slice = next;
    }
  }
  return slice.length > 0 ? [...slices, slice] : slices;
}

/**
 * The way out for events (architecture rule 2): to the bus, then to the feed of every organisation that may know, and
 * only then is the mark removed that says "not yet". A crash in between sends an event twice, never not at all.
 */
export function outbox(client: DynamoDBDocumentClient, bus = new EventBridgeClient({})): Pick<Outbox, 'publish'> {
  const { RECORD_TABLE: record, EVENT_BUS_NAME } = config();

  /** The events that the bus took before the first that it did not take, and why it did not. */
  async function toBus(events: StoredEvent[]): Promise<{ sent: StoredEvent[]; code: string | undefined }> {
    for (let at = 0; at < events.length; at += busBatch) {
      const batch = events.slice(at, at + busBatch);
      const { Entries = [] } = await bus.send(
        new PutEventsCommand({
          Entries: batch.map((event) => ({
            EventBusName: EVENT_BUS_NAME,
            Source: 'referrals',
            DetailType: event.type,
            Time: new Date(event.occurredAt),
            Detail: JSON.stringify(publishedEvent(event)),
          })),
        }),
      );
      const failed = Entries.findIndex(({ ErrorCode }) => ErrorCode);
      if (failed >= 0) return { sent: events.slice(0, at + failed), code: Entries[failed]?.ErrorCode ?? 'unknown' };
    }
    return { sent: events, code: undefined };
  }

  /** Appends to each reader's feed at the next position and marks the events published, all in one transaction. */
  async function toFeeds(events: StoredEvent[]): Promise<void> {
    for (let attempt = 0; attempt < 12; attempt += 1) {
      if (attempt > 0) await backOff(attempt);
      const items = await batchGet(
        client,
        record,
        events.map(({ pk, sk }) => ({ pk, sk })),
      );
      const waiting = new Set(items.filter(({ workKey }) => workKey !== undefined).map(({ id }) => id));
      const left = events.filter(({ id }) => waiting.has(id));
      if (left.length === 0) return;
      const readers = [...new Set(left.flatMap(({ audience }) => audience))];
      const positions = new Map(
        await Promise.all(readers.map(async (reader) => [reader, await lastPosition(client, reader)] as const)),
      );
      const outcome = await commit(client, feedChanges(left, positions));
      if (outcome.committed) return;
    }
    throw new Error('the feeds kept changing; the stream will bring these events again');
  }

  function feedChanges(events: StoredEvent[], positions: Map<string, number>): Change[] {
    const changes: Change[] = events.map(({ pk, sk }) => ({
      purpose: 'event',
      write: {
        Update: {
          TableName: record,
          Key: { pk, sk },
          UpdateExpression: 'REMOVE workKey, workAt',
          ConditionExpression: 'attribute_exists(workKey)',
        },
      },
    }));
    for (const [reader, last] of positions) {
      const own = events.filter(({ audience }) => audience.includes(reader));
      own.forEach(({ pk, sk }, i) => {
        const Item = { ...keys.feed(reader, last + i + 1), eventPk: pk, eventSk: sk };
        changes.push({ purpose: 'event', write: { Put: { TableName: record, Item } } });
      });
      changes.push({
        purpose: 'state',
        write: {
          Update: {
            TableName: record,
            Key: keys.feedCounter(reader),
            UpdateExpression: 'SET #last = :next',
            ConditionExpression: last === 0 ? 'attribute_not_exists(pk)' : '#last = :last',
            ExpressionAttributeNames: { '#last': 'last' },
            ExpressionAttributeValues: {
              ':next': last + own.length,
              ...(last === 0 ? {} : { ':last': last }),
            },
          },
        },
      });
    }
    return changes;
  }

  return {
    async publish(events) {
      const { sent, code } = await toBus(events);
      // An event that was sent again while it waited stands twice in the stream, and in a feed once.
      const once = [...new Map(sent.map((event) => [event.id, event])).values()];
      for (const slice of slicesOf(once)) await toFeeds(slice);
      const failed = events[sent.length];
      if (failed && code) throw new PublishFailed(failed, code);
    },
  };
}
