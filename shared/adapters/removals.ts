import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { removedCrn } from '../domain/referral.ts';
import type { Removals } from '../ports/records.ts';
import { batchGet } from './batch-get.ts';
import { config } from './config.ts';
import type { Database } from './dynamo.ts';
import { keys, shards, timeOf, workAt } from './keys.ts';
import { mergedPage } from './paging.ts';
import { noHoldOn } from './retention-changes.ts';
import { backOff, commit, despiteConflicts } from './transactions.ts';
import { taskIds, wholePartition } from './whole-records.ts';
import type { Change } from './writes.ts';

type Key = { pk: string; sk: string };
type Named = Key & { crn?: unknown; data?: { possibleDuplicates?: string[] } };

/** Items that one transaction takes away or takes the name from, beside the look at the hold. */
const batch = 49;
const attempts = 12;

/** How what is held on a person goes, in DynamoDB. */
export function removals(client: Database): Removals {
  const { RECORD_TABLE: record, PRIVATE_TABLE: privateTable } = config();

  /** Batch after batch, each only while no hold stands. False: one does, and nothing else refuses it. */
  async function unlessHeld(crn: string, changes: Change[]): Promise<boolean> {
    for (let at = 0; at < changes.length; at += batch) {
      if (!(await committed(crn, changes.slice(at, at + batch)))) return false;
    }
    return true;
  }

  async function committed(crn: string, changes: Change[]): Promise<boolean> {
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

  const deleted = (TableName: string, { pk, sk }: Key): Change => ({
    purpose: 'private',
    write: { Delete: { TableName, Key: { pk, sk } } },
  });

  /**
   * Takes the name from those that still have it, and from an event the other referrals of the person: what a run before
   * has done is not done again.
   */
  const unnamed = (items: Named[], to: string | null): Change[] =>
    items
      .filter(({ crn }) => crn !== to)
      .map(({ pk, sk, data }) => {
        const linked = data?.possibleDuplicates ? { ...data, possibleDuplicates: [] } : undefined;
        return {
          purpose: 'state',
          write: {
            Update: {
              TableName: record,
              Key: { pk, sk },
              UpdateExpression: `SET crn = :crn${linked ? ', #data = :data' : ''}`,
              ...(linked ? { ExpressionAttributeNames: { '#data': 'data' } } : {}),
              ExpressionAttributeValues: { ':crn': to, ...(linked ? { ':data': linked } : {}) },
            },
          },
        };
      });

  return {
    async due(before, page) {
      const request = { ...page, before: before.toISOString() };
      const found = await mergedPage(client, record, 'work', shards('RETENTION'), request);
      const items = found.items.map(({ pk, sort }) => ({
        referralId: pk.slice('REFERRAL#'.length),
        since: timeOf(sort),
      }));
      return { items, cursor: found.cursor };
    },

    async lookAgain(referralId, concludedAt) {
      const write = new UpdateCommand({
        TableName: record,
        Key: keys.retention(referralId),
        UpdateExpression: 'SET workAt = :at',
        // Reopened meanwhile: it is not due at all.
        ConditionExpression: 'attribute_exists(workKey)',
        ExpressionAttributeValues: { ':at': workAt(concludedAt.toISOString(), referralId) },
      });
      await whereItStands(() => client.send(write));
    },

    async finish({ id, allocations }) {
      const Key = keys.retention(id);
      const { Item: mark } = await client.send(new GetCommand({ TableName: record, Key, ConsistentRead: true }));
      const crn = mark?.crn;
      // What it asked for is done.
      if (typeof crn !== 'string') return true;
      const own = (await wholePartition(client, record, keys.referral(id).pk)) as Named[];
      const others = [...taskIds(own).map(keys.task), ...allocations.map((one) => keys.allocation(one.id))];
      const named = (await batchGet(client, record, others)) as Named[];
      const events = own.filter(({ sk }) => sk.startsWith('EVENT#'));
      // In the lists of those who were asked.
      const listed = own.filter(({ sk }) => sk.startsWith('PARTY#'));
      return unlessHeld(crn, [
        ...(await leftOn(crn, id)).map((item) => deleted(privateTable, item)),
        ...listed.map((item) => deleted(record, item)),
        ...unnamed(events, null),
        ...unnamed(named, removedCrn),
        // The last of it: it names the CRN.
        deleted(record, Key),
      ]);
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
