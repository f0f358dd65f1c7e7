import { randomUUID } from 'node:crypto';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, GetCommand, UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { deadLetter, type Webhook, webhook } from '../domain/webhook.ts';
import { webhookSecret } from '../domain/webhook-secret.ts';
import type { Page, PageRequest } from '../ports.ts';
import { batchGet } from './batch-get.ts';
import { config } from './config.ts';
import { indexKeys, keys } from './keys.ts';
import { keyOf, page } from './paging.ts';
import { despiteConflicts } from './transactions.ts';

/** What both sides read: those whose webhook it is, and the function that delivers. */

/** One item for all the secrets of a webhook: replaced whole, under its version. */
export const secretsItem = z.object({ version: z.int(), secrets: z.array(webhookSecret) });

export const deadLetterItem = deadLetter.extend({ sk: z.string() });

export async function findWebhook(client: DynamoDBDocumentClient, organisation: string): Promise<Webhook | undefined> {
  const { RECORD_TABLE: TableName } = config();
  const Key = keys.webhook(organisation);
  const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
  return Item && webhook.parse(Item);
}

export async function allWebhooks(client: DynamoDBDocumentClient, request: PageRequest): Promise<Page<Webhook>> {
  const { RECORD_TABLE: record } = config();
  const found = await page(client, record, 'owner', indexKeys.webhook('').ownerKey, request);
  const items = (await batchGet(client, record, found.items.map(keyOf))).map((item) => webhook.parse(item));
  return { ...found, items: items.sort((a, b) => (a.organisation < b.organisation ? -1 : 1)) };
}

export async function secretsOf(client: DynamoDBDocumentClient, organisation: string) {
  const { PRIVATE_TABLE: TableName } = config();
  const Key = keys.webhookSecret(organisation);
  const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
  return Item && secretsItem.parse(Item);
}

/** Answers what the webhook has become; undefined: the condition did not hold. */
export async function updateWebhook(
  client: DynamoDBDocumentClient,
  organisation: string,
  change: Pick<
    UpdateCommandInput,
    'UpdateExpression' | 'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
  >,
): Promise<Webhook | undefined> {
  const { RECORD_TABLE: TableName } = config();
  const command = new UpdateCommand({
    TableName,
    Key: keys.webhook(organisation),
    ...change,
    ReturnValues: 'ALL_NEW',
  });
  try {
    const { Attributes } = await despiteConflicts(() => client.send(command));
    return webhook.parse(Attributes);
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}

/** Longer than a run may take, so that a lease only ends by itself when its holder is no more. */
const leaseTime = 90_000;

/** A lease of a webhook that is there; unless it may be `taken` from another, only where no one has it. */
export async function leaseOf(
  client: DynamoDBDocumentClient,
  organisation: string,
  now: Date,
  { taken }: { taken: boolean },
): Promise<{ id: string; webhook: Webhook } | undefined> {
  const id = randomUUID();
  const until = new Date(now.getTime() + leaseTime).toISOString();
  const leased = await updateWebhook(client, organisation, {
    UpdateExpression: 'SET leaseId = :id, leaseUntil = :until',
    ConditionExpression: taken
      ? 'attribute_exists(pk)'
      : 'attribute_exists(pk) AND (attribute_not_exists(leaseUntil) OR leaseUntil <= :now)',
    ExpressionAttributeValues: { ':id': id, ':until': until, ...(taken ? {} : { ':now': now.toISOString() }) },
  });
  return leased && { id, webhook: leased };
}

/** `SET` of each value under its own name, which may be a word of DynamoDB's. */
export const settingOf = (values: object): string =>
  `SET ${Object.keys(values)
    .map((name) => `#${name} = :${name}`)
    .join(', ')}`;

export const named = (values: object) => ({
  ExpressionAttributeNames: Object.fromEntries(Object.keys(values).map((name) => [`#${name}`, name])),
  ExpressionAttributeValues: Object.fromEntries(Object.entries(values).map(([name, value]) => [`:${name}`, value])),
});
