import { ListExecutionsCommand, SFNClient } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import '../builders/function-environment.ts';

const sfn = mockClient(SFNClient);
afterAll(() => void sfn.restore());

/** So many lifecycles failed, as Step Functions tells them: a hundred to a page unless more are asked for. */
const failed = (count: number): void => {
  sfn.on(ListExecutionsCommand).callsFake(({ stateMachineArn, statusFilter, maxResults = 100, nextToken = '0' }) => {
    if (!stateMachineArn.endsWith('lifecycle') || statusFilter !== 'FAILED') return { executions: [] };
    const from = Number(nextToken);
    const to = Math.min(count, from + Math.min(1000, maxResults));
    const executions = Array.from({ length: to - from }, (_, n) => ({ name: `referral-${from + n}-1` }));
    return { executions, ...(to < count ? { nextToken: String(to) } : {}) };
  });
};

const endedBadly = async () => {
  const { machines } = await import('../../shared/adapters/machines.ts');
  return machines(sfn as unknown as SFNClient).endedBadly();
};

beforeEach(() => sfn.reset());

describe('The lists of bad ends (ADR 25)', () => {
  it('take one call each while there are no more than a thousand', async () => {
    failed(1000);
    const { ended, cut } = await endedBadly();
    expect(ended).toHaveLength(1000);
    expect(ended[0]).toEqual({ executionId: 'referral-0', segment: 1, status: 'FAILED', isDelivery: false });
    expect(cut).toBe(0);
    expect(sfn.commandCalls(ListExecutionsCommand)).toHaveLength(6);
  });

  it('are read whole after a mass failure', async () => {
    failed(9_500);
    expect(await endedBadly()).toMatchObject({ ended: { length: 9_500 }, cut: 0 });
  });

  it('say when they went on: the oldest are then not among them', async () => {
    failed(10_001);
    expect(await endedBadly()).toMatchObject({ ended: { length: 10_000 }, cut: 1 });
  });
});
