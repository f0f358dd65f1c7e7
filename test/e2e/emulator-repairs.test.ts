import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  CreateFunctionCommand,
  DeleteFunctionCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  LambdaClient,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import { BatchGetCommand, DeleteCommand, DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readStack } from '../../infra/local/local-aws.ts';
import { sdkConfig } from '../../infra/local/local-only.ts';
import { zipOf } from '../builders/zip.ts';
import { TEST_INSTANCE } from './local-aws.setup.ts';

/** What the application rests on and the emulator gives only after its repair; AWS does all of it. */
describe('A function on the local AWS', () => {
  const FunctionName = 'example-of-the-repairs';
  let lambda: LambdaClient;

  beforeAll(async () => {
    const { endpointUrl, sweeperFunctionName } = await readStack({ instance: TEST_INSTANCE });
    lambda = new LambdaClient(sdkConfig(endpointUrl));
    const deployed = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: sweeperFunctionName }));
    await lambda.send(
      new CreateFunctionCommand({
        FunctionName,
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Role: deployed.Role,
        Code: { ZipFile: zipOf('index.mjs', FUNCTION) },
      }),
    );
    await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 10 }, { FunctionName });
  });

  afterAll(async () => {
    await lambda.send(new DeleteFunctionCommand({ FunctionName }));
    lambda.destroy();
  });

  const invoke = async (payload: object) => {
    const { FunctionError, Payload } = await lambda.send(
      new InvokeCommand({ FunctionName, Payload: JSON.stringify(payload) }),
    );
    return { failed: FunctionError !== undefined, answer: JSON.parse(new TextDecoder().decode(Payload)) };
  };

  it('fails with the name of the error that it threw, which is what a state machine catches', async () => {
    expect(await invoke({ fail: 'late' })).toMatchObject({ failed: true, answer: { errorType: 'ReferralGone' } });
    expect(await invoke({ fail: 'at once' })).toMatchObject({ failed: true, answer: { errorType: 'ReferralGone' } });
  });

  it('stays warm after an error', async () => {
    const before = await invoke({});
    await invoke({ fail: 'late' });
    expect((await invoke({})).answer.process).toBe(before.answer.process);
  });

  it('meets a burst with a few processes', async () => {
    const answers = await Promise.all(Array.from({ length: 40 }, () => invoke({ wait: 20 })));
    expect(answers.every(({ failed }) => !failed)).toBe(true);
    expect(new Set(answers.map(({ answer }) => answer.process)).size).toBeLessThanOrEqual(4);
  });
});

describe('A table on the local AWS', () => {
  it('counts a read by the size of what it reads, and of a batch each item', async () => {
    const { endpointUrl, recordTableName: TableName } = await readStack({ instance: TEST_INSTANCE });
    const client = DynamoDBDocumentClient.from(new DynamoDBClient(sdkConfig(endpointUrl)));
    const asked = { ConsistentRead: true };
    const ReturnConsumedCapacity = 'TOTAL';
    const key = (sk: string) => ({ pk: 'EXAMPLE#of-the-repairs', sk });
    try {
      await client.send(new PutCommand({ TableName, Item: { ...key('SMALL') } }));
      await client.send(new PutCommand({ TableName, Item: { ...key('LARGE'), text: 'x'.repeat(9000) } }));
      const got = await client.send(new GetCommand({ TableName, Key: key('LARGE'), ...asked, ReturnConsumedCapacity }));
      expect(got.ConsumedCapacity?.CapacityUnits).toBe(3);
      const Keys = ['SMALL', 'LARGE', 'MISSING'].map(key);
      const batch = await client.send(
        new BatchGetCommand({ RequestItems: { [TableName]: { Keys, ...asked } }, ReturnConsumedCapacity }),
      );
      expect(batch.ConsumedCapacity?.map(({ CapacityUnits }) => CapacityUnits)).toEqual([5]);
    } finally {
      for (const sk of ['SMALL', 'LARGE']) await client.send(new DeleteCommand({ TableName, Key: key(sk) }));
      client.destroy();
    }
  });
});

const FUNCTION = `
class Gone extends Error { name = 'ReferralGone'; }
const work = async ({ fail, wait = 0 }) => {
  await new Promise((done) => setTimeout(done, wait));
  if (fail) throw new Gone('it is gone');
  return { process: process.pid };
};
export const handler = (event) => {
  if (event.fail === 'at once') throw new Gone('it is gone');
  return work(event);
};
`;
