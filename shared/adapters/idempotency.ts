import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { IdempotencyKeyReused } from '../contracts/errors.ts';
import type { CommandOptions, IdempotentRequest, Receipt } from '../ports.ts';
import type { Commit } from './changes.ts';
import { keys } from './keys.ts';
import type { Change } from './writes.ts';

/** How long a key is remembered (api.md). */
const keptSeconds = 7 * 24 * 60 * 60;

const receiptItem = z.object({
  hash: z.string(),
  referralId: z.string(),
  resourceId: z.string().optional(),
  expiresAt: z.number(),
});

const inSeconds = (now: Date): number => Math.floor(now.getTime() / 1000);

/**
 * What this request came to when it was carried out before. Throws `IdempotencyKeyReused` for another request.
 * Receipts stand in the private table: a hash of a request tells something about the person in it.
 */
export async function receiptFor(
  client: DynamoDBDocumentClient,
  table: string,
  { client: caller, route, key, hash }: IdempotentRequest,
  now: Date,
): Promise<Receipt | undefined> {
  const { Item } = await client.send(
    new GetCommand({ TableName: table, Key: keys.idempotency(caller, route, key), ConsistentRead: true }),
  );
  if (!Item) return undefined;
  const found = receiptItem.parse(Item);
  // DynamoDB deletes what has expired some time later, so until then it is passed over here.
  if (found.expiresAt <= inSeconds(now)) return undefined;
  if (found.hash !== hash) throw new IdempotencyKeyReused(key);
  return { referralId: found.referralId, resourceId: found.resourceId };
}

/** The receipt as part of the command's own transaction: the key takes effect exactly when the command does. */
export const idempotencyChange = (
  table: string,
  { idempotency, resource }: CommandOptions,
  { after, events }: Commit,
  now: Date,
): Change[] =>
  receiptChange(table, idempotency, { referralId: after.referral.id, resourceId: resource?.(events) }, now);

export function receiptChange(
  table: string,
  idempotency: IdempotentRequest | undefined,
  receipt: Receipt,
  now: Date,
): Change[] {
  if (!idempotency) return [];
  const { client, route, key, hash } = idempotency;
  return [
    {
      purpose: 'idempotency',
      write: {
        Put: {
          TableName: table,
          Item: {
            ...keys.idempotency(client, route, key),
            hash,
            ...receipt,
            expiresAt: inSeconds(now) + keptSeconds,
          },
          ConditionExpression: 'attribute_not_exists(pk) OR expiresAt <= :now',
          ExpressionAttributeValues: { ':now': inSeconds(now) },
        },
      },
    },
  ];
}
