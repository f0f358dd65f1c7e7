import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, paginateQuery, paginateScan } from '@aws-sdk/lib-dynamodb';
import { sdkConfig } from '../../../infra/local/local-only.ts';
import type { Stack } from '../../../infra/local/stack-file.ts';

type Item = Record<string, unknown>;

/** Both tables as the tests look at them, behind the application's back. */
export function tablesOf(stack: Stack) {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(sdkConfig(stack.endpointUrl)));

  async function partition(TableName: string, pk: string): Promise<Item[]> {
    const found: Item[] = [];
    const query = {
      TableName,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': pk },
      ConsistentRead: true,
    };
    for await (const { Items = [] } of paginateQuery({ client }, query)) found.push(...Items);
    return found;
  }

  return {
    record: (pk: string) => partition(stack.recordTableName, pk),
    private: (pk: string) => partition(stack.privateTableName, pk),
    /** Everything in a table: for a test only, nothing deployed may. */
    all: async (TableName: string): Promise<Item[]> => {
      const found: Item[] = [];
      for await (const { Items = [] } of paginateScan({ client }, { TableName, ConsistentRead: true })) {
        found.push(...Items);
      }
      return found;
    },
  };
}
