import '../builders/function-environment.ts';
import { describe, expect, it } from 'vitest';
import { type Renewable, type RenewalOptions, renewAll } from '../../infra/local/renewal/renew.ts';
import { answerOffer } from '../../shared/domain/commands/answer-offer.ts';
import { pauseReferral, resumeReferral, withdrawReferral } from '../../shared/domain/commands/change-referral.ts';
import { release } from '../../shared/domain/commands/operate.ts';
import { changedDefinition } from '../builders/changed-definition.ts';
import { aReferral } from '../builders/referral-facts.ts';
import { serviceOf } from '../builders/services.ts';
import { sender } from '../builders/story.ts';
import { accepted, confirmed } from './chapters.ts';
import { currentDefinitions, Played } from './played.ts';

const changed = {
  'referral-lifecycle': changedDefinition(currentDefinitions['referral-lifecycle'], 2),
  'allocation-delivery': changedDefinition(currentDefinitions['allocation-delivery'], 2),
};

const matched = async (): Promise<Played> =>
  accepted(await confirmed(await new Played({ services: [serviceOf('provider-a')] }).send(aReferral())));

/** Referrals that run the old definition, each with two executions, when the new one is deployed. */
async function deployedOver(count: number): Promise<Played[]> {
  const all = await Promise.all(Array.from({ length: count }, matched));
  for (const played of all) played.deploy(changed);
  return all;
}

interface Asked {
  released: string[];
}

/** The service that the renewal speaks to: the same commands, over referrals that are played, two to a page. */
function serviceOver(all: Played[], { released }: Asked = { released: [] }): Renewable {
  const byId = (id: string): Played => {
    const found = all.find(({ referralId }) => referralId === id);
    if (!found) throw new Error(`no referral ${id}`);
    return found;
  };
  return {
    async referrals(cursor) {
      const from = Number(cursor ?? 0);
      const ids = all.slice(from, from + 2).map(({ referralId }) => referralId);
      return { ids, cursor: from + 2 < all.length ? String(from + 2) : null };
    },
    async running(id) {
      const { referral, memory } = byId(id);
      if (referral.conclusion) return 'concluded';
      return [...memory.records.values()].map(({ executionId, segment, definition }) => ({
        name: `${executionId}-${segment}`,
        definition,
      }));
    },
    async release(id) {
      const played = byId(id);
      if (played.referral.conclusion) return 'concluded';
      released.push(id);
      const executions = [...played.memory.records.keys()];
      await played.memory.referrals.execute(
        id,
        {},
        (state, context) => release(state, { reason: 'renewed', executions }, context),
        { by: { organisation: 'operations', client: 'operations' }, wake: executions },
      );
      await played.settle();
      return 'released';
    },
  };
}

function testClock() {
  let now = 0;
  const sleep = async (milliseconds: number) => {
    now += milliseconds;
  };
  return { now: () => now, sleep };
}

const renewing = (service: Renewable, options: Partial<RenewalOptions> = {}) =>
  renewAll(service, { release: 2, rate: 50, clock: testClock(), ...options });

const definitions = (all: Played[]) =>
  all.flatMap(({ memory }) => [...memory.records.values()].map(({ definition }) => definition));
const running = ({ executions }: Played) => executions.filter(({ status }) => status === 'running');

describe('Rule 5: to renew what runs an older definition', () => {
  it('moves every execution to a fresh one of the current definition, where it stood', async () => {
    const all = await deployedOver(3);
    const before = all.map(({ waits }) => waits);
    expect(await renewing(serviceOver(all))).toEqual({
      referrals: 3,
      current: 0,
      outdated: 6,
      moved: 6,
      concluded: 0,
      failed: [],
    });
    expect(definitions(all)).toEqual([2, 2, 2, 2, 2, 2]);
    expect(all.map(({ waits }) => waits)).toEqual(before);
    for (const played of all) expect(running(played).map(({ release: one }) => one)).toEqual([2, 2]);
  });

  it('a second time finds nothing to move, and asks nothing of anybody', async () => {
    const all = await deployedOver(2);
    await renewing(serviceOver(all));
    const asked: Asked = { released: [] };
    expect(await renewing(serviceOver(all, asked))).toMatchObject({ current: 4, outdated: 0, moved: 0 });
    expect(asked.released).toEqual([]);
  });

  it('counts and moves nothing in a dry run', async () => {
    const all = await deployedOver(2);
    const asked: Asked = { released: [] };
    expect(await renewing(serviceOver(all, asked), { dryRun: true })).toMatchObject({ outdated: 4, moved: 0 });
    expect(asked.released).toEqual([]);
  });

  it('ended half-way, goes on where it was when it is run again', async () => {
    const all = await deployedOver(5);
    const service = serviceOver(all);
    let pages = 0;
    const dying: Renewable = {
      ...service,
      referrals: async (cursor) => {
        if (pages === 2) throw new Error('the list is refused');
        pages += 1;
        return service.referrals(cursor);
      },
    };
    // What was done until then, and that there was more.
    const failed = [{ name: 'the list of referrals', why: 'the list is refused' }];
    expect(await renewing(dying)).toMatchObject({ referrals: 4, moved: 8, failed });
    expect(await renewing(service)).toMatchObject({ referrals: 5, current: 8, outdated: 2, moved: 2, failed: [] });
  });

  it('twice at once, and with the sweeper, still makes one fresh segment of each', async () => {
    const all = await deployedOver(2);
    const sweeping = async () => {
      for (const { memory } of all) {
        for (const { executionId, referralId } of memory.records.values()) {
          await memory.executions.revive({ executionId, referralId });
        }
      }
    };
    const [one, other] = await Promise.all([renewing(serviceOver(all)), renewing(serviceOver(all)), sweeping()]);
    expect([...(one?.failed ?? []), ...(other?.failed ?? [])]).toEqual([]);
    expect(definitions(all)).toEqual([2, 2, 2, 2]);
    for (const played of all) {
      expect(running(played)).toHaveLength(2);
      expect(new Set(played.executions.map(({ name }) => name)).size).toBe(played.executions.length);
    }
  });

  it('stays below the rate', async () => {
    const all = await deployedOver(5);
    const clock = testClock();
    const times: number[] = [];
    const service = serviceOver(all);
    const watched: Renewable = {
      ...service,
      release: (id) => {
        times.push(clock.now());
        return service.release(id);
      },
    };
    await renewing(watched, { rate: 4, clock });
    // Two executions of each, four in a second.
    expect(times).toHaveLength(5);
    for (const [index, time] of times.entries()) expect(time).toBeGreaterThanOrEqual(500 * index);
  });

  it('stops where nothing moves at all, as when the release is not deployed, and asks no more of them', async () => {
    const all = await Promise.all(Array.from({ length: 12 }, matched));
    const asked: Asked = { released: [] };
    const done = await renewing(serviceOver(all, asked));
    expect(asked.released).toHaveLength(6);
    expect(done.moved).toBe(0);
    expect(done.failed).toHaveLength(13);
    expect(done.failed.at(-1)).toEqual({
      name: 'the rest',
      why: 'was not asked: none of 12 has moved. Is definition 2 deployed here?',
    });
  });

  it('moves one that is paused, and one that was answered and never told; the answer counts once', async () => {
    const [paused, answered] = await deployedOver(2);
    if (!paused || !answered) throw new Error('two were deployed');
    await paused.does(pauseReferral, { reason: 'hospital' });
    const unanswered = await confirmed(await new Played({ services: [serviceOf('provider-a')] }).send(aReferral()));
    unanswered.deploy(changed);
    const { memory, referralId } = unanswered;
    // The process ends after its commit: nobody redeems the token.
    const { machines } = memory;
    memory.machines = { ...machines, redeem: () => false };
    const answer = { taskId: unanswered.task('offer').id, answer: { decision: 'accepted' as const } };
    await memory.referrals.execute(
      referralId,
      { confidential: true },
      (state, context) => answerOffer(state, answer, context),
      { by: sender },
    );
    memory.machines = machines;
    expect(await renewing(serviceOver([paused, answered, unanswered]))).toMatchObject({ failed: [] });
    expect(paused.waits).toEqual(['Paused: wait until the work goes on', 'Paused: wait until the work goes on']);
    await paused.does(resumeReferral, {});
    expect(paused.waits.sort()).toEqual(answered.waits.sort());
    expect(unanswered.waits.sort()).toEqual(answered.waits.sort());
    expect(memory.entries.filter(({ type }) => type === 'offer.accepted.v1')).toHaveLength(1);
    expect(memory.entries.filter(({ type }) => type === 'allocation.started.v1')).toHaveLength(1);
    expect(definitions([paused, answered, unanswered]).every((one) => one === 2)).toBe(true);
  });

  it('counts what has concluded meanwhile, and names what does not move', async () => {
    const all = await deployedOver(2);
    const [first, second] = all;
    const service = serviceOver(all);
    const done = await renewing({
      ...service,
      release: async (id) => {
        if (id === first?.referralId) await first.does(withdrawReferral, { reason: 'moved' });
        return id === second?.referralId ? 'released' : service.release(id);
      },
    });
    expect(done.concluded).toBe(2);
    expect(done.failed.map(({ name }) => name).sort()).toEqual([...(second?.memory.records.keys() ?? [])].sort());
  });
});
