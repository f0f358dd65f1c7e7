import '../builders/function-environment.ts';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { array, assert, asyncProperty, constantFrom, integer } from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { deliverWebhooks } from '../../functions/events/deliver-webhooks.ts';
import type { NoticeFailure } from '../../shared/domain/webhook.ts';
import { lambdaContext } from '../builders/lambda-context.ts';
import { anEvent, MemoryDelivery } from '../builders/memory-delivery.ts';

const metrics = new Metrics();
const portsOf = (memory: MemoryDelivery) => ({ clock: memory, delivery: memory, notices: memory, random: () => 1 });
const run = (memory: MemoryDelivery, event: unknown = {}) =>
  deliverWebhooks(portsOf(memory), metrics)(event, lambdaContext);

/** What the stream brings of new places in these feeds. */
const newIn = (...organisations: string[]) => ({
  Records: organisations.map((one) => ({ dynamodb: { Keys: { pk: { S: `FEED#${one}` }, sk: { S: 'EVENT#1' } } } })),
});
const refusing: NoticeFailure = { reason: 'answered', status: 500 };
const unfit: NoticeFailure = { reason: 'answered', status: 422 };
const numbers = (memory: MemoryDelivery, ids = memory.taken) => ids.map((id) => Number(id.slice(-12)));
const withEvents = (count: number, memory = new MemoryDelivery()) => {
  for (let n = 1; n <= count; n += 1) memory.feed.push(anEvent(n));
  return memory;
};

/** Lets time pass until nothing more is due, or it is disabled. */
async function settle(memory: MemoryDelivery): Promise<void> {
  for (let runs = 0; runs < 200; runs += 1) {
    await run(memory);
    const { nextAttemptAt, disabled, replay, cursor } = memory.webhook;
    if (disabled || (cursor === memory.feed.length && !replay)) return;
    memory.time = new Date(Math.max(memory.time.getTime() + 60_000, Date.parse(nextAttemptAt ?? '') || 0));
  }
  throw new Error('it never settles');
}

describe('V: notices', () => {
  it('go out in the order of the feed, each once, and are signed with what signs now', async () => {
    const memory = withEvents(60);
    expect(await run(memory)).toEqual({ delivered: 60, failed: 0, setAside: 0, disabled: 0 });
    expect(numbers(memory)).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
    expect(memory.sent[0]?.secrets).toEqual(['whsec_']);
    expect(memory.webhook).toMatchObject({ cursor: 60, failures: 0 });
    expect(await run(memory)).toEqual({ delivered: 0, failed: 0, setAside: 0, disabled: 0 });
    expect(memory.leases).toBe(1);
  });

  it('are told at once when something comes new into a feed, to whose feed it is', async () => {
    const memory = withEvents(2);
    await run(memory, newIn('north-probation', 'directory'));
    expect(memory.sent).toEqual([]);
    await run(memory, newIn('north-probation', 'provider-a', 'provider-a'));
    expect(numbers(memory)).toEqual([1, 2]);
    expect(memory.leases).toBe(1);
  });

  it('show what the feed shows that organisation, and a provider no CRN before it accepts', async () => {
    const provider = new MemoryDelivery();
    const caseSystem = new MemoryDelivery({ role: 'practitioner' });
    for (const memory of [provider, caseSystem]) {
      memory.feed = [anEvent(1, { type: 'offer.made.v1' }), anEvent(2)];
      await run(memory);
    }
    const crnsOf = ({ sent }: MemoryDelivery) => sent.map(({ body }) => JSON.parse(body).crn);
    expect(crnsOf(provider)).toEqual([null, 'X320741']);
    expect(crnsOf(caseSystem)).toEqual(['X320741', 'X320741']);
    expect(Object.keys(JSON.parse(provider.sent[0]?.body ?? '')).sort()).toEqual(
      ['crn', 'data', 'id', 'link', 'occurredAt', 'referralId', 'sequence', 'traceparent', 'type'].sort(),
    );
  });

  it('of types that nobody asked for are passed over, also at the end of the feed', async () => {
    const memory = new MemoryDelivery({ types: ['offer.made.v1'] });
    memory.feed = [anEvent(1), anEvent(2, { type: 'offer.made.v1' }), anEvent(3), undefined, anEvent(5)];
    await run(memory);
    expect(numbers(memory)).toEqual([2]);
    expect(memory.webhook.cursor).toBe(5);
  });

  it('wait for the one that is not taken; none is lost and none overtakes it', async () => {
    const memory = withEvents(5);
    memory.answer = (id) => (numbers(memory, [id])[0] === 3 && memory.sent.length < 6 ? refusing : null);
    await run(memory);
    expect(numbers(memory)).toEqual([1, 2]);
    await run(memory);
    expect(memory.sent).toHaveLength(3);
    await settle(memory);
    expect(numbers(memory)).toEqual([1, 2, 3, 4, 5]);
  });

  it('go on past one that is never taken, which is set aside after one more attempt', async () => {
    const memory = withEvents(4);
    memory.answer = (id) => (numbers(memory, [id])[0] === 2 ? unfit : null);
    await settle(memory);
    expect(numbers(memory)).toEqual([1, 3, 4]);
    expect([...memory.letters.values()]).toMatchObject([{ position: 2, attempts: 9, failure: unfit }]);
    expect(memory.webhook).toMatchObject({ disabled: null, failures: 0, replay: null });
  });

  it('that were set aside while nothing got through arrive by themselves when something does', async () => {
    const memory = withEvents(3);
    memory.answer = () => (memory.time < new Date('2026-06-15T22:00:00.000Z') ? refusing : null);
    await settle(memory);
    expect(numbers(memory).sort()).toEqual([1, 2, 3]);
    expect(memory.letters.size).toBe(0);
  });

  it('that were set aside and are replayed are left alone again where nobody answers', async () => {
    const memory = withEvents(3);
    memory.answer = (id) => (numbers(memory, [id])[0] === 3 ? null : refusing);
    await settle(memory);
    expect([...memory.letters.keys()]).toEqual([1, 2]);
    const before = memory.sent.length;
    memory.webhook = { ...memory.webhook, replay: { after: 0, upTo: 3 } };
    memory.answer = () => ({ reason: 'timed-out', status: null });
    await run(memory);
    expect(memory.sent).toHaveLength(before + 1);
    memory.webhook = { ...memory.webhook, replay: { after: 0, upTo: 3 } };
    memory.answer = () => null;
    await run(memory);
    expect(numbers(memory)).toEqual([3, 1, 2]);
    expect(memory.letters.size).toBe(0);
  });

  it('that were set aside all arrive in the end, also where their replay meets a hiccup', async () => {
    const memory = withEvents(2);
    memory.answer = () => refusing;
    await settle(memory);
    expect([...memory.letters.keys()]).toEqual([1, 2]);
    memory.feed.push(anEvent(3));
    let hiccups = 0;
    memory.answer = (id) => {
      if (numbers(memory, [id])[0] === 3) return null;
      hiccups += 1;
      return hiccups === 1 ? { reason: 'timed-out', status: null } : null;
    };
    await settle(memory);
    expect(numbers(memory)).toEqual([3]);
    memory.feed.push(anEvent(4));
    memory.answer = () => null;
    await settle(memory);
    expect(numbers(memory)).toEqual([3, 4, 1, 2]);
    expect(memory.letters.size).toBe(0);
  });

  it('are never sent unsigned', async () => {
    const memory = withEvents(1);
    memory.secrets = async () => [];
    await run(memory);
    expect(memory.sent).toEqual([]);
  });

  it('are not sent by two runs at once, and what comes during a run is told by it', async () => {
    const memory = withEvents(3);
    let others = Promise.resolve<unknown>(undefined);
    memory.answer = async (id) => {
      if (numbers(memory, [id])[0] === 3 && memory.feed.length === 3) {
        memory.feed.push(anEvent(4));
        others = Promise.all([run(memory, newIn('provider-a')), run(memory)]);
        await others;
      }
      return null;
    };
    await run(memory);
    await others;
    expect(numbers(memory)).toEqual([1, 2, 3, 4]);
    expect(memory.sent).toHaveLength(4);
  });

  it('stop when the webhook was changed under the run, which then keeps nothing', async () => {
    const memory = withEvents(3);
    memory.answer = () => {
      if (memory.sent.length === 2) memory.leaseId = undefined;
      return null;
    };
    await run(memory);
    expect(memory.webhook.cursor).toBe(1);
    await run(memory);
    expect(numbers(memory)).toEqual([1, 2, 2, 3]);
  });

  it('are not sent where it is disabled, which every minute says so', async () => {
    const counted = vi.spyOn(metrics, 'addMetric');
    const memory = withEvents(2);
    memory.answer = () => ({ reason: 'answered', status: 410 });
    await run(memory);
    await run(memory);
    expect(memory.sent).toHaveLength(1);
    const values = (wanted: string) => counted.mock.calls.flatMap(([name, , value]) => (name === wanted ? value : []));
    expect(values('WebhooksDisabled')).toEqual([0, 1]);
    // Once, so that of a second one somebody hears while the first one stands.
    expect(values('WebhooksJustDisabled')).toEqual([1]);
    counted.mockRestore();
  });

  it('that are not taken for long are reported every minute, and each that is set aside when it is', async () => {
    const counted = vi.spyOn(metrics, 'addMetric');
    const values = (wanted: string) => counted.mock.calls.flatMap(([name, , value]) => (name === wanted ? value : []));
    const memory = withEvents(2);
    memory.answer = () => refusing;
    await run(memory);
    memory.time = new Date(memory.time.getTime() + 10_000);
    await run(memory);
    expect(values('OldestWebhookFailingSeconds')).toEqual([0, 10]);
    expect(values('NoticesSetAside')).toEqual([]);
    await settle(memory);
    expect(values('NoticesSetAside')).toEqual([1, 1]);
    // Nothing waits to be told any more.
    await run(memory);
    expect(values('OldestWebhookFailingSeconds').at(-1)).toBe(0);
    counted.mockRestore();
  });

  it('that are set aside or the last straw are reported too where the stream prompted them', async () => {
    const counted = vi.spyOn(metrics, 'addMetric');
    const memory = withEvents(1);
    memory.answer = () => ({ reason: 'answered', status: 410 });
    await run(memory, newIn('provider-a'));
    expect(counted.mock.calls.map(([name, , value]) => [name, value])).toEqual([['WebhooksJustDisabled', 1]]);
    counted.mockRestore();
  });

  it('fail loudly when it is our fault, and give the lease back', async () => {
    const memory = withEvents(1);
    memory.advance = () => Promise.reject(new Error('broken'));
    await expect(run(memory)).rejects.toThrow('of 1 webhooks');
    expect(memory.leaseId).toBeUndefined();
  });

  it('are none of them lost, whatever the receiver does: each is taken, set aside, or still to come', async () => {
    const answers = array(
      constantFrom<NoticeFailure | null>(null, null, refusing, { reason: 'timed-out', status: null }),
      {
        minLength: 1,
        maxLength: 60,
      },
    );
    await assert(
      asyncProperty(answers, integer({ min: 1, max: 12 }), async (given, count) => {
        const memory = withEvents(count);
        let n = 0;
        memory.answer = () => {
          n += 1;
          return given[n % given.length] ?? null;
        };
        await settle(memory);
        const taken = new Set(numbers(memory));
        const aside = new Set(memory.letters.keys());
        const settled = memory.webhook.cursor;
        for (let event = 1; event <= count; event += 1) {
          expect([taken.has(event), aside.has(event), event > settled].filter(Boolean)).toHaveLength(1);
        }
        if (aside.size === 0 && n < 8) expect(numbers(memory)).toEqual([...taken].sort((a, b) => a - b));
      }),
      { numRuns: 60 },
    );
  });
});
