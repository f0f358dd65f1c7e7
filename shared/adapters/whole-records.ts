import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { HeldItem } from '../domain/record-export/entry.ts';
import { referral } from '../domain/referral.ts';
import type { WholeRecords } from '../ports/records.ts';
import { batchGet } from './batch-get.ts';
import { config } from './config.ts';
import type { Database } from './dynamo.ts';
import { keys } from './keys.ts';

type Item = Record<string, unknown>;

/** All items of one partition, strongly consistent, in the order of their keys. */
export async function wholePartition(client: Database, table: string, pk: string): Promise<Item[]> {
  const found: Item[] = [];
  let from: Item | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: table,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': pk },
        ConsistentRead: true,
        ExclusiveStartKey: from,
      }),
    );
    found.push(...Items);
    from = LastEvaluatedKey;
  } while (from);
  return found;
}

/** What an item says: without its keys, and without what only serves the work on it. */
function held({ pk: _pk, sk, ...attributes }: Item): HeldItem {
  const content = Object.entries(attributes).filter(([name]) => !ofTheMachinery.has(name));
  return { key: String(sk), content: withoutGroups(Object.fromEntries(content)) };
}

/** Which group an appointment is held in is for its provider: two who attend have that in common (ADR 26). */
function withoutGroups({ groupId, groupRevision, booked, ...content }: Item): Item {
  const isOfAppointment = groupRevision !== undefined;
  return {
    ...content,
    ...(groupId === undefined || isOfAppointment ? {} : { groupId }),
    ...(Array.isArray(booked) ? { booked: booked.map(({ groupId: _, ...one }: Item) => one) } : {}),
  };
}
const ofTheMachinery = new Set(
  ['owner', 'crn', 'all', 'work']
    .flatMap((index) => [`${index}Key`, `${index}Sort`, `${index}At`])
    .concat('traceparent'),
);

/** Tasks that a history speaks of. */
export const taskIds = (items: Item[]): string[] => [
  ...new Set(
    items.flatMap(({ sk, data }) => {
      const taskId = String(sk).startsWith('EVENT#') ? (data as Item | undefined)?.taskId : undefined;
      return typeof taskId === 'string' ? [taskId] : [];
    }),
  ),
];

export function wholeRecords(client: Database): WholeRecords {
  const { RECORD_TABLE: record, PRIVATE_TABLE: privateTable } = config();
  return {
    async onCrn(crn) {
      const [items, equality] = await Promise.all([
        wholePartition(client, privateTable, keys.person(crn, '').pk),
        wholePartition(client, privateTable, keys.equality(crn, '').pk),
      ]);
      return { items: items.map(held), equality: equality.map(held) };
    },

    async referral(referralId) {
      const Key = keys.referral(referralId);
      const { Item } = await client.send(new GetCommand({ TableName: record, Key, ConsistentRead: true }));
      return Item && referral.parse(Item);
    },

    async ofReferral({ id, allocations }) {
      const own = await wholePartition(client, record, keys.referral(id).pk);
      const tasks = await batchGet(client, record, taskIds(own).map(keys.task));
      const delivered = await Promise.all(
        allocations.map((one) => wholePartition(client, record, keys.allocation(one.id).pk)),
      );
      // An execution is a run of ours: it says nothing of the person.
      const items = [...own.filter(({ sk }) => !String(sk).startsWith('EXECUTION#')), ...tasks, ...delivered.flat()];
      return items.map(held);
    },
  };
}
