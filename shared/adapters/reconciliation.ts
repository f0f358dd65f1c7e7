import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { placesHeld, reconciled } from '../domain/places.ts';
import { type OpenTask, type Referral, referral as referralSchema } from '../domain/referral.ts';
import { capacity } from '../domain/service.ts';
import { linesOf } from '../domain/waiting-list.ts';
import type { OpenExecution, OpenWork, Reconciliation, Surroundings } from '../ports/reconciliation.ts';
import { batchGet } from './batch-get.ts';
import { config } from './config.ts';
import { executionRecord } from './execution-records.ts';
import { keys, shards } from './keys.ts';
import { page } from './paging.ts';
import { openItem } from './task-changes.ts';
import { taskRecord } from './tasks.ts';
import { commit, despiteConflicts } from './transactions.ts';
import { type Change, isNew, put } from './writes.ts';

type Item = Record<string, unknown>;

const pageSize = 100;
/** Queries for the places of services that are on their way at once. */
const queriesAtOnce = 8;

const progressItem = z.object({
  startedAt: z.string(),
  left: z.array(z.object({ partition: z.int(), cursor: z.string().nullable() })),
  turn: z.int(),
  turns: z.int(),
  seen: z.int(),
  runs: z.int(),
});
const openExecution = executionRecord
  .extend({ movedAt: z.string().optional(), workKey: z.string().optional() })
  .transform(
    ({ movedAt, workKey, ...record }): OpenExecution => ({
      ...record,
      movedAt: movedAt ?? record.startedAt ?? '',
      isMarked: workKey !== undefined,
    }),
  );
const listing = z.object({ id: z.string(), openTasks: z.array(z.object({ id: z.string() })) });
const parked = z.object({ segment: z.int(), turn: z.int() });

/** What of a task's item makes it found, asked and kept in time. */
const kept = ['status', 'referralId', 'organisation', 'dueAt', 'ownerKey', 'ownerSort', 'allKey', 'allSort'] as const;
const timed = ['workKey', 'workAt'] as const;

const keyText = ({ pk, sk }: Item): string => `${pk} ${sk}`;
const idIn = (pk: string): string => pk.slice(pk.indexOf('#') + 1);

/** The items of places that a referral holds or waits for, as `place-changes.ts` writes them. */
const placeItems = (referral: Referral): (Item & { serviceId: string })[] => [
  ...placesHeld(referral).map((held) => ({ ...keys.place(held.serviceId, held.holder), ...held })),
  ...linesOf(referral).map((line) => ({ ...keys.waiting(line.serviceId, referral.id), ...line })),
];

/** What the record holds, in DynamoDB, for the reconciler to compare. */
export function reconciliation(client: DynamoDBDocumentClient): Reconciliation {
  const { RECORD_TABLE: record, PRIVATE_TABLE: privateTable } = config();
  const partitionsOf = { open: shards('OPEN'), tasks: shards('TASKS#open'), services: ['SERVICES'] };

  async function listed(of: keyof typeof partitionsOf, partition: number, cursor: string | null) {
    const index = of === 'services' ? 'owner' : 'all';
    const key = partitionsOf[of][partition] ?? '';
    return page(client, record, index, key, { limit: pageSize, cursor: cursor ?? undefined });
  }

  async function read(table: string, wanted: Item[], isSure: boolean): Promise<Map<string, Item>> {
    const items = wanted.length > 0 ? await batchGet(client, table, wanted, isSure) : [];
    return new Map(items.map((item) => [keyText(item), item]));
  }

  async function referralsOf(ids: string[], isSure: boolean): Promise<Map<string, Referral>> {
    const items = await read(record, ids.map(keys.referral), isSure);
    return new Map([...items.values()].map((item) => referralSchema.parse(item)).map((found) => [found.id, found]));
  }

  /** The open tasks that the referrals of these tasks list. */
  async function listsOf(tasks: { referralId?: unknown }[], isSure: boolean): Promise<Map<string, Set<string>>> {
    const wanted = [...new Set(tasks.map(({ referralId }) => String(referralId)))].map(keys.referral);
    const items = [...(await read(record, wanted, isSure)).values()].map((item) => listing.parse(item));
    return new Map(items.map(({ id, openTasks }) => [id, new Set(openTasks.map((task) => task.id))]));
  }

  const isKept = (referral: Referral, task: OpenTask, item: Item | undefined): boolean => {
    if (!item) return false;
    const right: Item = openItem(referral, task);
    return [...kept, ...timed].every((name) => item[name] === right[name]);
  };

  async function countedItems(serviceId: string): Promise<{ reserved: number; confirmed: number; waiting: number }> {
    const counted = { reserved: 0, confirmed: 0, waiting: 0 };
    let from: Item | undefined;
    do {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: record,
          KeyConditionExpression: 'pk = :pk AND sk BETWEEN :first AND :last',
          ExpressionAttributeValues: {
            ':pk': keys.capacity(serviceId).pk,
            ':first': keys.place(serviceId, '').sk,
            ':last': keys.waiting(serviceId, '~').sk,
          },
          ExclusiveStartKey: from,
        }),
      );
      for (const { sk, as } of Items) {
        if (String(sk).startsWith('WAITING#')) counted.waiting += 1;
        else if (as === 'reserved' || as === 'confirmed') counted[as as 'reserved' | 'confirmed'] += 1;
      }
      from = LastEvaluatedKey;
    } while (from);
    return counted;
  }

  return {
    async progress(of) {
      const Key = keys.reconcilerRound(of);
      const { Item } = await client.send(new GetCommand({ TableName: record, Key, ConsistentRead: true }));
      return Item && progressItem.parse(Item);
    },

    async keepProgress(of, progress) {
      await client.send(new PutCommand({ TableName: record, Item: { ...keys.reconcilerRound(of), ...progress } }));
    },

    partitions: (of) => partitionsOf[of].length,

    async open(partition, cursor) {
      const { items, cursor: next } = await listed('open', partition, cursor);
      const found = items.map(({ pk, sk }) => ({
        referralId: idIn(pk),
        executionId: sk.startsWith('EXECUTION#') ? idIn(sk) : null,
      }));
      return { items: found, cursor: next };
    },

    async openTasks(partition, cursor) {
      const { items, cursor: next } = await listed('tasks', partition, cursor);
      return { items: items.map(({ pk }) => idIn(pk)), cursor: next };
    },

    async services(cursor) {
      const { items, cursor: next } = await listed('services', 0, cursor);
      return { items: items.map(({ pk }) => idIn(pk)), cursor: next };
    },

    async surroundings(work, isSure) {
      const ids = [...new Set(work.map(({ referralId }) => referralId))];
      const ofExecution = ({ referralId, executionId }: OpenWork): Item[] =>
        executionId ? [keys.execution(referralId, executionId)] : [];
      // Tokens last: a segment that has just been raised is then seen before what parks in it.
      const executions = await read(record, work.flatMap(ofExecution), isSure);
      const [referrals, tokens] = await Promise.all([
        referralsOf(ids, isSure),
        read(
          privateTable,
          work.flatMap(({ executionId }) => (executionId ? [keys.token(executionId)] : [])),
          isSure,
        ),
      ]);
      const whole = work.filter(({ referralId, executionId }) => executionId === null || executionId === referralId);
      const own = whole.flatMap(({ referralId }) => referrals.get(referralId) ?? []);
      const beside = await read(
        record,
        own.flatMap((referral) => [
          ...referral.openTasks.map(({ id }) => keys.task(id)),
          ...placeItems(referral).map(({ pk, sk }) => ({ pk, sk })),
        ]),
        isSure,
      );
      return work.map((one): Surroundings => {
        const { referralId, executionId } = one;
        const referral = referrals.get(referralId);
        const stored = executionId ? executions.get(keyText(keys.execution(referralId, executionId))) : undefined;
        const execution = stored && openExecution.parse(stored);
        const token = executionId ? tokens.get(keyText(keys.token(executionId))) : undefined;
        const at = token && parked.parse(token);
        const isWhole = referral !== undefined && whole.includes(one);
        return {
          work: one,
          referral,
          execution,
          parkedTurn: at && at.segment === execution?.segment ? at.turn : undefined,
          lostTasks: isWhole
            ? referral.openTasks.filter((task) => !isKept(referral, task, beside.get(keyText(keys.task(task.id)))))
            : [],
          lostPlaces: isWhole
            ? placeItems(referral).flatMap((item) => (beside.has(keyText(item)) ? [] : [item.serviceId]))
            : [],
        };
      });
    },

    async unlisted(taskIds) {
      const seen = await read(record, taskIds.map(keys.task), false);
      const known = await listsOf([...seen.values()], false);
      const lists = (of: Awaited<ReturnType<typeof listsOf>>, { referralId, id }: Item): boolean =>
        of.get(String(referralId))?.has(String(id)) ?? false;
      const suspects = [...seen.values()].filter((item) => item.status === 'open' && !lists(known, item));
      // The task first, then its referral: what was opened in between is then listed.
      const sure = await read(
        record,
        suspects.map(({ pk, sk }) => ({ pk, sk })),
        true,
      );
      const tasks = [...sure.values()].map((item) => taskRecord.parse(item)).filter(({ status }) => status === 'open');
      const referrals = await listsOf(tasks, true);
      return tasks
        .filter((task) => !lists(referrals, { ...task }))
        .map((task) => ({ ...task, isOrphan: !referrals.has(task.referralId) }));
    },

    async miscounted(serviceIds) {
      const counters = await read(record, serviceIds.map(keys.capacity), false);
      const wrong: string[] = [];
      const left = [...serviceIds];
      const work = async (): Promise<void> => {
        for (let id = left.shift(); id !== undefined; id = left.shift()) {
          const stored = counters.get(keyText(keys.capacity(id)));
          if (stored && reconciled(capacity.parse(stored), await countedItems(id))) wrong.push(id);
        }
      };
      await Promise.all(Array.from({ length: queriesAtOnce }, work));
      return wrong;
    },

    async restorePlaces(referralId) {
      const referral = (await referralsOf([referralId], true)).get(referralId);
      if (!referral) return 0;
      const items = placeItems(referral);
      const there = await read(
        record,
        items.map(({ pk, sk }) => ({ pk, sk })),
        true,
      );
      const lost = items.filter((item) => !there.has(keyText(item)));
      if (lost.length === 0) return 0;
      const changes: Change[] = [
        {
          purpose: 'state',
          write: {
            ConditionCheck: {
              TableName: record,
              Key: keys.referral(referralId),
              ConditionExpression: '#sequence = :sequence',
              ExpressionAttributeNames: { '#sequence': 'sequence' },
              ExpressionAttributeValues: { ':sequence': referral.sequence },
            },
          },
        },
        ...lost.map((item): Change => ({ purpose: 'capacity', write: put(record, { ...item, referralId }, isNew) })),
      ];
      // Refused: its referral has moved. The next round looks again.
      return (await commit(client, changes)).committed ? lost.length : 0;
    },

    async leave({ referralId, executionId, segment, turn, movedAt }) {
      await despiteConflicts(() =>
        client.send(
          new UpdateCommand({
            TableName: record,
            Key: keys.execution(referralId, executionId),
            UpdateExpression: 'REMOVE allKey, allSort',
            ConditionExpression: '#segment = :segment AND turn = :turn AND movedAt = :movedAt',
            ExpressionAttributeNames: { '#segment': 'segment' },
            ExpressionAttributeValues: { ':segment': segment, ':turn': turn, ':movedAt': movedAt },
          }),
        ),
      ).catch((error: unknown) => {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      });
    },
  };
}
