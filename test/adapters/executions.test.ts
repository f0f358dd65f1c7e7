import { ExecutionLimitExceeded, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { DynamoDBDocumentClient, GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import '../builders/function-environment.ts';

const table = mockClient(DynamoDBDocumentClient);
const machines = mockClient(SFNClient);
afterAll(() => void table.restore());
afterAll(() => void machines.restore());
const key = { referralId: 'referral', executionId: 'referral' };
const missing = {
  ...key,
  machine: 'referral-lifecycle',
  segment: 1,
  turn: 0,
  startedSegment: 0,
  startedAt: null,
  workKey: 'EXECUTION#0',
};

const theExecutions = async () => {
  const { executions } = await import('../../shared/adapters/executions.ts');
  return executions({
    client: table as unknown as DynamoDBDocumentClient,
    sfn: machines as unknown as SFNClient,
    clock: { now: async () => new Date('2026-06-15T09:00:00Z') },
  });
};

beforeEach(() => {
  table.reset();
  machines.reset();
  table.on(GetCommand, { TableName: 'record' }).resolves({ Item: missing });
  table.on(GetCommand, { TableName: 'private' }).resolves({});
  table.on(UpdateCommand).resolves({});
});

describe('An execution that the account has no room for', () => {
  const full = new ExecutionLimitExceeded({ message: 'full', $metadata: {} });

  it('keeps its mark, from its event, from a sweep, and however long it has waited: nothing is written', async () => {
    machines.on(StartExecutionCommand).rejects(full);
    const executions = await theExecutions();
    for (const attempt of [executions.begin, executions.advance, executions.revive]) {
      await expect(attempt(key)).rejects.toBe(full);
    }
    expect(machines.commandCalls(StartExecutionCommand)).toHaveLength(3);
    expect(table.commandCalls(UpdateCommand)).toEqual([]);
  });

  it('is started under the name that it would have had, and then loses its mark', async () => {
    machines.on(StartExecutionCommand).rejectsOnce(full).resolves({});
    const executions = await theExecutions();
    await expect(executions.advance(key)).rejects.toBe(full);
    await executions.advance(key);
    const names = machines.commandCalls(StartExecutionCommand).map(({ args }) => args[0].input.name);
    expect(names).toEqual(['referral-1', 'referral-1']);
    const written = table.commandCalls(UpdateCommand).map(({ args }) => args[0].input.UpdateExpression);
    expect(written.at(-1)).toBe('REMOVE workKey, workAt');
  });
});
