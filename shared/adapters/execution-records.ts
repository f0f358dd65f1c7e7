import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { ExecutionRecord } from '../ports.ts';
import { keys } from './keys.ts';

export const executionRecord = z.object({
  executionId: z.string(),
  referralId: z.string(),
  machine: z.enum(['referral-lifecycle', 'allocation-delivery']),
  segment: z.int(),
  turn: z.int(),
  startedSegment: z.int(),
  startedAt: z.string().nullable(),
  definition: z.int().nullable().default(null),
});

/** The executions of one referral, as the record knows them. */
export async function executionRecords(
  client: DynamoDBDocumentClient,
  table: string,
  referralId: string,
): Promise<ExecutionRecord[]> {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: table,
      KeyConditionExpression: 'pk = :pk AND begins_with(sk, :execution)',
      ExpressionAttributeValues: { ':pk': keys.referral(referralId).pk, ':execution': 'EXECUTION#' },
      ConsistentRead: true,
    }),
  );
  return Items.map((item) => executionRecord.parse(item));
}
