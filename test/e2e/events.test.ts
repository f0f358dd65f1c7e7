import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../infra/local/actors.ts';
import { type Subscriber, subscriber } from '../../infra/local/demo/subscriber.ts';
import { type EventView, eventSchema } from '../../shared/contracts/event.ts';
import { endpoints } from '../../shared/contracts/routes/index.ts';
import type { EventType } from '../../shared/domain/events.ts';
import { aMansReferral, delivered, outcomesOf, planApproved, theWorld, type World } from './support/b-world.ts';

/** V: one event per change, thin, lossless and in order: on the bus, in the history and in the feeds alike. */

let world: World;
let listener: Subscriber;
const facts = aMansReferral('thames-accommodation');
let referralId: string;
/** The caller's own trace, as W3C writes it. */
const traceOf = () => `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`;
const [sending, confirming] = [traceOf(), traceOf()];

/** The case system of this file alone, so that its feed holds what happens here and nothing else. */
const caseSystem = 'other-practitioner';

beforeAll(async () => {
  world = await theWorld();
  listener = await subscriber(world.stack, `events-${randomUUID().slice(0, 8)}`);
  const { otherPractitioner: practitioner, thames, northern } = world;
  const { body } = await practitioner.api.must(endpoints.sendReferral, {
    body: facts,
    idempotencyKey: randomUUID(),
    headers: { traceparent: sending },
  });
  referralId = body.id;
  const { id: taskId } = await practitioner.task(referralId, 'complexity-confirmation');
  await practitioner.api.must(endpoints.respondToTask, {
    params: { taskId },
    body: { needs: [{ need: 'accommodation', level: 'low' }] },
    headers: { traceparent: confirming },
  });
  const { id: offer } = await thames.task(referralId, 'offer');
  await thames.answer(offer, { decision: 'declined', reason: 'no-capacity' });
  const allocationId = await planApproved(practitioner, northern, referralId);
  await delivered(practitioner, northern, referralId, allocationId, outcomesOf(facts));
  await practitioner.concluded(referralId);
});
afterAll(() => listener.close());

const onTheBus = () => listener.received.filter((event) => event.referralId === referralId);
const history = () => world.otherPractitioner.history(referralId);

/**
 * Everything in a feed from a cursor on, and where to go on from. In small pages, so that there are some; what all other
 * tests have brought about is read in large ones.
 */
async function feed(
  name: string,
  from?: string,
  limit = 10,
): Promise<{ items: EventView[]; cursor: string | undefined }> {
  const items: EventView[] = [];
  let cursor = from;
  for (;;) {
    const { body } = await world
      .as(name)
      .must(endpoints.listEvents, { query: { limit, ...(cursor ? { after: cursor } : {}) } });
    items.push(...body.items);
    cursor = body.cursor ?? cursor;
    if (body.items.length === 0) return { items, cursor };
  }
}

const ofReferral = (events: EventView[]): EventView[] => events.filter((event) => event.referralId === referralId);
const firstOfEach = <T extends { id: string }>(events: readonly T[]): T[] =>
  [...new Map([...events].reverse().map((event) => [event.id, event])).values()].reverse();

/** Waits until the bus has brought all that the history holds. */
const arrived = async () => {
  const all = await history();
  await until('every event of the history on the bus', async () => {
    const ids = new Set(onTheBus().map(({ id }) => id));
    return all.every(({ id }) => ids.has(id)) || undefined;
  });
  return all;
};

describe('On the bus', () => {
  it('every change arrives, in its published shape, gap-free, and equal to the history', async () => {
    const all = await arrived();
    expect(all.map(({ sequence }) => sequence)).toEqual(all.map((_, index) => index + 1));
    const received = firstOfEach(onTheBus()).sort((a, b) => a.sequence - b.sequence);
    expect(
      received.map(({ detail: { id, type, sequence, occurredAt, data } }) => ({
        id,
        type,
        sequence,
        occurredAt,
        data,
      })),
    ).toEqual(all.map(({ id, type, sequence, occurredAt, data }) => ({ id, type, sequence, occurredAt, data })));
    for (const { type, detail } of received) {
      expect(eventSchema(type as EventType).safeParse(detail).error).toBeUndefined();
      expect(detail).toMatchObject({ crn: facts.crn, referralId, link: `/v1/referrals/${referralId}` });
    }
    expect(listener.misshapen).toEqual([]);
  });

  it('what arrives again is the same event', async () => {
    await arrived();
    for (const event of onTheBus()) {
      expect(
        onTheBus()
          .filter(({ id }) => id === event.id)
          .every(({ sequence }) => sequence === event.sequence),
      ).toBe(true);
    }
  });

  it("a caller's trace stands in the events of its command and in no other", async () => {
    const all = firstOfEach(onTheBus());
    const typesOf = (trace: string) => all.filter(({ detail }) => detail.traceparent === trace).map(({ type }) => type);
    expect(typesOf(sending)).toEqual(['referral.sent.v1']);
    expect(typesOf(confirming)).toEqual(['complexity.confirmed.v1']);
    const others = all.filter(({ type }) => type !== 'referral.sent.v1' && type !== 'complexity.confirmed.v1');
    for (const { detail } of others) expect([sending, confirming]).not.toContain(detail.traceparent);
  });

  it('a trace that is none is dropped and fails nothing', async () => {
    const { body } = await world.otherPractitioner.api.must(endpoints.sendReferral, {
      body: aMansReferral(),
      idempotencyKey: randomUUID(),
      headers: { traceparent: 'not a trace' },
    });
    const [sent] = await until('its first event', async () => {
      const own = listener.received.filter((event) => event.referralId === body.id);
      return own.length > 0 ? own : undefined;
    });
    expect(sent?.detail.traceparent).toBeNull();
  });

  it('one referral ends with exactly one conclusion', async () => {
    await arrived();
    expect(firstOfEach(onTheBus()).filter(({ type }) => type === 'referral.concluded.v1')).toHaveLength(1);
  });

  it('a change of the directory arrives too, of nobody', async () => {
    const serviceId = `events-${randomUUID().slice(0, 8)}`;
    const { body } = await world
      .as('court')
      .must(endpoints.getService, { params: { serviceId: 'northern-accommodation' } });
    const { id: _id, availability: _places, effectiveness: _figures, version: _version, ...described } = body;
    const params = { serviceId };
    const manager = world.as('contract-manager');
    const put = await manager.must(endpoints.putService, {
      params,
      ifNoneMatch: '*',
      body: { ...described, areas: ['norfolk'] },
    });
    await world.northern.api.must(endpoints.stateAvailability, {
      params,
      ifMatch: put.etag ?? '',
      body: { places: 2 },
    });
    const own = await until('two events of the service', async () => {
      const found = firstOfEach(listener.received.filter(({ detail }) => detail.link === `/v1/services/${serviceId}`));
      return found.length >= 2 ? found : undefined;
    });
    expect(own.map(({ type, sequence, referralId: whose }) => ({ type, sequence, whose }))).toEqual([
      { type: 'service.published.v1', sequence: 1, whose: null },
      { type: 'capacity.stated.v1', sequence: 2, whose: null },
    ]);
    for (const { detail } of own) expect(detail).toMatchObject({ crn: null });
  });
});

describe('GET /v1/events', () => {
  /** All the events of the referral in a feed, once they are all there. */
  const whole = (name: string, count: number) =>
    until(`${count} events in the feed of ${name}`, async () => {
      const own = firstOfEach(ofReferral((await feed(name)).items));
      return own.length >= count ? own : undefined;
    });

  it('gives the case system every event of its referral, in the order of publication, equal to the bus', async () => {
    const all = await arrived();
    const own = await whole(caseSystem, all.length);
    expect(own.map(({ sequence }) => sequence)).toEqual(all.map(({ sequence }) => sequence));
    const bus = new Map(onTheBus().map(({ id, detail }) => [id, detail]));
    for (const event of own) expect(event).toEqual(bus.get(event.id));
  });

  it('gives a provider its own events only, and no CRN with those that come before it accepts', async () => {
    const all = await arrived();
    const thames = await whole('provider:thames-futures', 3);
    expect(thames.map(({ type }) => type)).toEqual(['task.opened.v1', 'offer.made.v1', 'offer.declined.v1']);
    expect(thames.every(({ crn }) => crn === null)).toBe(true);
    const northern = await whole('provider:northern-pathways', 15);
    const accepted = northern.findIndex(({ type }) => type === 'offer.accepted.v1');
    expect(accepted).toBeGreaterThan(0);
    expect(northern.slice(0, accepted).every(({ crn }) => crn === null)).toBe(true);
    expect(northern.at(-1)).toMatchObject({ type: 'referral.concluded.v1', crn: facts.crn });
    expect(JSON.stringify(northern)).not.toContain('thames');
    const known = new Set(all.map(({ id }) => id));
    expect(northern.every(({ id }) => known.has(id))).toBe(true);
    for (const type of ['referral.sent.v1', 'complexity.confirmed.v1', 'candidates.ranked.v1', 'offer.declined.v1']) {
      expect(northern.map((event) => event.type)).not.toContain(type);
    }
  });

  it('gives others nothing of it', async () => {
    for (const name of ['provider:cambrian-support', 'practitioner', 'court', 'contract-manager', 'operations']) {
      expect(ofReferral((await feed(name, undefined, 100)).items)).toEqual([]);
    }
  });

  it('goes on from the last cursor with what is new, and only that', async () => {
    await arrived();
    await whole(caseSystem, (await history()).length);
    const { items: read, cursor } = await feed(caseSystem);
    expect(cursor).toBeDefined();
    const { body } = await world.otherPractitioner.api.must(endpoints.sendReferral, {
      body: aMansReferral(),
      idempotencyKey: randomUUID(),
    });
    const fresh = await until('the new referral in the feed', async () => {
      const { items } = await feed(caseSystem, cursor);
      return items.some((event) => event.referralId === body.id) ? items : undefined;
    });
    expect(ofReferral(fresh)).toEqual([]);
    const known = new Set(read.map(({ id }) => id));
    expect(fresh.filter(({ id }) => known.has(id))).toEqual([]);
  });
});

describe('Republishing', () => {
  it('sends every event of a referral again, and is itself an event', async () => {
    const before = await arrived();
    const { body } = await world
      .as('operations')
      .must(endpoints.republish, { body: { referralId, reason: 'The subscriber lost its queue' } });
    expect(body).toEqual({ referralId, count: before.length });
    await until('every event a second time', async () => {
      const counts = Map.groupBy(onTheBus(), ({ id }) => id);
      return before.every(({ id }) => (counts.get(id)?.length ?? 0) >= 2) || undefined;
    });
    const after = await arrived();
    expect(after.slice(before.length)).toMatchObject([
      { type: 'events.republished.v1', sequence: before.length + 1, data: { count: before.length } },
    ]);
    // The feeds go on working, with what was sent again in them.
    const own = ofReferral((await feed(caseSystem)).items);
    expect(firstOfEach(own).map(({ sequence }) => sequence)).toEqual(after.map(({ sequence }) => sequence));
  });

  it('of what is unpublished finds nothing when everything has left', async () => {
    await arrived();
    const { body } = await world.as('operations').must(endpoints.republish, { body: { reason: 'To be sure' } });
    expect(body.referralId).toBeNull();
    expect(body.count).toBeLessThanOrEqual(100);
  });
});
