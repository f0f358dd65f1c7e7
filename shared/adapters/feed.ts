import { type DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Place } from '../ports/webhooks.ts';
import type { EventFeed } from '../ports.ts';
import { batchGet } from './batch-get.ts';
import { config } from './config.ts';
import { storedEvent } from './history.ts';
import { keys } from './keys.ts';
import { fromCursor, toCursor } from './paging.ts';

/** The sort key of a place in a feed. */
const position = /^EVENT#\d{16}$/;
const pointer = z.object({ sk: z.string(), eventPk: z.string(), eventSk: z.string() });

/** The places of a feed after one of them, each with its event where that can be read. */
async function placesAfter(
  client: DynamoDBDocumentClient,
  { organisation, last, limit }: { organisation: string; last: string; limit: number },
): Promise<(Place & { sk: string })[]> {
  const { RECORD_TABLE: record } = config();
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: record,
      KeyConditionExpression: 'pk = :pk AND sk > :last',
      ExpressionAttributeValues: { ':pk': keys.feed(organisation, 0).pk, ':last': last },
      ConsistentRead: true,
      Limit: limit,
    }),
  );
  const pointers = Items.map((item) => pointer.parse(item));
  const items = await batchGet(
    client,
    record,
    pointers.map(({ eventPk: pk, eventSk: sk }) => ({ pk, sk })),
  );
  const events = new Map(items.map((item) => storedEvent.parse(item)).map((event) => [event.pk + event.sk, event]));
  return pointers.map(({ sk, eventPk, eventSk }) => ({
    sk,
    position: Number(sk.slice('EVENT#'.length)),
    event: events.get(eventPk + eventSk),
  }));
}

/** Each organisation's own events, in order of publication, without gaps: positions are given out one by one. */
export function eventFeed(client: DynamoDBDocumentClient): EventFeed {
  return {
    async after(organisation, { limit, cursor }) {
      const last = fromCursor(cursor, position);
      const places = await placesAfter(client, {
        organisation,
        last: last ?? keys.feed(organisation, 0).sk,
        limit,
      });
      return {
        items: places.flatMap(({ event }) => event ?? []),
        // Given even at the end: it is where to go on from when there is more.
        cursor: toCursor(places.at(-1)?.sk ?? last),
      };
    },
  };
}

/** The same by position, for who keeps count. */
export const feedPlaces = async (
  client: DynamoDBDocumentClient,
  { organisation, cursor }: { organisation: string; cursor: number },
  limit: number,
): Promise<Place[]> => placesAfter(client, { organisation, last: keys.feed(organisation, cursor).sk, limit });

/** The last position that was given out in a feed; 0 where nothing has happened yet. */
export async function lastPosition(client: DynamoDBDocumentClient, organisation: string): Promise<number> {
  const { RECORD_TABLE: TableName } = config();
  const Key = keys.feedCounter(organisation);
  const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
  return z.object({ last: z.int() }).optional().parse(Item)?.last ?? 0;
}
