import { BatchGetCommand, type DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { backOff } from './transactions.ts';

const batchLimit = 100;
type Item = Record<string, unknown>;

/**
 * Reads items by their keys, in no order, strongly consistent unless a stale answer does. What DynamoDB leaves unprocessed is asked for again; a
 * key that is named twice is asked for once, since DynamoDB refuses the whole request otherwise.
 */
export async function batchGet(
  client: DynamoDBDocumentClient,
  table: string,
  keys: Item[],
  isConsistent = true,
): Promise<Item[]> {
  const found: Item[] = [];
  let left = [...new Map(keys.map((key) => [JSON.stringify(key), key])).values()];
  for (let attempt = 0; left.length > 0; attempt += 1) {
    if (attempt > 0) await backOff(attempt);
    const asked = left.slice(0, batchLimit);
    const RequestItems = { [table]: { Keys: asked, ConsistentRead: isConsistent } };
    const { Responses, UnprocessedKeys } = await client.send(new BatchGetCommand({ RequestItems }));
    found.push(...(Responses?.[table] ?? []));
    left = [...(UnprocessedKeys?.[table]?.Keys ?? []), ...left.slice(batchLimit)];
  }
  return found;
}
