import { type DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { allocation, appointment } from '../domain/allocation.ts';
import type { Allocations } from '../ports.ts';
import { config } from './config.ts';
import { keys } from './keys.ts';
import { fromCursor, toCursor } from './paging.ts';

/** Allocations and their appointments in DynamoDB: written only by the commands on their referral, read here. */
export function allocations(client: DynamoDBDocumentClient): Allocations {
  const { RECORD_TABLE: record } = config();
  return {
    async find(allocationId) {
      const { Item } = await client.send(
        new GetCommand({ TableName: record, Key: keys.allocation(allocationId), ConsistentRead: true }),
      );
      return Item && allocation.parse(Item);
    },

    async appointments(allocationId, { limit, cursor }) {
      const { pk } = keys.allocation(allocationId);
      const after = fromCursor(cursor, /^APPOINTMENT#[0-9a-f-]{36}$/);
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: record,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :appointment)',
          ExpressionAttributeValues: { ':pk': pk, ':appointment': 'APPOINTMENT#' },
          ConsistentRead: true,
          Limit: limit,
          ExclusiveStartKey: after ? { pk, sk: after } : undefined,
        }),
      );
      return { items: Items.map((item) => appointment.parse(item)), cursor: toCursor(LastEvaluatedKey?.sk) };
    },
  };
}
