import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { taskTypes } from '../domain/task-types.ts';
import type { DueTasks, TaskRecord, Tasks } from '../ports.ts';
import { batchGet } from './batch-get.ts';
import { config } from './config.ts';
import { keys, shards, timeOf } from './keys.ts';
import { mergedPage, page } from './paging.ts';

export const taskRecord = z.object({
  id: z.string(),
  type: z.enum(taskTypes),
  referralId: z.string(),
  crn: z.string(),
  allocationId: z.string().nullable(),
  appointmentId: z.string().optional(),
  organisation: z.string(),
  status: z.enum(['open', 'answered', 'lapsed', 'withdrawn']),
  openedAt: z.string(),
  startedAt: z.string().optional(),
  remindedAt: z.string().nullable(),
  dueAt: z.string(),
  breachedAt: z.string().nullable(),
  closedAt: z.string().nullable(),
});

/** Tasks in DynamoDB: written only by the commands on their referral, read here. */
export function tasks(client: DynamoDBDocumentClient): Tasks & DueTasks {
  const { RECORD_TABLE: record, PRIVATE_TABLE: privateTable } = config();

  async function byIds(ids: string[]): Promise<TaskRecord[]> {
    const items = await batchGet(client, record, ids.map(keys.task));
    const found = new Map(items.map((item) => taskRecord.parse(item)).map((item) => [item.id, item]));
    return ids.flatMap((id) => found.get(id) ?? []);
  }

  return {
    async find(taskId) {
      const { Item } = await client.send(
        new GetCommand({ TableName: record, Key: keys.task(taskId), ConsistentRead: true }),
      );
      return Item && taskRecord.parse(Item);
    },

    findAll: byIds,

    async answerTo({ crn, referralId, id, status }) {
      if (status !== 'answered') return null;
      const Key = keys.answer(crn, referralId, id);
      const { Item } = await client.send(new GetCommand({ TableName: privateTable, Key, ConsistentRead: true }));
      return Item?.answer ?? null;
    },

    async list({ organisation, status, dueBefore }, { limit, cursor }) {
      const request = { limit, cursor, before: dueBefore };
      const found = organisation
        ? await page(client, record, 'owner', `TASKS#${organisation}#${status}`, request)
        : await mergedPage(client, record, 'all', shards(`TASKS#${status}`), request);
      return { ...found, items: await byIds(found.items.map(({ pk }) => pk.slice('TASK#'.length))) };
    },

    async dueBy(now, page) {
      const request = { ...page, before: now.toISOString() };
      const found = await mergedPage(client, record, 'work', shards('TASK'), request);
      const since = new Map(found.items.map(({ pk, sort }) => [pk.slice('TASK#'.length), timeOf(sort)]));
      const due = await byIds([...since.keys()]);
      const items = due.map(({ id, referralId }) => ({ taskId: id, referralId, since: since.get(id) ?? '' }));
      return { items, cursor: found.cursor };
    },
  };
}
