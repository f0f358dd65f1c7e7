import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { TooMuchContention } from '../contracts/errors.ts';
import { protectedCharacteristics } from '../domain/equality-monitoring.ts';
import type { EqualityMonitoring } from '../ports.ts';
import { config } from './config.ts';
import { keys } from './keys.ts';
import { backOff, commit } from './transactions.ts';
import { type Change, put } from './writes.ts';

const item = z.object({
  characteristics: protectedCharacteristics,
  recordedAt: z.iso.datetime(),
  recordedBy: z.object({ organisation: z.string(), client: z.string(), person: z.string().optional() }),
});

const attempts = 8;

/** Equality monitoring in DynamoDB: the one way to its partitions, which no other adapter reads or writes (ADR 11). */
export function equalityMonitoring(client: DynamoDBDocumentClient): EqualityMonitoring {
  const { RECORD_TABLE: recordTable, PRIVATE_TABLE: TableName } = config();
  return {
    async find({ crn, id }) {
      const Key = keys.equality(crn, id);
      const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
      return Item && item.parse(Item);
    },

    async put({ crn, id }, record) {
      const stillNamed: Change = {
        purpose: 'state',
        write: {
          ConditionCheck: {
            TableName: recordTable,
            Key: keys.referral(id),
            ConditionExpression: 'crn = :crn',
            ExpressionAttributeValues: { ':crn': crn },
          },
        },
      };
      const kept: Change = { purpose: 'private', write: put(TableName, { ...keys.equality(crn, id), ...record }) };
      for (let attempt = 0; attempt < attempts; attempt += 1) {
        if (attempt > 0) await backOff(attempt);
        const outcome = await commit(client, [stillNamed, kept]);
        if (outcome.committed) return true;
        if (outcome.refusedBy.length > 0) return false;
      }
      throw new TooMuchContention('commands kept changing the same referral');
    },
  };
}
