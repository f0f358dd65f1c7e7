import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { moveClock } from '../../../infra/local/move-clock.ts';
import { aNeed } from '../../builders/referral-facts.ts';
import { needs } from '../../model/market.ts';
import { chosen, numbers } from '../../model/play.ts';
import { Session } from '../../model/session.ts';
import { Coverage } from '../../model/table.ts';
import { TEST_INSTANCE } from '../local-aws.setup.ts';
import { application } from '../support/deployment.ts';
import { someone } from '../support/journeys.ts';
import { expectOneExecutionEach, openMarket, overHttp } from '../support/over-http.ts';

/**
 * The model-based proof on the deployed stack (ADR 27): the sequences that `test/model` plays in process, over HTTP.
 * Whatever takes an idempotency key is asked twice.
 * `MODEL_SEED=<the printed seed>` plays them again.
 */
const seed = Number(process.env.MODEL_SEED ?? randomInt(2 ** 31));
const sequences = 50;
const atOnce = 8;
const days = 24 * 60 * 60_000;
const instance = TEST_INSTANCE;

beforeAll(async () => {
  await moveClock('reset', { instance });
  await openMarket();
});
afterAll(() => moveClock('reset', { instance }));

/** Each in turn, so many beside each other. */
async function each<T>(all: readonly T[], does: (one: T, index: number) => Promise<void>): Promise<void> {
  const left = [...all.entries()];
  const works = async (): Promise<void> => {
    for (let next = left.shift(); next; next = left.shift()) await does(next[1], next[0]);
  };
  await Promise.all(Array.from({ length: atOnce }, works));
}

describe('A referral on the deployed stack, whatever is done to it', () => {
  it(`is what the model says, in ${sequences} sequences with a jump of the clock`, async () => {
    const coverage = new Coverage();
    const facts = () => someone().with({ area: overHttp.areas.home, needs: needs.map((need) => aNeed(need)) });
    const all = Array.from({ length: sequences }, (_, n) => ({
      session: new Session(
        overHttp,
        { ...(n % 4 === 1 ? facts().with({ area: null }) : facts()) },
        coverage,
        n % 6 === 0,
      ),
      next: numbers(seed + n),
    }));
    let commands = 0;
    const plays = (steps: number) =>
      each(all, async ({ session, next }) => {
        for (let step = 0; step < steps; step += 1) {
          const towards = next() % 3 > 0 ? 'its end' : next() % 2 > 0 ? 'anything' : 'trouble';
          const attempt = chosen(await session.attempts(), { pick: next(), towards, crash: null, delivery: null });
          if (!attempt) continue;
          await session.does(attempt);
          commands += 1;
        }
      });
    await each(all, async ({ session }) => void (await session.start()));
    await plays(20);
    const jump = moveClock(5 * days, { instance });
    await Promise.all(
      all.map(({ session }) =>
        session.timePasses(async () => {
          await jump;
          await overHttp.settle('once', session.referralId);
        }, true),
      ),
    );
    await plays(10);
    await each(all, ({ session }) => expectOneExecutionEach(session.referralId));
    const { places } = application();
    for (const { id } of await overHttp.services())
      expect(await places.reconcile(id, { organisation: 'system', client: 'sweeper' }), `places of ${id}`).toBe(false);
    console.info(`Model, deployed: ${sequences} sequences of ${commands} commands, seed ${seed}; ${coverage.summary}`);
  }, 600_000);
});
