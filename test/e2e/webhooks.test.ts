import { Metrics } from '@aws-lambda-powertools/metrics';
import { CloudWatchLogsClient, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { deliverWebhooks } from '../../functions/events/deliver-webhooks.ts';
import { Practitioner, until } from '../../infra/local/actors.ts';
import { sdkConfig } from '../../infra/local/local-only.ts';
import { noticeSender } from '../../shared/adapters/notices.ts';
import { noticeDelivery } from '../../shared/adapters/webhook-delivery.ts';
import { webhooks } from '../../shared/adapters/webhooks.ts';
import type { EventView } from '../../shared/contracts/event.ts';
import { endpoints } from '../../shared/contracts/routes/index.ts';
import { tablesOf } from './support/b-record.ts';
import { aMansReferral, theWorld, type World } from './support/b-world.ts';
import { context } from './support/call.ts';
import { application, stack } from './support/deployment.ts';
import { aboveRetries } from './support/meddle.ts';
import { type Receiver, receiver } from './support/receiver.ts';

/** V: notices to subscribed systems, from the deployed application to a receiver that only knows the specification. */

const caseSystem = 'told-practitioner';
const organisation = 'told-probation';
const hour = 3_600_000;

let world: World;
let practitioner: Practitioner;
let ears: Receiver;
/** Every secret that was ever shown here. */
const shown: string[] = [];
const as = (name: string) => world.as(name);
const put = async (name = caseSystem, to = ears.url) => {
  const { body, status } = await as(name).must(endpoints.putWebhook, { body: { url: to } });
  return { status, body };
};
const stands = async () => (await as(caseSystem).must(endpoints.getWebhook, {})).body;

beforeAll(async () => {
  world = await theWorld();
  practitioner = new Practitioner(world.stack, caseSystem);
  ears = await receiver();
  const { status, body } = await put();
  expect(status).toBe(201);
  if (!('secret' in body)) throw new Error('no secret was shown');
  shown.push(body.secret);
  ears.secrets = [body.secret];
});
afterAll(async () => {
  await as(caseSystem).call(endpoints.removeWebhook, {});
  await ears.close();
});

/** Forgets all failures; what is still due from the test before arrives first. */
beforeEach(async () => {
  ears.answer = () => 204;
  const { status, body } = await put();
  expect(status).toBe(200);
  expect(body).not.toHaveProperty('secret');
});

/** A run of the delivering function in this process, for this webhook alone, at a later time. */
async function run(clockAhead = 0) {
  const { db, clock } = application({ clockAhead });
  const delivery = noticeDelivery(db, clock);
  const webhook = await delivery.find(organisation);
  const all = async () => ({ items: webhook ? [webhook] : [], cursor: null });
  const ports = { clock, delivery: { ...delivery, all }, notices: noticeSender({ local: true }), random: Math.random };
  return deliverWebhooks(ports, new Metrics())({}, context);
}

/** Sends a referral and withdraws it: some events, whose number does not depend on anyone else. */
async function somethingHappens(): Promise<string> {
  const { id } = await practitioner.send(aMansReferral());
  await practitioner.task(id, 'complexity-confirmation');
  await practitioner.change(endpoints.withdrawReferral, id, { reason: 'moved' });
  await practitioner.concluded(id);
  return id;
}

/** A referral's events in an organisation's feed, once all of them have got there. */
async function feedOf(name: string, referralId: string, lastType = 'referral.concluded.v1'): Promise<EventView[]> {
  return until(`the whole of ${referralId} in the feed of ${name}`, async () => {
    const found: EventView[] = [];
    let after: string | undefined;
    for (;;) {
      const query = { limit: 100, ...(after ? { after } : {}) };
      const { body } = await as(name).must(endpoints.listEvents, { query });
      found.push(...body.items.filter((event) => event.referralId === referralId));
      if (body.items.length === 0 || !body.cursor) break;
      after = body.cursor;
    }
    return found.some(({ type }) => type === lastType) ? found : undefined;
  });
}

const takenOf = (referralId: string, { received } = ears): EventView[] =>
  received.filter(({ event, taken }) => taken && event.referralId === referralId).map(({ event }) => event);

/** Equal to the feed: the same events, in the same order, each once. */
async function arrived(referralId: string, from = ears, name = caseSystem): Promise<void> {
  const expected = await feedOf(name, referralId);
  await until(
    `${expected.length} notices`,
    async () => takenOf(referralId, from).length >= expected.length || undefined,
  );
  expect(takenOf(referralId, from)).toEqual(expected);
}

describe('V: a subscribed system', () => {
  it('is told of every event as its feed shows it, in order, signed, and at once', async () => {
    const referralId = await somethingHappens();
    const startedAt = Date.now();
    await arrived(referralId);
    expect(ears.distrusted).toEqual([]);
    // Not left to the minute's run.
    expect(Date.now() - startedAt).toBeLessThan(15_000);
    expect(await stands()).toMatchObject({ organisation, status: 'active', failures: 0, url: ears.url });
  });

  it('that was away for a while is told of all that happened meanwhile; none lost, skipped or out of order', async () => {
    ears.answer = () => 503;
    const referralId = await somethingHappens();
    await until('a failure', async () => (await stands()).status === 'failing' || undefined);
    expect(await stands()).toMatchObject({ lastFailure: { reason: 'answered', status: 503 } });
    expect(takenOf(referralId)).toEqual([]);
    // Asking for a replay meanwhile does not hurry, and so use up, the attempts at what fails.
    const { body: asked } = await as(caseSystem).must(endpoints.replayDeadLetters, {});
    expect([asked.isReplaying, asked.nextAttemptAt]).toEqual([true, expect.any(String)]);
    ears.answer = () => 200;
    await run(hour);
    await arrived(referralId);
    expect((await stands()).status).toBe('active');
  });

  it('is told once, however many runs there are at a time', async () => {
    ears.answer = () => 500;
    const referralId = await somethingHappens();
    const expected = await feedOf(caseSystem, referralId);
    await until('a failure', async () => (await stands()).status === 'failing' || undefined);
    ears.answer = () => 200;
    await Promise.all(Array.from({ length: 8 }, () => run(hour)));
    await arrived(referralId);
    expect(takenOf(referralId)).toHaveLength(expected.length);
  });

  it('whose secret is rotated gets both signatures for a day, then the new one alone', async () => {
    const { body } = await as(caseSystem).must(endpoints.rotateWebhookSecret, {});
    const [former = ''] = ears.secrets;
    shown.push(body.secret);
    expect(body.secret).not.toBe(former);
    expect(Date.parse(body.formerSignUntil) - Date.now()).toBeGreaterThan(23.9 * hour);
    ears.secrets = [former, body.secret];
    const during = await somethingHappens();
    await arrived(during);
    const signed = (id: string) => ears.received.filter(({ event, taken }) => taken && event.referralId === id);
    for (const { signedWith, signatures } of signed(during)) {
      expect({ signedWith, signatures }).toEqual({ signedWith: [former, body.secret], signatures: 2 });
    }
    ears.answer = () => 500;
    const after = await somethingHappens();
    await feedOf(caseSystem, after);
    await until('a failure', async () => (await stands()).status === 'failing' || undefined);
    ears.answer = () => 200;
    await run(25 * hour);
    await arrived(after);
    for (const { signedWith, signatures } of signed(after)) {
      expect({ signedWith, signatures }).toEqual({ signedWith: [body.secret], signatures: 1 });
    }
    ears.secrets = [body.secret, former];
  });

  it('that never takes one event is told of the rest; the one is listed, and replayed once it is mended', async () => {
    let poison = '';
    ears.answer = ({ id, type, referralId: whose }) => {
      if (type === 'complexity.recommended.v1' && poison === '') poison = id;
      return id === poison && whose !== null ? 422 : 200;
    };
    const referralId = await somethingHappens();
    const expected = await feedOf(caseSystem, referralId);
    const letters = async (name = caseSystem, query = {}) => {
      const { body } = await as(name).must(endpoints.listDeadLetters, { query });
      return body.items;
    };
    for (let hours = 2; (await letters()).length === 0; hours += 2) {
      expect(hours).toBeLessThan(40);
      await run(hours * hour);
    }
    await run(48 * hour);
    expect(takenOf(referralId).map(({ id }) => id)).toEqual(expected.map(({ id }) => id).filter((id) => id !== poison));
    const [letter] = await until('one dead letter', async () => {
      const found = await letters();
      return found.length === 1 ? found : undefined;
    });
    expect(letter).toMatchObject({ eventId: poison, referralId, failure: { reason: 'answered', status: 422 } });
    expect(await letters('operations', { organisation })).toEqual([letter]);
    for (const name of ['other-practitioner', 'provider:cambrian-support']) {
      const { status } = await as(name).call(endpoints.listDeadLetters, { query: { organisation } });
      expect({ name, status }).toEqual({ name, status: 404 });
    }

    ears.answer = () => 204;
    const { body } = await as(caseSystem).must(endpoints.replayDeadLetters, {});
    expect(body.isReplaying).toBe(true);
    await until('the replay', async () => {
      await run(48 * hour);
      return takenOf(referralId).some(({ id }) => id === poison) || undefined;
    });
    expect(await until('its end', async () => ((await letters()).length === 0 ? [] : undefined))).toEqual([]);
    expect(new Set(takenOf(referralId).map(({ id }) => id))).toEqual(new Set(expected.map(({ id }) => id)));
  });

  it('that is gone is told nothing more, until it is put again: then all that happened meanwhile', async () => {
    ears.answer = () => 410;
    const referralId = await somethingHappens();
    await feedOf(caseSystem, referralId);
    await until('it to be disabled', async () => (await stands()).status === 'disabled' || undefined);
    expect(await stands()).toMatchObject({ disabledBecause: 'gone' });
    const { body: all } = await as('operations').must(endpoints.listWebhooks, { query: { limit: 100 } });
    expect(all.items.find((webhook) => webhook.organisation === organisation)?.status).toBe('disabled');
    ears.answer = () => 204;
    const tries = ears.received.length;
    await run(90 * 24 * hour);
    expect(ears.received).toHaveLength(tries);
    const refused = await as(caseSystem).call(endpoints.replayDeadLetters, {});
    expect(refused).toMatchObject({ status: 409, body: { type: '/problems/not-possible-now' } });
    await put();
    await run();
    await arrived(referralId);
  });

  it('may not lead inside, and says which part is wrong', async () => {
    for (const url of ['https://169.254.169.254/', 'https://10.0.0.1/', 'http://hooks.example.org/']) {
      const { status, body } = await as(caseSystem).call(endpoints.putWebhook, { body: { url } });
      expect({ url, status, body }).toMatchObject({
        status: 422,
        body: { type: '/problems/rule-refused', errors: [{ pointer: '/url' }] },
      });
    }
  });
});

describe('V: a provider that is subscribed', () => {
  const name = 'provider:northern-pathways';
  let own: Receiver;
  beforeAll(async () => {
    own = await receiver();
    const { body } = await put(name, own.url);
    if (!('secret' in body)) throw new Error('no secret was shown');
    shown.push(body.secret);
    own.secrets = [body.secret];
  });
  afterAll(async () => {
    await as(name).call(endpoints.removeWebhook, {});
    await own.close();
  });

  it('is not told the CRN before it accepts, and is from then on: as in its feed', async () => {
    const facts = aMansReferral();
    const { id: referralId } = await world.practitioner.send(facts);
    await world.practitioner.confirmComplexity(referralId);
    await world.northern.acceptOffer(referralId);
    await world.practitioner.change(endpoints.withdrawReferral, referralId, { reason: 'moved' });
    await until(
      'the withdrawal',
      async () => takenOf(referralId, own).some(({ type }) => type === 'referral.withdrawn.v1') || undefined,
    );
    const told = takenOf(referralId, own);
    const accepted = told.findIndex(({ type }) => type === 'offer.accepted.v1');
    expect(accepted).toBeGreaterThan(0);
    expect(JSON.stringify(told.slice(0, accepted))).not.toContain(facts.crn);
    expect(told.at(-1)?.crn).toBe(facts.crn);
    const feed = await feedOf(name, referralId, 'referral.withdrawn.v1');
    expect(told).toEqual(feed.slice(0, told.length));
    expect(own.distrusted).toEqual([]);
  });
});

describe('V: a secret', () => {
  const saysAny = (text: string): boolean =>
    text.includes('whsec_') || shown.some((one) => text.includes(one.slice(6)));

  it('is shown when it is made and never again, by no route and to nobody', async () => {
    const answers = [
      (await put()).body,
      await stands(),
      (await as('operations').must(endpoints.getWebhook, { query: { organisation } })).body,
      (await as('operations').must(endpoints.listWebhooks, { query: { limit: 100 } })).body,
      (await as(caseSystem).must(endpoints.listDeadLetters, {})).body,
      (await as(caseSystem).must(endpoints.replayDeadLetters, {})).body,
    ];
    expect(saysAny(JSON.stringify(answers))).toBe(false);
    expect(shown).toHaveLength(3);
  });

  it('stands in the private table alone, under a key of its own', async () => {
    const tables = tablesOf(stack);
    const [recorded, kept] = await Promise.all([tables.all(stack.recordTableName), tables.all(stack.privateTableName)]);
    expect(recorded.some(({ pk }) => pk === `WEBHOOK#${organisation}`)).toBe(true);
    expect(saysAny(JSON.stringify(recorded))).toBe(false);
    const holding = kept.filter((item) => saysAny(JSON.stringify(item))).map(({ pk }) => String(pk));
    expect(holding.every((pk) => pk.startsWith('WEBHOOK#'))).toBe(true);
    expect(holding).toContain(`WEBHOOK#${organisation}`);
  });

  it('is in no log, nor is what was sent or where to', async () => {
    const logs = new CloudWatchLogsClient(sdkConfig(stack.endpointUrl));
    const linesOf = async (logGroup: string): Promise<string[]> => {
      const lines: string[] = [];
      const asked = { logGroupName: `/aws/lambda/referrals-${logGroup}` };
      for await (const { events = [] } of paginateFilterLogEvents({ client: logs }, asked)) {
        lines.push(...events.map(({ message = '' }) => message));
      }
      return lines;
    };
    const lines = [...(await linesOf('api')), ...(await linesOf('deliver-webhooks'))];
    for (const name of ['put-webhook', 'rotate-webhook-secret', 'deliver-webhooks', 'get-webhook', 'list-webhooks']) {
      const its = lines.filter((line) => line.includes(`"function_name":"referrals-${name}"`));
      expect({ name, logged: its.length > 0 }).toEqual({ name, logged: true });
    }
    const leaking = lines.filter((line) => saysAny(line) || line.includes('127.0.0.1') || /"crn"/.test(line));
    expect(leaking).toEqual([]);
    logs.destroy();
  });

  it('goes with its webhook, and another one is made for the next', async () => {
    await as(caseSystem).must(endpoints.removeWebhook, {});
    const gone = await as(caseSystem).call(endpoints.getWebhook, {});
    expect(gone).toMatchObject({ status: 404, body: { type: '/problems/not-found' } });
    const tables = tablesOf(stack);
    const pk = `WEBHOOK#${organisation}`;
    expect([await tables.record(pk), await tables.private(pk)]).toEqual([[], []]);
    const told = ears.received.length;
    await somethingHappens();
    await run();
    expect(ears.received).toHaveLength(told);
    const { status, body } = await put();
    expect(status).toBe(201);
    expect('secret' in body && !shown.includes(body.secret)).toBe(true);
  });

  it('takes every dead letter with it, also one that a run sets aside at that moment', async () => {
    const { db, clock } = application();
    const delivery = noticeDelivery(db, clock);
    const own = webhooks(db, clock);
    const name = 'removed-meanwhile';
    await own.create({ organisation: name, role: 'provider', url: ears.url, types: null }, 'whsec_AAAA');
    const lease = await delivery.lease(name);
    if (!lease) throw new Error('no lease');
    const at = new Date().toISOString();
    const setAside = {
      ...{ position: 1, eventPk: 'REFERRAL#none', eventSk: 'EVENT#1', eventId: crypto.randomUUID() },
      ...{ type: 'referral.amended.v1', referralId: null, setAsideAt: at, attempts: 8 },
      failure: { at, reason: 'unreachable' as const, status: null },
    };
    let kept: boolean | undefined;
    // Between what the removal reads and what it writes.
    const meddled = application({
      dynamo: aboveRetries(async ({ command, carryOut }) => {
        if (command.startsWith('TransactWrite')) {
          kept ??= await delivery.advance(lease, { ...lease.webhook, cursor: 1 }, { setAside });
        }
        return carryOut();
      }),
    });
    await webhooks(meddled.db, clock).remove(name);
    expect(kept).toBe(false);
    const tables = tablesOf(stack);
    expect([await tables.record(`WEBHOOK#${name}`), await tables.private(`WEBHOOK#${name}`)]).toEqual([[], []]);
  });

  it('is made once, however many ask at once', async () => {
    await as(caseSystem).must(endpoints.removeWebhook, {});
    const answers = await Promise.all(Array.from({ length: 5 }, () => put()));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
  });
});
