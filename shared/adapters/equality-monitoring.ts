import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { protectedCharacteristics } from '../domain/equality-monitoring.ts';
import type { EqualityMonitoring } from '../ports.ts';
import { config } from './config.ts';
import { keys } from './keys.ts';

const item = z.object({
  characteristics: protectedCharacteristics,
  recordedAt: z.iso.datetime(),
  recordedBy: z.object({ organisation: z.string(), client: z.string(), person: z.string().optional() }),
});

/** Equality monitoring in DynamoDB: the one way to its partitions, which no other adapter reads or writes (ADR 11). */
export function equalityMonitoring(client: DynamoDBDocumentClient): EqualityMonitoring {
  const { PRIVATE_TABLE: TableName } = config();
  return {
    async find({ crn, id }) {
      const Key = keys.equality(crn, id);
      const { Item } = await client.send(new GetCommand({ TableName, Key, ConsistentRead: true }));
      return Item && item.parse(Item);
    },

    async put({ crn, id }, record) {
      await client.send(new PutCommand({ TableName, Item: { ...keys.equality(crn, id), ...record } }));
    },
  };
}
