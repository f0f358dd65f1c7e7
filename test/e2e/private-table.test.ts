import {
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readStack, type Stack } from '../../infra/local/local-aws.ts';
import { sdkConfig } from '../../infra/local/local-only.ts';
import { keys } from '../../shared/adapters/keys.ts';
import { zipOf } from '../builders/zip.ts';
import { TEST_INSTANCE } from './local-aws.setup.ts';

/** Architecture rule 9, ADR 11: whatever a function's code comes to ask, its role reaches the keys of its own work only. */

type Call = 'GetItem' | 'PutItem' | 'TransactWriteItems';

const person = keys.person('X000000', 'of-nobody');
const equality = keys.equality('X000000', 'of-nobody');
const token = keys.token('of-nobody');

describe('The private table', () => {
  let stack: Stack;
  let lambda: LambdaClient;
  let code: Uint8Array;
  const made: string[] = [];

  beforeAll(async () => {
    stack = await readStack({ instance: TEST_INSTANCE });
    lambda = new LambdaClient(sdkConfig(stack.endpointUrl));
    const { outputFiles } = await build({
      stdin: { contents: PROBE, resolveDir: import.meta.dirname },
      bundle: true,
      platform: 'node',
      format: 'cjs',
      write: false,
    });
    code = zipOf('index.js', outputFiles[0]?.text ?? '');
  });
  afterAll(async () => {
    for (const FunctionName of made) await lambda.send(new DeleteFunctionCommand({ FunctionName }));
    lambda.destroy();
  });

  /** Another function under the role of a deployed one. */
  async function under(name: string) {
    const { Role } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: `referrals-${name}` }));
    const FunctionName = `under-the-role-of-${name}`;
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName,
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Role,
        Code: { ZipFile: code },
      }),
    );
    made.push(FunctionName);
    await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 10 }, { FunctionName });
    return async (call: Call, ...items: { pk: string; sk: string }[]): Promise<string> => {
      const Payload = JSON.stringify({ call, table: stack.privateTableName, items });
      const answered = await lambda.send(new InvokeCommand({ FunctionName, Payload }));
      return JSON.parse(new TextDecoder().decode(answered.Payload));
    };
  }

  it('shows matching the person, and neither equality monitoring nor a token', async () => {
    const asks = await under('make-offers');
    expect(await asks('GetItem', person)).toBe('allowed');
    for (const item of [equality, token]) expect(await asks('GetItem', item)).toBe('AccessDeniedException');
  });

  it('takes from a command what is about the person, alone or in a transaction, and nothing else beside it', async () => {
    const asks = await under('amend-referral');
    expect(await asks('TransactWriteItems', person, keys.text('X000000', 'of-nobody', 'WORDS'))).toBe('allowed');
    for (const items of [[equality], [person, equality]]) {
      expect(await asks('TransactWriteItems', ...items)).toBe('AccessDeniedException');
    }
  });

  it('gives the functions of equality monitoring that, and no person', async () => {
    const [puts, gets] = [await under('put-equality-monitoring'), await under('get-equality-monitoring')];
    expect(await puts('PutItem', equality)).toBe('allowed');
    expect(await gets('GetItem', equality)).toBe('allowed');
    expect(await puts('PutItem', person)).toBe('AccessDeniedException');
    expect(await gets('GetItem', person)).toBe('AccessDeniedException');
  });
});

/** Asks the table for something and tells what came of it. */
const PROBE = `
import { DynamoDBClient, GetItemCommand, PutItemCommand, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
const client = new DynamoDBClient({});
const of = ({ pk, sk }) => ({ pk: { S: pk }, sk: { S: sk } });
const commands = {
  GetItem: (TableName, [item]) => new GetItemCommand({ TableName, Key: of(item) }),
  PutItem: (TableName, [item]) => new PutItemCommand({ TableName, Item: of(item) }),
  TransactWriteItems: (TableName, items) =>
    new TransactWriteItemsCommand({ TransactItems: items.map((item) => ({ Put: { TableName, Item: of(item) } })) }),
};
exports.handler = async ({ call, table, items }) => {
  try {
    await client.send(commands[call](table, items));
    return 'allowed';
  } catch (error) {
    return error.name;
  }
};
`;
