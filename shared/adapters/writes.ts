import type { TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';

export type Write = NonNullable<TransactWriteCommandInput['TransactItems']>[number];
/** What a write is for, so that a refused condition can be told apart from another. */
export type Purpose =
  | 'state'
  | 'event'
  | 'task'
  | 'execution'
  | 'segment'
  | 'capacity'
  | 'seat'
  | 'effectiveness'
  | 'private'
  | 'hold'
  | 'idempotency';
export interface Change {
  purpose: Purpose;
  write: Write;
}

export const put = (TableName: string, Item: Record<string, unknown>, condition?: object): Write => ({
  Put: { TableName, Item, ...condition },
});

export const isNew = { ConditionExpression: 'attribute_not_exists(pk)' };
export const unchangedSince = (attribute: 'sequence' | 'version', value: number) => ({
  ConditionExpression: '#lock = :lock',
  ExpressionAttributeNames: { '#lock': attribute },
  ExpressionAttributeValues: { ':lock': value },
});
