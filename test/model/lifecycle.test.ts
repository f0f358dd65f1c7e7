import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allEndpoints } from '../../shared/contracts/routes/index.ts';
import { InProcess } from './in-process.ts';
import { faultsOfPlaces } from './invariants.ts';
import { explores, facts, follows, numbers, scripts, sequences } from './play.ts';
import { Session } from './session.ts';
import { Coverage } from './table.ts';

/**
 * The model-based proof, in this process (ADR 27): the real functions, adapters and definitions, with tables in memory.
 * `MODEL_SEED=<the printed seed>` plays the same sequences again; `MODEL_RUNS` says how many.
 */
const seed = Number(process.env.MODEL_SEED ?? randomInt(2 ** 31));
const numRuns = Number(process.env.MODEL_RUNS ?? 1000);

/** What these routes change is no referral, and is proved elsewhere. */
const ofNoReferral = [
  'put-service',
  'check-eligibility',
  'put-webhook',
  'rotate-webhook-secret',
  'remove-webhook',
  'replay-dead-letters',
  'plan-group-session',
  'change-group-session',
  'cancel-group-session',
  'make-record-export',
  'put-legal-hold',
];

async function started(coverage: Coverage, n: number): Promise<Session> {
  const world = await new InProcess().opened();
  const sent = n % 4 === 1 ? facts.with({ area: null }) : facts;
  return new Session(world, { ...sent }, coverage, n % 3 === 0).start();
}

async function expectPlacesKept({ world, stored }: Session): Promise<void> {
  expect(faultsOfPlaces(await world.services(), [stored])).toEqual([]);
}

describe('A referral, whatever is done to it and whatever happens', () => {
  it('takes every legal transition of the table, and refuses every illegal one by its name', async () => {
    const coverage = new Coverage();
    let steps = 0;
    for (const { isDraft, days, acts } of scripts) {
      const session = await started(coverage, isDraft ? 0 : 2);
      await session.settle('once');
      session.drifts(days);
      await follows(session, acts);
    }
    for (let n = 0; n < 400 && coverage.untaken.length > 0; n += 1) {
      const next = numbers(n + 1);
      const session = await started(coverage, n);
      for (let step = 0; step < 60; step += 1) {
        await explores(session, coverage, next);
        steps += 1;
      }
      await expectPlacesKept(session);
    }
    console.info(`Model, directed: ${coverage.summary}; ${steps} steps`);
    expect(coverage.untaken).toEqual([]);
    const changing = allEndpoints.filter(({ method }) => method !== 'GET').map(({ name }) => name);
    expect(changing.filter((name) => !coverage.asked.has(name))).toEqual(ofNoReferral);
  }, 180_000);

  it(`is what the model says, in ${numRuns} random sequences`, async () => {
    const coverage = new Coverage();
    let commands = 0;
    await fc.assert(
      fc.asyncProperty(fc.nat(11), sequences(60), async (n, all) => {
        let session: Session | undefined;
        const setup = async () => {
          session = await started(coverage, n);
          return { model: { session }, real: session.world };
        };
        await fc.asyncModelRun(setup, all);
        commands += [...all].length;
        if (session) await expectPlacesKept(session);
      }),
      { numRuns, seed },
    );
    console.info(`Model, random: ${numRuns} sequences of ${commands} commands, seed ${seed}; ${coverage.summary}`);
  }, 300_000);
});
