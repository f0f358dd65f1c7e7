import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { TooMuchContention } from '../contracts/errors.ts';
import { healthy, type Webhook } from '../domain/webhook.ts';
import { mostSecrets, rotated } from '../domain/webhook-secret.ts';
import type { Webhooks } from '../ports/webhooks.ts';
import type { Clock } from '../ports.ts';
import { config } from './config.ts';
import { lastPosition } from './feed.ts';
import { indexKeys, keys } from './keys.ts';
import { fromCursor, toCursor } from './paging.ts';
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
import { type Change, isNew, put, unchangedSince } from './writes.ts';

const place = /^DEAD#\d{16}$/;
/** Dead letters that go in one transaction, which takes 100 items. */
const removedAtOnce = 90;
const attempts = 8;

/** Who changes a webhook takes the lease from whoever delivers for it, who then stops and reads it anew. */
const endLease = 'REMOVE leaseId, leaseUntil';

/** Webhooks in DynamoDB: how each stands is in the record, its secrets in the private table. */
export function webhooks(client: DynamoDBDocumentClient, clock: Clock): Webhooks {
  const { RECORD_TABLE: record, PRIVATE_TABLE: secretTable } = config();

  const secretsChange = (organisation: string, version: number, secrets: object[]): Change => ({
    purpose: 'private',
    write: put(
      secretTable,
      { ...keys.webhookSecret(organisation), version, secrets },
      version === 1 ? undefined : unchangedSince('version', version - 1),
    ),
  });

  /** Sets what stands of a webhook that is there, and takes its lease; undefined: it is not there. */
  const set = (organisation: string, values: object): Promise<Webhook | undefined> =>
    updateWebhook(client, organisation, {
      UpdateExpression: `${settingOf(values)} ${endLease}`,
      ConditionExpression: 'attribute_exists(pk)',
      ...named(values),
    });

  async function deadLettersFrom(organisation: string, last: string, limit: number) {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: record,
        KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
        ExpressionAttributeValues: {
          ':pk': keys.deadLetter(organisation, 0).pk,
          ':from': last,
          ':to': keys.deadLetter(organisation, Number.MAX_SAFE_INTEGER).sk,
        },
        ConsistentRead: true,
        // One more tells whether there is more, and the one that the last page ended with comes again.
        Limit: limit + 2,
      }),
    );
    return Items.map((item) => deadLetterItem.parse(item)).filter(({ sk }) => sk !== last);
  }

  return {
    find: (organisation) => findWebhook(client, organisation),
    all: (request) => allWebhooks(client, request),

    async create({ organisation, role, url, types }, secret) {
      const now = (await clock.now()).toISOString();
      const created: Webhook = {
        ...{ organisation, role, url, types },
        ...healthy,
        createdAt: now,
        changedAt: now,
        secretMadeAt: now,
        cursor: await lastPosition(client, organisation),
        lastDeliveredAt: null,
        lastFailure: null,
        setAside: null,
        replay: null,
      };
      const item = { ...keys.webhook(organisation), ...indexKeys.webhook(organisation), ...created };
      const outcome = await commit(client, [
        { purpose: 'state', write: put(record, item, isNew) },
        secretsChange(organisation, 1, [{ secret, signsUntil: null }]),
      ]);
      if (!outcome.committed && outcome.conflict) throw new TooMuchContention(`webhook of ${organisation}`);
      return outcome.committed;
    },

    async change({ organisation, role, url, types }) {
      const changedAt = (await clock.now()).toISOString();
      const values = { role, url, types, changedAt, ...healthy };
      return set(organisation, values);
    },

    async rotate(organisation, secret, overlapHours) {
      for (let attempt = 0; attempt < attempts; attempt += 1) {
        if (attempt > 0) await backOff(attempt);
        const now = await clock.now();
        const current = await secretsOf(client, organisation);
        if (!current) return undefined;
        const secrets = rotated(current.secrets, secret, now, overlapHours);
        if (secrets.length > mostSecrets) return false;
        const outcome = await commit(client, [
          {
            purpose: 'state',
            write: {
              Update: {
                TableName: record,
                Key: keys.webhook(organisation),
                UpdateExpression: 'SET secretMadeAt = :now',
                ConditionExpression: 'attribute_exists(pk)',
                ExpressionAttributeValues: { ':now': now.toISOString() },
              },
            },
          },
          secretsChange(organisation, current.version + 1, secrets),
        ]);
        if (outcome.committed) return { signUntil: secrets[1]?.signsUntil ?? now.toISOString() };
      }
      throw new TooMuchContention(`webhook of ${organisation}`);
    },

    async remove(organisation) {
      for (let attempt = 0; attempt < attempts; ) {
        // From here on no run sets anything aside, so that no dead letter outlives its webhook.
        const lease = await leaseOf(client, organisation, await clock.now(), { taken: true });
        if (!lease) return;
        const letters = await deadLettersFrom(organisation, keys.deadLetter(organisation, 0).sk, removedAtOnce);
        const isLast = letters.length <= removedAtOnce;
        const { pk } = keys.webhook(organisation);
        const outcome = await commit(client, [
          ...letters.slice(0, removedAtOnce).map(({ sk }) => removal(record, { pk, sk })),
          ...(isLast ? [removal(record, keys.webhook(organisation), isHeldBy(lease))] : []),
          ...(isLast ? [removal(secretTable, keys.webhookSecret(organisation))] : []),
        ]);
        if (outcome.committed && isLast) return;
        if (!outcome.committed) {
          attempt += 1;
          await backOff(attempt);
        }
      }
      throw new TooMuchContention(`webhook of ${organisation}`);
    },

    async deadLetters(organisation, { limit, cursor }) {
      const from = fromCursor(cursor, place) ?? keys.deadLetter(organisation, 0).sk;
      const letters = await deadLettersFrom(organisation, from, limit);
      const items = letters.slice(0, limit);
      return { items, cursor: letters.length > limit ? toCursor(items.at(-1)?.sk) : null };
    },

    async replay({ organisation, cursor }) {
      // When it is next tried stays: where something fails now, asking for what failed before must not hurry that.
      return set(organisation, { replay: { after: 0, upTo: cursor } });
    },
  };
}

const removal = (TableName: string, Key: Record<string, string>, condition?: object): Change => ({
  purpose: 'state',
  write: { Delete: { TableName, Key, ...condition } },
});

const isHeldBy = ({ id }: { id: string }) => ({
  ConditionExpression: 'leaseId = :leaseId',
  ExpressionAttributeValues: { ':leaseId': id },
});
