import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Appointment } from '../domain/allocation.ts';
import type { DueReminder, Reminders } from '../ports.ts';
import { config } from './config.ts';
import { keys, shards, timeOf, workAt, workKey } from './keys.ts';
import { mergedPage } from './paging.ts';

/** What is still to be reminded of stands in the `work` index by its start; the item says so until it is, or is over. */
export const reminderWork = (
  { id, status, startsAt, remindedAt }: Appointment,
  now: Date,
): { workKey?: string; workAt?: string } =>
  status === 'booked' && remindedAt === null && new Date(startsAt) > now
    ? { workKey: workKey('REMINDER', id), workAt: workAt(startsAt, id) }
    : {};

/** Appointments to remind of, in DynamoDB (L4). */
export function reminders(client: DynamoDBDocumentClient): Reminders {
  const { RECORD_TABLE: record } = config();

  /** What was moved or told of since it was read has its own mark by now. */
  async function changeMark({ appointmentId, allocationId, mark }: DueReminder, change: string, at?: string) {
    await client
      .send(
        new UpdateCommand({
          TableName: record,
          Key: keys.appointment(allocationId, appointmentId),
          UpdateExpression: change,
          ConditionExpression: 'workAt = :mark',
          ExpressionAttributeValues: { ':mark': mark, ...(at ? { ':at': at } : {}) },
        }),
      )
      .catch((error: unknown) => {
        if (!(error instanceof Error && error.name === 'ConditionalCheckFailedException')) throw error;
      });
  }

  return {
    async startingBy(time, request) {
      const before = time.toISOString();
      const { items, cursor } = await mergedPage(client, record, 'work', shards('REMINDER'), { ...request, before });
      const found = items.map(({ pk, sk, sort }) => ({
        allocationId: pk.slice('ALLOCATION#'.length),
        appointmentId: sk.slice('APPOINTMENT#'.length),
        mark: sort,
        since: timeOf(sort),
      }));
      return { items: found, cursor };
    },
    drop: (due) => changeMark(due, 'REMOVE workKey, workAt'),
    putOff: (due, until) => changeMark(due, 'SET workAt = :at', workAt(until.toISOString(), due.appointmentId)),
  };
}
