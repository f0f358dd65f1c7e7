import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** DynamoDB capacity units that this process has used since they were last taken. */
export interface Units {
  read: number;
  write: number;
  /** Items of the largest transaction. */
  items: number;
}
const none: Units = { read: 0, write: 0, items: 0 };
let used = { ...none };

export function takeUnits(): Units {
  const taken = used;
  used = { ...none };
  return taken;
}

interface Consumed {
  CapacityUnits?: number;
}
const isWrite = /^(Put|Update|Delete|TransactWrite|BatchWrite)/;

export type Database = DynamoDBDocumentClient;

/** The one DynamoDB client of a function: it counts the units of every call, so that cost is measured, not guessed. */
export function dynamo(client = new DynamoDBClient({ maxAttempts: 4 })): Database {
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const result = await next({ ...args, input: { ...args.input, ReturnConsumedCapacity: 'TOTAL' } });
      const { ConsumedCapacity: consumed = [] } = result.output as { ConsumedCapacity?: Consumed | Consumed[] };
      const units = [consumed].flat().reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
      const { commandName = '' } = context;
      used[isWrite.test(commandName) ? 'write' : 'read'] += units;
      const { TransactItems: items = [] } = args.input as { TransactItems?: unknown[] };
      used.items = Math.max(used.items, items.length);
      return result;
    },
    { step: 'initialize', name: 'countUnits', override: true },
  );
  return DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
}
