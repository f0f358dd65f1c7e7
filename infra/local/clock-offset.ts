import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { sdkConfig } from './local-only.ts';

/** The one item from which the application's `Clock` learns how far it runs ahead of real time, in milliseconds. */
const KEY = { pk: 'CLOCK', sk: 'CLOCK' };

interface Where {
  endpointUrl: string;
  recordTableName: string;
}

export const clockOffset = (where: Where): Promise<number> =>
  withTable(where, async (table) => {
    const { Item } = await table.send(
      new GetCommand({ TableName: where.recordTableName, Key: KEY, ConsistentRead: true }),
    );
    return Number(Item?.offsetMs ?? 0);
  });

export const storeClockOffset = (where: Where, offsetMs: number): Promise<void> =>
  withTable(where, async (table) => {
    await table.send(new PutCommand({ TableName: where.recordTableName, Item: { ...KEY, offsetMs } }));
  });

async function withTable<T>(where: Where, work: (table: DynamoDBDocumentClient) => Promise<T>): Promise<T> {
  const table = DynamoDBDocumentClient.from(new DynamoDBClient(sdkConfig(where.endpointUrl)));
  try {
    return await work(table);
  } finally {
    table.destroy();
  }
}
