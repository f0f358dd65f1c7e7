import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Page, PageRequest } from '../ports.ts';
import { fromCursor, toCursor } from './paging.ts';

interface Under {
  table: string;
  pk: string;
  /** How the sort keys begin; what follows is a version 7 or 4 UUID. */
  prefix: string;
  newestFirst?: boolean;
}

const id = /^[0-9a-f-]{36}$/;

/** One page of the items of one partition whose sort key is a prefix and an id, in the order of their ids. */
export async function pageUnder(
  client: DynamoDBDocumentClient,
  { table, pk, prefix, newestFirst = false }: Under,
  { limit, cursor }: PageRequest,
): Promise<Page<Record<string, unknown>>> {
  const after = fromCursor(cursor, id);
  const { Items = [], LastEvaluatedKey } = await client.send(
    new QueryCommand({
      TableName: table,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
      ExpressionAttributeValues: { ':pk': pk, ':prefix': prefix },
      ConsistentRead: true,
      ScanIndexForward: !newestFirst,
      // One more tells whether there is more, so that no last page is empty.
      Limit: limit + 1,
      ExclusiveStartKey: after ? { pk, sk: `${prefix}${after}` } : undefined,
    }),
  );
  const items = Items.slice(0, limit);
  // A page of long words may end before its limit, at the megabyte that one query reads.
  const isMore = Items.length > limit || LastEvaluatedKey !== undefined;
  const last = isMore ? items.at(-1) : undefined;
  return { items, cursor: toCursor(last && String(last.sk).slice(prefix.length)) };
}
