import '../builders/function-environment.ts';
import { describe, expect, it } from 'vitest';
import { config } from '../../shared/adapters/config.ts';
import { addOfferInformation } from '../../shared/domain/commands/answer-offer.ts';
import {
  amendReferral,
  pauseReferral,
  resumeReferral,
  withdrawReferral,
} from '../../shared/domain/commands/change-referral.ts';
import { redrive } from '../../shared/domain/commands/operate.ts';
import { supplyInformation } from '../../shared/domain/commands/supply-information.ts';
import type { AvailableService } from '../../shared/domain/matching.ts';
import { stageOf } from '../../shared/domain/standing.ts';
import { aNeed, aReferral } from '../builders/referral-facts.ts';
import { serviceOf } from '../builders/services.ts';
import { at } from '../builders/times.ts';
import {
  accepted,
  answered,
  assessed,
  attended,
  completed,
  confirmed,
  declined,
  planned,
  reported,
} from './chapters.ts';
import { Played } from './played.ts';

const providers = ['provider-a', 'provider-b', 'provider-c'].map((id, index) =>
  serviceOf(id, { free: 18 - 4 * index }),
);
const homes = serviceOf('homes', { needs: ['accommodation'] });
const minds = serviceOf('minds', { needs: ['emotional-wellbeing'] });

const started = (services: AvailableService[] = providers, mostPasses?: number) =>
  new Played({ services, ...(mostPasses ? { mostPasses } : {}) });
const sent = (services?: AvailableService[], mostPasses?: number) => started(services, mostPasses).send(aReferral());
const withTwoNeeds = (services: AvailableService[]) =>
  started(services).send(aReferral().with({ needs: [aNeed(), aNeed('emotional-wellbeing')] }));

const matched = async () => accepted(await confirmed(await sent()));

/** The whole of one provider's part. */
async function delivered(played: Played, allocationId = played.referral.allocations[0]?.id): Promise<Played> {
  await planned(await assessed(played, allocationId), allocationId);
  return reported(await completed(played, allocationId), allocationId);
}

/** Every execution has come to its end, and none by failing. */
function expectAllEnded({ executions }: Played): void {
  expect(executions.map(({ status }) => status)).toEqual(executions.map(() => 'succeeded'));
}

describe('A referral', () => {
  it('accepted at its first offer goes through all five stages in forty transitions, both machines together', async () => {
    const played = await delivered(await matched());
    expect(played.referral.conclusion?.endState).toBe('completed');
    expectAllEnded(played);
    expect(played.transitions).toBeLessThanOrEqual(40);
  });

  it('stands at each stage until somebody has moved it', async () => {
    const played = await sent();
    expect(played.waits).toEqual(['Wait until the practitioner has confirmed the complexity']);
    await confirmed(played);
    expect(played.waits).toEqual(['Wait for the answers to the offers']);
    await accepted(played);
    expect(played.waits).toEqual([
      'Delivery: wait until the providers have delivered',
      'Wait for the supplier assessment',
    ]);
    await assessed(played);
    expect(played.waits[1]).toBe('Wait for an approved action plan');
    await planned(played);
    expect(played.waits[1]).toBe('Wait for the sessions to be delivered');
    await completed(played);
    expect(played.waits).toEqual([
      'Outcome recording: wait for the reports',
      'Wait for the acknowledged end of service report',
    ]);
    await reported(played);
    expect(played.waits).toEqual([]);
  });

  it('with a fact missing waits for it, and goes on', async () => {
    const played = await started().send(aReferral().with({ area: null }));
    expect(played.waits).toEqual(['Assessment: wait for the missing facts']);
    const { id: taskId } = played.task('missing-information');
    await played.does(supplyInformation, { taskId, facts: { area: 'west-yorkshire' } });
    expect(played.waits).toEqual(['Wait until the practitioner has confirmed the complexity']);
  });

  it('found ineligible ends', async () => {
    const played = await started().send(aReferral().with({ area: null }));
    const { id: taskId } = played.task('missing-information');
    await played.does(supplyInformation, { taskId, facts: { sentence: { type: 'fine' } } });
    expectAllEnded(played);
  });

  it('declined twice, accepted third; then silent: the clock is breached, somebody is told, and it still waits', async () => {
    const played = await accepted(await declined(await declined(await confirmed(await sent()))));
    expect(played.referral.allocations[0]?.providerId).toBe('provider-c');
    const before = played.transitions;
    await played.until(at('2026-12-15T09:00:00Z'));
    expect(played.referral.attention?.reason).toContain('supplier-assessment');
    expect(stageOf(played.referral)).toBe('delivery');
    // Half a year of silence: every thirty days each machine looks, and stands where it stood.
    expect(played.transitions - before).toBe(6 * 2 * 3);
    expect(played.waits).toEqual([
      'Delivery: wait until the providers have delivered',
      'Wait for the supplier assessment',
    ]);
  });

  it('answered by nobody goes from silent provider to silent provider, and then to operations', async () => {
    const played = await confirmed(await sent());
    await played.until(at('2026-06-26T09:00:00Z'));
    const types = played.memory.historyOf(played.referralId).map(({ type }) => type);
    expect(types.filter((type) => type === 'offer.lapsed.v1')).toHaveLength(3);
    expect(played.referral.openTasks.map(({ type }) => type)).toEqual(['manual-allocation']);
    expect([...played.memory.services.values()].map(({ capacity }) => capacity.free)).toEqual([18, 14, 10]);
  });
});

describe('What more it costs', () => {
  const costOf = async (played: Played, more: (played: Played) => Promise<unknown>) => {
    const before = played.transitions;
    await more(played);
    return played.transitions - before;
  };

  it('a further offer: at most five transitions, whether it was declined or nobody answered', async () => {
    const offered = await confirmed(await sent());
    expect(await costOf(offered, declined)).toBeLessThanOrEqual(5);
    expect(await costOf(offered, () => offered.until(at('2026-06-17T09:01:00Z')))).toBeLessThanOrEqual(5);
  });

  it('an offer that is returned and made again to the same provider: none', async () => {
    const offered = await confirmed(await sent());
    const cost = await costOf(offered, async (played) => {
      await answered(played, { decision: 'returned', text: 'Which floor?' });
      await played.does(addOfferInformation, { taskId: played.task('offer-returned').id, information: 'The third' });
    });
    expect(cost).toBe(0);
  });

  it('a further allocation: at most fifteen', async () => {
    const alone = await delivered(await matched());
    const two = await confirmed(await withTwoNeeds([homes, minds]));
    for (const { id } of two.referral.openTasks) await answered(two, { decision: 'accepted' }, id);
    for (const { id } of two.referral.allocations) await delivered(two, id);
    expect(two.referral.conclusion?.endState).toBe('completed');
    expectAllEnded(two);
    expect(two.transitions - alone.transitions).toBeLessThanOrEqual(15);
  });

  it('a session: at most three', async () => {
    const delivering = await planned(await assessed(await matched()));
    const allocationId = delivering.referral.allocations[0]?.id;
    const cost = await costOf(delivering, (played) => attended(played, 1, allocationId));
    expect(cost).toBeLessThanOrEqual(3);
  });
});

/** A referral parked at each kind of wait. */
const parked: [string, () => Promise<Played>][] = [
  ['for missing facts', () => started().send(aReferral().with({ area: null }))],
  ['for the confirmation', () => sent()],
  ['for answers', async () => confirmed(await sent())],
  ['for operations', async () => confirmed(await sent([]))],
  ['for the supplier assessment', matched],
  ['for the action plan', async () => assessed(await matched())],
  ['for the sessions', async () => planned(await assessed(await matched()))],
  ['for the report', async () => completed(await planned(await assessed(await matched())))],
];

describe.each(parked)('While it waits %s', (_, play) => {
  it('a withdrawal moves every execution on at once', async () => {
    const played = await play();
    await played.does(withdrawReferral, { reason: 'died' });
    const { conclusion, allocations } = played.referral;
    if (conclusion) return expectAllEnded(played);
    expect(played.waits).toEqual([
      'Outcome recording: wait for the reports',
      ...allocations.map(() => 'Wait for the acknowledged end of service report'),
    ]);
    await reported(played);
    expectAllEnded(played);
  });

  it('a pause is stood at, and left when the work goes on', async () => {
    const played = await play();
    const before = played.waits;
    await played.does(pauseReferral, { reason: 'recalled' });
    expect(played.waits[0]).toBe('Paused: wait until the work goes on');
    await played.until(new Date(played.memory.now.getTime() + 100 * 24 * 60 * 60 * 1000));
    expect(played.referral.attention).toBeNull();
    await played.does(resumeReferral, {});
    expect(played.waits).toEqual(before);
  });

  it('an amendment is looked at', async () => {
    const played = await play();
    const before = played.transitions;
    await played.does(amendReferral, { changes: { practitioner: { id: 'pp-2' } }, reason: 'Moved team' });
    expect(played.transitions - before).toBe(3 * played.waits.length);
  });

  it('a redrive starts a fresh segment, and the old one ends in its place', async () => {
    const played = await play();
    const before = played.waits;
    const ids = [...played.memory.records.values()].map(({ executionId }) => executionId);
    const outcome = await played.memory.referrals.execute(
      played.referralId,
      {},
      (state, context) => redrive(state, { reason: 'Stuck', executions: ids }, context),
      { by: { organisation: 'operations', client: 'operations' }, restart: ids },
    );
    expect(outcome).not.toHaveProperty('refused');
    await played.settle();
    expect(played.waits).toEqual(before);
    const running = played.executions.filter(({ status }) => status === 'running').map(({ name }) => name);
    expect(running).toEqual(ids.map((id) => `${id}-2`));
    const overtaken = played.executions.filter(({ name }) => name.endsWith('-1'));
    expect(overtaken.map(({ path }) => path.at(-1))).toEqual(ids.map(() => 'A later segment has taken over'));
  });
});

describe('Rule 5: no execution grows old', () => {
  const mostPasses = config().SEGMENT_PASSES;
  const mostEvents = 25_000;

  it('with few passes to a segment, the referral goes on from segment to segment as if nothing had happened', async () => {
    const played = await delivered(await accepted(await confirmed(await sent(providers, 2))));
    expect(played.referral.conclusion?.endState).toBe('completed');
    expectAllEnded(played);
    expect(played.executions.length).toBeGreaterThan(3);
    expect(
      played.executions.filter(({ path }) => path.at(-1) === 'Continued in the next segment').length,
    ).toBeGreaterThan(1);
  });

  it('after 270 days of silence it continues in a fresh execution, within the year that AWS gives it', async () => {
    const played = await matched();
    await played.until(at('2027-04-20T09:00:00Z'));
    const segments = played.executions.map(({ name }) => name.slice(-2));
    expect(segments).toEqual(['-1', '-1', '-2', '-2']);
    expect(played.executions.slice(0, 2).map(({ status }) => status)).toEqual(['succeeded', 'succeeded']);
    expect(played.waits).toHaveLength(2);
  });

  it('a segment is full long before its history is: under 10,000 events, over real histories', async () => {
    const played = await planned(await assessed(await matched()));
    while (played.executions.every(({ status }) => status === 'running')) {
      await played.does(pauseReferral, { reason: 'hospital' });
      await played.does(resumeReferral, {});
    }
    const [full] = played.executions.filter(({ status }) => status === 'succeeded');
    expect(full?.path.filter((state) => state.startsWith('Where')).length).toBe(mostPasses + 1);
    expect(full?.historyEvents).toBeGreaterThan(mostPasses);
    expect(full?.historyEvents).toBeLessThan(10_000);
  });

  it('so it is with nothing but the passes that cost the most, and even if each task of each were retried', async () => {
    const played = await confirmed(await sent(Array.from({ length: 30 }, (_, i) => serviceOf(`p${i}`))));
    const [lifecycle] = played.executions;
    const before = lifecycle?.historyEvents ?? 0;
    for (let offer = 0; offer < 20; offer += 1) await declined(played);
    const perPass = ((lifecycle?.historyEvents ?? 0) - before) / 20;
    expect(perPass * mostPasses).toBeLessThan(10_000);
    const tasks = 3;
    const eventsOfARetry = 3;
    expect((perPass + tasks * eventsOfARetry) * mostPasses).toBeLessThan(mostEvents / 2);
  });
});
