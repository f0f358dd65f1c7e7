import '../builders/function-environment.ts';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { allFunctions } from '../../infra/functions.ts';
import { keys } from '../../shared/adapters/keys.ts';
import { lambdaContext } from '../builders/lambda-context.ts';
import { RunningTown } from '../builders/running-town.ts';
import { momentOf, send } from '../builders/town.ts';

/** What Lambda gives a run (milliseconds). */
const timeout = 1000 * (allFunctions([]).find(({ name }) => name === 'reconcile')?.timeout ?? 0);

/** A town in which every call of a table takes so long, and a function that stays warm from run to run. */
async function slowTown(referrals: number, milliseconds: number) {
  const town = await new RunningTown().opened();
  for (let n = 0; n < referrals; n += 1) await send(momentOf(town, { pick: 1, crash: null }));
  for (let n = 0; n < 3; n += 1) await town.minute();
  expect(town.found).toEqual({ healed: {}, raised: {}, failed: 0, left: {} });
  let elapsed = 0;
  const { client } = town.tables;
  const slow = {
    send: (command: never) => {
      elapsed += milliseconds;
      return client.send(command);
    },
  } as never as DynamoDBDocumentClient;
  const reconciler = town.reconciler(slow, {
    elapsed: () => elapsed,
    pause: async (time: number) => {
      elapsed += time;
      await town.stepFunctions.settle();
    },
  });
  const run = async () => {
    const before = elapsed;
    town.now = new Date(town.now.getTime() + 60_000);
    const result = await reconciler({}, lambdaContext);
    await town.runs();
    return { ...result, took: elapsed - before };
  };
  return { town, run };
}

const lifecycles = (town: RunningTown) =>
  town.tables.all('record').filter(({ sk, executionId, referralId }) => {
    return String(sk).startsWith('EXECUTION#') && executionId === referralId;
  });
const nameOf = ({ executionId, segment }: Record<string, unknown>): string => `${executionId}-${segment}`;
const openRound = (town: RunningTown) => {
  const { pk, sk } = keys.reconcilerRound('open');
  return town.tables.items('record', pk, sk)[0];
};

describe('After a mass failure the reconciler (ADR 25)', () => {
  it('ends in time, says what it has left, goes on there, and walks the record all the same', async () => {
    const { town, run } = await slowTown(40, 150);
    for (const item of lifecycles(town)) town.stepFunctions.end(nameOf(item), 'FAILED');
    const rounds = new Set<unknown>();
    let raised = 0;
    let left = Number.POSITIVE_INFINITY;
    for (let runs = 0; left > 0; runs += 1) {
      const result = await run();
      expect(result.took).toBeLessThan(timeout);
      raised += result.raised['execution-failed'] ?? 0;
      // Each run takes up others than those before it.
      expect(result.left['bad-ends'] ?? 0).toBeLessThan(left);
      left = result.left['bad-ends'] ?? 0;
      if (runs === 0) expect(left).toBeGreaterThan(0);
      expect(openRound(town)).toMatchObject({ left: [] });
      rounds.add(openRound(town)?.startedAt);
    }
    expect(raised).toBe(40);
    expect(rounds.size).toBeGreaterThan(1);
  });

  it('counts what has been raised and waits for operations as left no more', async () => {
    const { town, run } = await slowTown(40, 150);
    for (const item of lifecycles(town)) town.stepFunctions.end(nameOf(item), 'FAILED');
    for (let runs = 0; runs < 12; runs += 1) await run();
    expect(await run()).toMatchObject({ left: {}, raised: {} });
  });
});

describe('When much looks wrong, the reconciler (ADR 25)', () => {
  const loseToken = (town: RunningTown, { executionId }: Record<string, unknown>) =>
    town.tables.remove('private', keys.token(String(executionId)));

  const forget = (town: RunningTown, item: Record<string, unknown>) => town.stepFunctions.forget(nameOf(item));

  it.each([
    ['looked wrong', 'execution-token-lost', loseToken],
    ['had its turn', 'execution-missing', forget],
  ])('ends in time, says for what that %s there was none, and begins with it in the next run', async (_, as, act) => {
    const { town, run } = await slowTown(40, 150);
    for (const item of lifecycles(town)) act(town, item);
    town.now = new Date(town.now.getTime() + 600_000);
    const first = await run();
    const healedFirst = first.healed[as] ?? 0;
    expect(first.took).toBeLessThan(timeout);
    expect(first.left.suspects).toBe(40 - healedFirst);
    expect(healedFirst).toBeLessThan(40);
    let healed = healedFirst;
    for (let runs = 1; runs < 12 && healed < 40; runs += 1) {
      const result = await run();
      expect(result.took).toBeLessThan(timeout);
      // Also between rounds.
      expect(result.healed[as]).toBeGreaterThan(0);
      healed += result.healed[as] ?? 0;
    }
    expect(healed).toBe(40);
    expect((await run()).left).toEqual({});
  });

  it('comes to what can be healed, however much cannot be and looks wrong again in every round', async () => {
    const { town, run } = await slowTown(40, 150);
    const [last, ...others] = lifecycles(town).sort((a, b) => (String(a.allSort) < String(b.allSort) ? 1 : -1));
    for (const item of others) {
      town.stepFunctions.end(nameOf(item), 'FAILED');
      loseToken(town, item);
    }
    // All of them raised; they stay as they are until operations redrive them.
    for (let runs = 0; runs < 12; runs += 1) await run();
    loseToken(town, last ?? {});
    let healed = 0;
    for (let runs = 0; runs < 12; runs += 1) healed += (await run()).healed['execution-token-lost'] ?? 0;
    expect(healed).toBe(1);
  });
});
