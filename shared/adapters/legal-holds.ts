import { randomUUID } from 'node:crypto';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { TooMuchContention } from '../contracts/errors.ts';
import { holdReasons } from '../domain/vocabulary.ts';
import type { LegalHold, LegalHolds } from '../ports/records.ts';
import { config } from './config.ts';
import type { Database } from './dynamo.ts';
import { keys } from './keys.ts';
import { backOff, commit } from './transactions.ts';
import { isNew, put, type Write } from './writes.ts';

const item = z.object({
  since: z.iso.datetime(),
  by: z.object({ organisation: z.string(), client: z.string(), person: z.string().optional() }),
  reason: z.enum(holdReasons),
});
const attempts = 8;

/** Legal holds in DynamoDB, in the private table: an item on the CRN while one stands, and one for each change. */
export function legalHolds(client: Database): LegalHolds {
  const { PRIVATE_TABLE: table } = config();

  async function find(crn: string): Promise<LegalHold | undefined> {
    const Key = keys.legalHold(crn);
    const { Item } = await client.send(new GetCommand({ TableName: table, Key, ConsistentRead: true }));
    return Item && item.parse(Item);
  }

  /** The change of the hold and the note of it, together; false where it has been made before. */
  async function change(crn: string, write: Write, kept: LegalHold & { held: boolean }): Promise<boolean> {
    const note = put(table, { ...keys.legalHoldChange(crn, kept.since, randomUUID()), ...kept });
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      if (attempt > 0) await backOff(attempt);
      const outcome = await commit(client, [
        { purpose: 'hold', write },
        { purpose: 'private', write: note },
      ]);
      if (outcome.committed) return true;
      if (outcome.refusedBy.includes('hold')) return false;
    }
    throw new TooMuchContention('something else kept changing the same hold');
  }

  return {
    find,

    async place(crn, hold) {
      const isPlaced = await change(crn, put(table, { ...keys.legalHold(crn), ...hold }, isNew), {
        ...hold,
        held: true,
      });
      return isPlaced ? hold : ((await find(crn)) ?? hold);
    },

    async lift(crn, lifted) {
      const Key = keys.legalHold(crn);
      const gone = { Delete: { TableName: table, Key, ConditionExpression: 'attribute_exists(pk)' } };
      await change(crn, gone, { ...lifted, held: false });
    },
  };
}
