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
      Limit: limit,
      ExclusiveStartKey: after ? { pk, sk: `${prefix}${after}` } : undefined,
    }),
  );
  const last: unknown = LastEvaluatedKey?.sk;
  return { items: Items, cursor: toCursor(typeof last === 'string' ? last.slice(prefix.length) : undefined) };
}
