import { DeleteCommand, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { removedCrn } from '../domain/referral.ts';
import type { Removals } from '../ports/records.ts';
import { config } from './config.ts';
import type { Database } from './dynamo.ts';
import { keys, shards } from './keys.ts';
import { mergedPage } from './paging.ts';
import { noHoldOn } from './retention-changes.ts';
import { backOff, commit, despiteConflicts } from './transactions.ts';
import { taskIds, wholePartition } from './whole-records.ts';
import type { Change } from './writes.ts';

type Key = { pk: string; sk: string };

/** Items that one transaction deletes, beside the look at the hold. */
const batch = 49;
const attempts = 12;

/** How what is held on a person goes, in DynamoDB. */
export function removals(client: Database): Removals {
  const { RECORD_TABLE: record, PRIVATE_TABLE: privateTable } = config();

  /** False: a hold stands. Nothing else refuses it. */
  async function removedTogether(crn: string, items: Key[]): Promise<boolean> {
    const changes = items.map(
      (Key): Change => ({ purpose: 'private', write: { Delete: { TableName: privateTable, Key } } }),
    );
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      if (attempt > 0) await backOff(attempt);
      const outcome = await commit(client, [noHoldOn(crn, privateTable), ...changes]);
      if (outcome.committed) return true;
      if (outcome.refusedBy.includes('hold')) return false;
    }
    throw new Error('other writes kept meeting the removal');
  }

  /** What stands under the referral; what stands under none goes with the last of the person's. */
  async function leftOn(crn: string, referralId: string): Promise<Key[]> {
    const own = `REFERRAL#${referralId}#`;
    const items = (await wholePartition(client, privateTable, keys.person(crn, '').pk)) as Key[];
    const others = items.some(({ sk }) => sk.startsWith('REFERRAL#') && !sk.startsWith(own));
    const going = items.filter(({ sk }) => sk.startsWith(own) || !(others || sk.startsWith('REFERRAL#')));
    // The hold itself is only looked at: one transaction may not have two operations on an item.
    return [...going.filter(({ sk }) => sk !== keys.legalHold(crn).sk), keys.equality(crn, referralId)].map(
      ({ pk, sk }) => ({ pk, sk }),
    );
  }

  /** Where there is no such item, there is nothing to take from it. */
  const update = (Key: Key, crn: string | null) =>
    whereItStands(() =>
      client.send(
        new UpdateCommand({
          TableName: record,
          Key,
          UpdateExpression: 'SET crn = :crn',
          ConditionExpression: 'attribute_exists(pk)',
          ExpressionAttributeValues: { ':crn': crn },
        }),
      ),
    );

  return {
    async due(before, page) {
      const request = { ...page, before: before.toISOString() };
      const found = await mergedPage(client, record, 'work', shards('RETENTION'), request);
      const items = found.items.map(({ pk, sort }) => ({ referralId: pk.slice('REFERRAL#'.length), since: sort }));
      return { items, cursor: found.cursor };
    },

    async lookAgain(referralId, concludedAt) {
      const write = new UpdateCommand({
        TableName: record,
        Key: keys.retention(referralId),
        UpdateExpression: 'SET workAt = :at',
        // Reopened meanwhile: it is not due at all.
        ConditionExpression: 'attribute_exists(workKey)',
        ExpressionAttributeValues: { ':at': concludedAt.toISOString() },
      });
      await whereItStands(() => client.send(write));
    },

    async finish({ id, allocations }) {
      const Key = keys.retention(id);
      const { Item: mark } = await client.send(new GetCommand({ TableName: record, Key, ConsistentRead: true }));
      if (typeof mark?.crn === 'string') {
        const left = await leftOn(mark.crn, id);
        for (let at = 0; at < left.length; at += batch) {
          if (!(await removedTogether(mark.crn, left.slice(at, at + batch)))) return false;
        }
      }
      const own = (await wholePartition(client, record, keys.referral(id).pk)) as Key[];
      for (const { pk, sk } of own.filter(({ sk }) => sk.startsWith('EVENT#'))) await update({ pk, sk }, null);
      for (const taskId of taskIds(own)) await update(keys.task(taskId), removedCrn);
      for (const one of allocations) await update(keys.allocation(one.id), removedCrn);
      // The last of it: it names the CRN, and what it asked for is done.
      await despiteConflicts(() => client.send(new DeleteCommand({ TableName: record, Key })));
      return true;
    },
  };
}

async function whereItStands(write: () => Promise<unknown>): Promise<void> {
  try {
    await despiteConflicts(write);
  } catch (error) {
    if (!(error instanceof Error && error.name === 'ConditionalCheckFailedException')) throw error;
  }
}
