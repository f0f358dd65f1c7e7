import { randomInt } from 'node:crypto';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { sequences } from './play.ts';
import type { Session } from './session.ts';
import { expectPlacesKept, started } from './started.ts';
import { Coverage } from './table.ts';

/**
 * The model-based proof, in this process (ADR 27): the real functions, adapters and definitions, with tables in memory.
 * `MODEL_SEED=<the printed seed>` plays the same sequences again; `MODEL_RUNS` says how many.
 */
const seed = Number(process.env.MODEL_SEED ?? randomInt(2 ** 31));
const numRuns = Number(process.env.MODEL_RUNS ?? 1000);

describe('A referral, whatever is done to it and whatever happens', () => {
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
  }, 600_000);
});
