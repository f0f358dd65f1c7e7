import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { DeadLetter, Webhook } from '../domain/webhook.ts';
import { signing } from '../domain/webhook-secret.ts';
import type { NoticeDelivery } from '../ports/webhooks.ts';
import type { Clock } from '../ports.ts';
import { batchGet } from './batch-get.ts';
import { config } from './config.ts';
import { feedPlaces } from './feed.ts';
import { storedEvent } from './history.ts';
import { keys } from './keys.ts';
import { backOff, commit } from './transactions.ts';
import {
  allWebhooks,
  deadLetterItem,
  findWebhook,
  leaseOf,
  named,
  secretsOf,
  settingOf,
  updateWebhook,
} from './webhook-items.ts';
import { type Change, put } from './writes.ts';

const attempts = 6;

/** What the delivering function reads and writes: the feeds, the webhooks and their leases. */
export function noticeDelivery(client: DynamoDBDocumentClient, clock: Clock): NoticeDelivery {
  const { RECORD_TABLE: record } = config();

  return {
    find: (organisation) => findWebhook(client, organisation),
    all: (request) => allWebhooks(client, request),

    lease: async (organisation) => leaseOf(client, organisation, await clock.now(), { taken: false }),

    async release({ id }, organisation) {
      await updateWebhook(client, organisation, {
        UpdateExpression: 'REMOVE leaseId, leaseUntil',
        ConditionExpression: 'leaseId = :id',
        ExpressionAttributeValues: { ':id': id },
      });
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
