import { type DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { allocation, appointment } from '../domain/allocation.ts';
import { onwardLink } from '../domain/onward-link.ts';
import type { Allocations } from '../ports.ts';
import { config } from './config.ts';
import { keys } from './keys.ts';
import { fromCursor, toCursor } from './paging.ts';
import { pageUnder } from './prefix-page.ts';

/** Allocations, their appointments and onward links in DynamoDB: written only by the commands on their referral, read here. */
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

    async onwardLinks(allocationId, request) {
      const { pk, sk: prefix } = keys.onwardLink(allocationId, '');
      const { items, cursor } = await pageUnder(client, { table: record, pk, prefix, newestFirst: true }, request);
      return { items: items.map((item) => onwardLink.parse(item)), cursor };
    },
  };
}
