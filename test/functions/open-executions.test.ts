import '../builders/function-environment.ts';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { ExecutionLimitExceeded } from '@aws-sdk/client-sfn';
import { beforeEach, describe, expect, it } from 'vitest';
import { startExecutions } from '../../functions/events/start-executions.ts';
import { sweep } from '../../functions/events/sweep.ts';
import { renew } from '../../functions/tasks/renew.ts';
import { withdrawReferral } from '../../shared/domain/commands/change-referral.ts';
import { sendReferral } from '../../shared/domain/commands/send-referral.ts';
import { isRefusal } from '../../shared/domain/decision.ts';
import { busEvent } from '../builders/bus-event.ts';
import { lambdaContext } from '../builders/lambda-context.ts';
import { Memory } from '../builders/memory.ts';
import { aReferral } from '../builders/referral-facts.ts';
import { sender } from '../builders/story.ts';

/** Step Functions of an account in which no more than so many executions may be open. */
class FullAccount {
  readonly started: string[] = [];
  readonly redeemed: string[] = [];
  asked = 0;
  room: number;
  constructor(room: number) {
    this.room = room;
  }

  start({ executionId }: { executionId: string }): void {
    this.asked += 1;
    if (this.started.length >= this.room) throw new ExecutionLimitExceeded({ message: 'full', $metadata: {} });
    this.started.push(executionId);
  }

  redeem(token: string): boolean {
    this.redeemed.push(token);
    return true;
  }
}

describe('Above the quota of open executions', () => {
  let memory: Memory;
  let account: FullAccount;
  beforeEach(() => {
    memory = new Memory();
    account = new FullAccount(1);
    memory.machines = account;
  });

  async function sent(): Promise<string> {
    const facts = { ...aReferral() };
    const command = { referenceNumber: 'BCDF1234', facts, catalogueVersion: '1', possibleDuplicates: [] };
    const outcome = await memory.referrals.create(
      (context) => sendReferral({ ...command, id: context.newId() }, context),
      { by: sender },
    );
    if (isRefusal(outcome)) throw new Error(outcome.refused);
    return outcome.state.referral.id;
  }

  const lifecycleOf = (referralId: string) => ({ referralId, executionId: referralId });

  const told = (referralId: string) =>
    startExecutions(memory)(busEvent({ type: 'referral.sent.v1', referralId }), lambdaContext);

  /** All that are still marked, as the index would have them. */
  const sweptLater = async (minutes: number, marked: string[]) => {
    const since = memory.now.toISOString();
    memory.waiting.splice(0, memory.waiting.length, ...marked.map((id) => ({ ref: lifecycleOf(id), since })));
    memory.now = new Date(memory.now.getTime() + minutes * 60_000);
    return sweep(memory, new Metrics())({}, lambdaContext);
  };

  it('a referral is taken all the same; that it could not be started is an error that someone sees', async () => {
    await told(await sent());
    const second = await sent();
    await expect(told(second)).rejects.toThrow(ExecutionLimitExceeded);
    expect(await sweptLater(1, [second])).toMatchObject({ executions: 0, failed: 1 });
    expect(memory.records.get(second)).toMatchObject({ segment: 1, startedSegment: 0 });
  });

  it('what is open is told of every command, and so goes on', async () => {
    const first = await sent();
    await told(first);
    await memory.executions.park({ ...lifecycleOf(first), segment: 1 }, 0, 'token of the first', '1');
    await expect(told(await sent())).rejects.toThrow(ExecutionLimitExceeded);
    const withdrawn = await memory.referrals.execute(
      first,
      { confidential: true },
      (state, context) => withdrawReferral(state, { reason: 'moved' }, context),
      { by: sender },
    );
    expect(isRefusal(withdrawn)).toBe(false);
    expect(account.redeemed).toEqual(['token of the first']);
  });

  it('a sweep asks once, and still wakes whoever a crash left behind what cannot start', async () => {
    const first = await sent();
    await told(first);
    const missing = [await sent(), await sent(), await sent()];
    await memory.executions.park({ ...lifecycleOf(first), segment: 1 }, 0, 'token of the first', '1');
    memory.records.set(first, { ...(memory.records.get(first) ?? raise()), turn: 1 });
    account.asked = 0;
    expect(await sweptLater(10, [...missing, first])).toMatchObject({ failed: 1 });
    expect(account.asked).toBe(1);
    expect(account.redeemed).toEqual(['token of the first']);
  });

  it('an old execution ends all the same, which makes room, and the sweeper starts the one that takes over', async () => {
    const first = await sent();
    await told(first);
    await renew(memory)({ ...lifecycleOf(first), segment: 1 }, lambdaContext);
    expect(memory.records.get(first)).toMatchObject({ segment: 2, startedSegment: 1 });
    account.room += 1;
    await sweptLater(1, [first]);
    expect(memory.records.get(first)).toMatchObject({ segment: 2, startedSegment: 2 });
  });

  it('once there is room the sweeper starts what is missing, each once, however long it waited', async () => {
    await told(await sent());
    const missing = [await sent(), await sent()];
    for (let sweeps = 0; sweeps < 3; sweeps += 1) await sweptLater(10, missing);
    account.room = 10;
    expect(await sweptLater(1, missing)).toMatchObject({ executions: 2, failed: 0 });
    for (const id of missing) expect(memory.records.get(id)).toMatchObject({ segment: 1, startedSegment: 1 });
    await sweptLater(1, missing);
    expect(account.started.slice(1)).toEqual(missing);
  });
});

const raise = (): never => {
  throw new Error('there is no such execution');
};
