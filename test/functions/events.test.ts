import '../builders/function-environment.ts';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { noteFailedExecution } from '../../functions/events/note-failed-execution.ts';
import { publishEvents } from '../../functions/events/publish-events.ts';
import { startExecutions } from '../../functions/events/start-executions.ts';
import { sweep } from '../../functions/events/sweep.ts';
import { PublishFailed } from '../../shared/adapters/outbox.ts';
import { sendReferral } from '../../shared/domain/commands/send-referral.ts';
import { isRefusal } from '../../shared/domain/decision.ts';
import type { StoredEvent } from '../../shared/ports.ts';
import { busEvent } from '../builders/bus-event.ts';
import { lambdaContext } from '../builders/lambda-context.ts';
import { Memory } from '../builders/memory.ts';
import { aReferral } from '../builders/referral-facts.ts';
import { sender } from '../builders/story.ts';
import { at } from '../builders/times.ts';
import { streamRecord } from './stream-record.ts';

async function sent(memory: Memory, facts = aReferral().with({ area: null })): Promise<string> {
  const command = { referenceNumber: 'BCDF1234', facts: { ...facts }, catalogueVersion: '1', possibleDuplicates: [] };
  const outcome = await memory.referrals.create(
    (context) => sendReferral({ ...command, id: context.newId() }, context),
    { by: sender },
  );
  if (isRefusal(outcome)) throw new Error(outcome.refused);
  return outcome.state.referral.id;
}

describe('Rule 2: the publisher', () => {
  const stored = async (): Promise<StoredEvent[]> => {
    const memory = new Memory();
    await sent(memory);
    return memory.entries;
  };
  /** A batch of the stream, in which these places hold something that is not an event. */
  const batch = (events: StoredEvent[], unreadable: number[] = []) => ({
    Records: events.map((event, index) =>
      streamRecord(`seq-${index}`, unreadable.includes(index) ? { pk: event.pk, sk: event.sk } : event),
    ),
  });
  const publishing = async (Records: ReturnType<typeof batch>, failsAt?: StoredEvent, error?: Error) => {
    const published: StoredEvent[] = [];
    const outbox = {
      publish: async (events: StoredEvent[]) => {
        if (error && events.length > 0) throw error;
        const failed = events.findIndex(({ id }) => id === failsAt?.id);
        published.push(...(failed < 0 ? events : events.slice(0, failed)));
        if (failsAt && failed >= 0) throw new PublishFailed(failsAt, 'InternalFailure');
      },
    };
    const { batchItemFailures } = await publishEvents({ outbox })(Records, lambdaContext);
    return { published: published.map(({ id }) => id), failed: batchItemFailures.map((one) => one.itemIdentifier) };
  };
  const ids = (events: StoredEvent[]) => events.map(({ id }) => id);

  it('sends a batch in the order of the stream, and reports no failure', async () => {
    const events = await stored();
    expect(events).toHaveLength(3);
    expect(await publishing(batch(events))).toEqual({ published: ids(events), failed: [] });
  });

  it('reports the first event that did not get through, by its sequence number', async () => {
    const events = await stored();
    expect(await publishing(batch(events), events[1])).toEqual({
      published: ids(events.slice(0, 1)),
      failed: ['seq-1'],
    });
  });

  it('reports the whole batch when it cannot tell how far it came', async () => {
    const events = await stored();
    expect(await publishing(batch(events), undefined, new Error('no answer'))).toMatchObject({ failed: ['seq-0'] });
  });

  it('skips nothing that it cannot read: it is what is reported, also when a later event fails', async () => {
    const events = await stored();
    expect(await publishing(batch(events, [1]))).toMatchObject({ failed: ['seq-1'] });
    expect(await publishing(batch(events, [1]), events[2])).toMatchObject({ failed: ['seq-1'] });
    expect(await publishing(batch(events, [2]), events[1])).toMatchObject({ failed: ['seq-1'] });
    expect(await publishing(batch(events, [0]))).toMatchObject({ failed: ['seq-0'] });
  });
});

describe('Rule 5: what starts executions', () => {
  const told = (memory: Memory, detail: unknown) => startExecutions(memory)(busEvent(detail), lambdaContext);

  it('told twice starts it once', async () => {
    const memory = new Memory();
    const referralId = await sent(memory);
    const started: string[] = [];
    memory.machines = { ...memory.machines, start: ({ executionId }) => void started.push(executionId) };
    await told(memory, { type: 'referral.sent.v1', referralId });
    await told(memory, { type: 'referral.sent.v1', referralId });
    expect(started).toEqual([referralId]);
  });

  it('told of anything else fails, so that it comes back and is looked at', async () => {
    await expect(told(new Memory(), { type: 'referral.paused.v1', referralId: crypto.randomUUID() })).rejects.toThrow();
    await expect(told(new Memory(), { type: 'referral.sent.v1', referralId: 'X' })).rejects.toThrow();
  });
});

describe('L7: the sweeper', () => {
  afterEach(() => void vi.useRealTimers());

  const sweeping = (memory: Memory) => sweep(memory, new Metrics())({}, lambdaContext);

  it('keeps every clock that has come, and goes on past one that fails', async () => {
    const memory = new Memory();
    const [broken, sound] = [await sent(memory), await sent(memory)];
    memory.now = at('2026-06-24T09:00:00Z');
    const execute = memory.referrals.execute;
    const referrals = {
      ...memory.referrals,
      execute: (...command: Parameters<typeof execute>) =>
        command[0] === broken ? Promise.reject(new Error('broken')) : execute(...command),
    };
    const swept = await sweep({ ...portsOf(memory), referrals }, new Metrics())({}, lambdaContext);
    expect(swept).toMatchObject({ clocks: 1, failed: 1 });
    expect(memory.historyOf(sound).at(-1)?.type).toBe('clock.breached.v1');
    expect(memory.historyOf(broken).at(-1)?.type).toBe('referral.information-requested.v1');
  });

  it('finds nothing to do when nothing is due', async () =>
    expect(await sweeping(new Memory())).toEqual({
      clocks: 0,
      executions: 0,
      requeued: 0,
      periods: 0,
      reminded: 0,
      placed: 0,
      repaired: 0,
      failed: 0,
      more: false,
    }));

  it('reminds, then breaches, and then has said all', async () => {
    const memory = new Memory();
    const referralId = await sent(memory);
    const saidAt = async (time: string) => {
      memory.now = at(time);
      await sweeping(memory);
      return memory.historyOf(referralId).at(-1)?.type;
    };
    expect(await saidAt('2026-06-19T08:59:00Z')).toBe('referral.information-requested.v1');
    expect(await saidAt('2026-06-19T09:00:00Z')).toBe('task.reminded.v1');
    expect(await saidAt('2026-06-22T09:01:00Z')).toBe('clock.breached.v1');
    const said = memory.historyOf(referralId).length;
    await saidAt('2026-07-22T09:01:00Z');
    expect(memory.historyOf(referralId)).toHaveLength(said);
  });

  it('works through every page of what is due, not only the first', async () => {
    const memory = new Memory();
    for (let n = 0; n < 130; n += 1) await sent(memory);
    memory.now = at('2026-06-24T09:00:00Z');
    expect(await sweeping(memory)).toMatchObject({ clocks: 130, failed: 0, more: false });
  });

  it('breaks off between two of a page when its time is up, says so, and has still looked at what comes after', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const memory = new Memory();
    for (let index = 0; index < 3; index += 1) await sent(memory);
    const [ref] = [...memory.roots.keys()].map((id) => ({ referralId: id, executionId: id }));
    if (!ref) throw new Error('there is a referral');
    memory.waiting.push({ ref, since: memory.now.toISOString() });
    memory.now = at('2026-06-24T09:00:00Z');
    const execute = memory.referrals.execute;
    const referrals = {
      ...memory.referrals,
      execute: (...command: Parameters<typeof execute>) => {
        vi.advanceTimersByTime(25_000);
        return execute(...command);
      },
    };
    const swept = () => sweep({ ...portsOf(memory), referrals }, new Metrics())({}, lambdaContext);
    expect(await swept()).toMatchObject({ clocks: 2, executions: 1, failed: 0, more: true });
    expect(await swept()).toMatchObject({ clocks: 1, failed: 0, more: false });
  });

  it('takes up executions that nobody has advanced, after a moment', async () => {
    const memory = new Memory();
    const referralId = await sent(memory);
    const started: string[] = [];
    memory.machines = { ...memory.machines, start: ({ executionId }) => void started.push(executionId) };
    const ref = { referralId, executionId: referralId };
    memory.waiting.push({ ref, since: memory.now.toISOString() });
    memory.now = at('2026-06-15T09:00:10Z');
    await sweeping(memory);
    expect(started).toEqual([]);
    memory.now = at('2026-06-15T09:00:31Z');
    expect(await sweeping(memory)).toMatchObject({ executions: 1 });
    expect(started).toEqual([referralId]);
  });

  it('sends events again that have not left after two minutes', async () => {
    const memory = new Memory();
    const referralId = await sent(memory);
    memory.now = at('2026-06-15T09:01:00Z');
    expect(await sweeping(memory)).toMatchObject({ requeued: 0 });
    memory.now = at('2026-06-15T09:02:01Z');
    expect(await sweeping(memory)).toMatchObject({ requeued: 3 });
    expect(memory.requeued).toEqual(memory.historyOf(referralId).map(({ id }) => id));
  });
});

const portsOf = ({
  clock,
  referrals,
  allocations,
  executions,
  dueTasks,
  reminders,
  groupSessions,
  outbox,
  leadHours,
  directory,
  places,
}: Memory) => ({
  leadHours,
  allocations,
  reminders,
  groupSessions,
  clock,
  referrals,
  executions,
  dueTasks,
  outbox,
  directory,
  places,
});

describe('An execution that failed', () => {
  const told = (memory: Memory, name: string, machine = 'referral-lifecycle') =>
    noteFailedExecution(memory)(
      {
        id: 'e',
        version: '0',
        account: '111122223333',
        time: '2026-06-15T09:00:00Z',
        region: 'eu-west-2',
        resources: [],
        source: 'aws.states',
        'detail-type': 'Step Functions Execution Status Change',
        detail: {
          status: 'FAILED',
          name,
          stateMachineArn: `arn:aws:states:eu-west-2:111122223333:stateMachine:${machine}`,
        },
      },
      lambdaContext,
    );

  it('is told to operations', async () => {
    const memory = new Memory();
    const referralId = await sent(memory);
    await told(memory, `${referralId}-1`);
    expect(memory.roots.get(referralId)?.referral.attention?.reason).toContain('FAILED');
  });

  it('of an earlier segment is of no interest: a later one has taken over', async () => {
    const memory = new Memory();
    const referralId = await sent(memory);
    await told(memory, `${referralId}-2`);
    expect(memory.roots.get(referralId)?.referral.attention).toBeNull();
  });

  it('that nobody knows fails loudly', async () =>
    expect(told(new Memory(), `${crypto.randomUUID()}-1`, 'allocation-delivery')).rejects.toThrow('no referral'));
});
