import { randomUUID } from 'node:crypto';
import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { type DynamoDBDocumentClient, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type DeadLetter, type Webhook, webhook } from '../domain/webhook.ts';
import { signing } from '../domain/webhook-secret.ts';
import type { NoticeDelivery } from '../ports/webhooks.ts';
import type { Clock } from '../ports.ts';
import { batchGet } from './batch-get.ts';
import { config } from './config.ts';
import { feedPlaces } from './feed.ts';
import { storedEvent } from './history.ts';
import { keys } from './keys.ts';
import { backOff, commit, despiteConflicts } from './transactions.ts';
import { allWebhooks, deadLetterItem, findWebhook, named, secretsOf, settingOf } from './webhook-items.ts';
import { type Change, put } from './writes.ts';

/** Longer than a run may take, so that a lease only ends by itself when its holder is no more. */
const leaseTime = 90_000;
const attempts = 6;

/** What the delivering function reads and writes: the feeds, the webhooks and their leases. */
export function noticeDelivery(client: DynamoDBDocumentClient, clock: Clock): NoticeDelivery {
  const { RECORD_TABLE: record } = config();

  /** Answers what the webhook has become; undefined: the condition did not hold. */
  async function update(organisation: string, condition: string, expression: string, values: Record<string, unknown>) {
    try {
      const { Attributes } = await despiteConflicts(() =>
        client.send(
          new UpdateCommand({
            TableName: record,
            Key: keys.webhook(organisation),
            UpdateExpression: expression,
            ConditionExpression: condition,
            ExpressionAttributeValues: values,
            ReturnValues: 'ALL_NEW',
          }),
        ),
      );
      return webhook.parse(Attributes);
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return undefined;
      throw error;
    }
  }

  return {
    find: (organisation) => findWebhook(client, organisation),
    all: (request) => allWebhooks(client, request),

    async lease(organisation) {
      const now = await clock.now();
      const id = randomUUID();
      const taken = await update(
        organisation,
        'attribute_exists(pk) AND (attribute_not_exists(leaseUntil) OR leaseUntil <= :now)',
        'SET leaseId = :id, leaseUntil = :until',
        { ':id': id, ':now': now.toISOString(), ':until': new Date(now.getTime() + leaseTime).toISOString() },
      );
      return taken && { id, webhook: taken };
    },

    async release({ id }, organisation) {
      await update(organisation, 'leaseId = :id', 'REMOVE leaseId, leaseUntil', { ':id': id });
    },

    async secrets(organisation) {
      const found = await secretsOf(client, organisation);
      return signing(found?.secrets ?? [], await clock.now());
    },

    next: (from, limit) => feedPlaces(client, from, limit),

    async nextReplay({ organisation, replay }, limit) {
      if (!replay) return [];
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: record,
          KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
          ExpressionAttributeValues: {
            ':pk': keys.deadLetter(organisation, 0).pk,
            ':from': keys.deadLetter(organisation, replay.after + 1).sk,
            ':to': keys.deadLetter(organisation, Math.max(replay.after + 1, replay.upTo)).sk,
          },
          ConsistentRead: true,
          Limit: limit,
        }),
      );
      const letters = Items.map((item) => deadLetterItem.parse(item));
      const keysOfEvents = letters.map(({ eventPk: pk, eventSk: sk }) => ({ pk, sk }));
      const items = (await batchGet(client, record, keysOfEvents)).map((item) => storedEvent.parse(item));
      const events = new Map(items.map((event) => [event.pk + event.sk, event]));
      return letters.map((letter) => ({ letter, event: events.get(letter.eventPk + letter.eventSk) }));
    },

    async advance({ id, webhook: before }, after, { setAside, settled } = {}) {
      const changes = [
        progress(record, id, before, after),
        ...(setAside ? [letterPut(record, before.organisation, setAside)] : []),
        ...(settled ? [letterRemoval(record, before.organisation, settled)] : []),
      ];
      for (let attempt = 0; attempt < attempts; attempt += 1) {
        if (attempt > 0) await backOff(attempt);
        const outcome = await commit(client, changes);
        if (outcome.committed) return true;
        if (outcome.refusedBy.length > 0) return false;
      }
      return false;
    },
  };
}

/** Only what has changed: what others may change meanwhile, such as a replay, is left as they put it. */
function progress(record: string, leaseId: string, before: Webhook, after: Webhook): Change {
  const names = Object.keys(after) as (keyof Webhook)[];
  const values = Object.fromEntries(
    names
      .filter((name) => name === 'cursor' || JSON.stringify(before[name]) !== JSON.stringify(after[name]))
      .map((name) => [name, after[name]]),
  );
  const { ExpressionAttributeNames, ExpressionAttributeValues } = named(values);
  return {
    purpose: 'state',
    write: {
      Update: {
        TableName: record,
        Key: keys.webhook(before.organisation),
        UpdateExpression: settingOf(values),
        ConditionExpression: 'leaseId = :leaseId AND #cursor = :seen',
        ExpressionAttributeNames,
        ExpressionAttributeValues: { ...ExpressionAttributeValues, ':leaseId': leaseId, ':seen': before.cursor },
      },
    },
  };
}

const letterPut = (record: string, organisation: string, letter: DeadLetter): Change => ({
  purpose: 'event',
  write: put(record, { ...keys.deadLetter(organisation, letter.position), ...letter }),
});

const letterRemoval = (TableName: string, organisation: string, { position }: DeadLetter): Change => ({
  purpose: 'event',
  write: { Delete: { TableName, Key: keys.deadLetter(organisation, position) } },
});
