import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

/** DynamoDB capacity units that this process has used since they were last taken. */
export interface Units {
  read: number;
  write: number;
}
let used: Units = { read: 0, write: 0 };

export function takeUnits(): Units {
  const taken = used;
  used = { read: 0, write: 0 };
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
      used[isWrite.test(context.commandName ?? '') ? 'write' : 'read'] += units;
      return result;
    },
    { step: 'initialize', name: 'countUnits', override: true },
  );
  return DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
}
