import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { EventFeed } from '../ports.ts';
import { batchGet } from './batch-get.ts';
import { config } from './config.ts';
import { storedEvent } from './history.ts';
import { keys } from './keys.ts';
import { fromCursor, toCursor } from './paging.ts';

/** The sort key of a place in a feed. */
const position = /^EVENT#\d{16}$/;
const pointer = z.object({ sk: z.string(), eventPk: z.string(), eventSk: z.string() });

/** Each organisation's own events, in order of publication, without gaps: positions are given out one by one. */
export function eventFeed(client: DynamoDBDocumentClient): EventFeed {
  const { RECORD_TABLE: record } = config();
  return {
    async after(organisation, { limit, cursor }) {
      const last = fromCursor(cursor, position);
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: record,
          KeyConditionExpression: 'pk = :pk AND sk > :last',
          ExpressionAttributeValues: {
            ':pk': keys.feed(organisation, 0).pk,
            ':last': last ?? keys.feed(organisation, 0).sk,
          },
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
      return {
        items: pointers.flatMap(({ eventPk, eventSk }) => events.get(eventPk + eventSk) ?? []),
        // Given even at the end: it is where to go on from when there is more.
        cursor: toCursor(pointers.at(-1)?.sk ?? last),
      };
    },
  };
}
