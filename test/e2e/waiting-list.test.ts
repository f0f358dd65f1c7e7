import { randomUUID } from 'node:crypto';
import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { subDays } from 'date-fns';
import { describe, expect, it } from 'vitest';
import { makeOffers } from '../../functions/tasks/make-offers.ts';
import { Operations, Provider, until } from '../../infra/local/actors.ts';
import { inParallel } from '../../infra/local/in-parallel.ts';
import { keys } from '../../shared/adapters/keys.ts';
import { workflowErrors } from '../../shared/contracts/errors.ts';
import { withdrawReferral } from '../../shared/contracts/routes/referrals.ts';
import { listServiceChanges } from '../../shared/contracts/routes/services.ts';
import type { AreaId } from '../../shared/domain/areas.ts';
import type { Referral } from '../../shared/domain/referral.ts';
import { inOrder } from '../../shared/domain/waiting-list.ts';
import { context } from './support/call.ts';
import { application, stack } from './support/deployment.ts';
import { stepsOf } from './support/executions.ts';
import { eventCounts, practitioner, send, someone } from './support/journeys.ts';
import { itsProvider, onlyServiceIn, placesOf, statePlaces } from './support/services.ts';
import { lifecycleOf, readyForOffers, referralOf } from './support/unheard.ts';

const app = application();
const provider = new Provider(stack, itsProvider);
const by = { organisation: 'system', client: 'test' };
const placeOf = ({ groups }: Referral) => groups.map(({ place }) => place.at).join();

/** As the machine does it: again after a fault that passes, of which two hundred at once make some. */
async function offersMade(referralId: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await makeOffers(app)(lifecycleOf(referralId), context);
      return;
    } catch (error) {
      const isRetried = error instanceof Error && workflowErrors.retried.some((name) => name === error.name);
      if (!isRetried || tries >= 8) throw error;
    }
  }
}

const lineOf = async (serviceId: string): Promise<string[]> =>
  inOrder(await app.places.line(serviceId), await app.clock.now()).map(({ referralId }) => referralId);

const offeredOnes = async (ids: string[]): Promise<string[]> => {
  const found = await inParallel(ids, 20, referralOf);
  return found.filter((referral) => placeOf(referral) === 'offered').map(({ id }) => id);
};

async function confirmed(area: AreaId): Promise<string> {
  const referralId = await send(someone().with({ area }));
  await practitioner.confirmComplexity(referralId);
  return referralId;
}

const waiting = (referralId: string) =>
  until(`${referralId} to wait`, async () => (placeOf(await referralOf(referralId)) === 'waiting' ? true : undefined));

describe('L3: two hundred referrals that ask at once for ten places', () => {
  it('get ten offers; the rest wait, and are offered in order what comes free', { timeout: 300_000 }, async () => {
    const area: AreaId = 'northumbria';
    const serviceId = await onlyServiceIn(area, 10);
    const rivals = await inParallel(
      Array.from({ length: 200 }, () => someone().with({ area })),
      10,
      readyForOffers,
    );
    await Promise.all(rivals.map(offersMade));

    const first = await offeredOnes(rivals);
    expect(first).toHaveLength(10);
    expect(await placesOf(serviceId)).toEqual({ places: 10, reserved: 10, confirmed: 0, free: 0, waiting: 190 });
    const line = await lineOf(serviceId);
    expect([...line, ...first].sort()).toEqual([...rivals].sort());

    for (const referralId of first.slice(0, 3)) {
      await practitioner.change(withdrawReferral, referralId, { reason: 'moved' });
    }
    const next = await until('the next three to be offered', async () => {
      const places = await placesOf(serviceId);
      return places.waiting <= 187 ? offeredOnes(line) : undefined;
    });
    expect(next.sort()).toEqual(line.slice(0, 3).sort());
    expect(await placesOf(serviceId)).toEqual({ places: 10, reserved: 10, confirmed: 0, free: 0, waiting: 187 });
    expect(await lineOf(serviceId)).toEqual(line.slice(3));
    expect(await app.places.reconcile(serviceId, by)).toBe(false);
  });
});

describe('L3, L7: a wait', () => {
  it('is shown, has its task, and ends when a provider states another place; its lifecycle stays parked', async () => {
    const area: AreaId = 'durham';
    const serviceId = await onlyServiceIn(area, 1);
    const winner = await confirmed(area);
    await provider.task(winner, 'offer');
    const referralId = await confirmed(area);
    const { owner, subject } = await new Operations(stack).task(referralId, 'waiting-list');
    expect([owner, subject?.services]).toEqual(['operations', [serviceId]]);
    expect((await practitioner.read(referralId)).status).toBe('waiting-list');

    await statePlaces(serviceId, 2);
    await provider.acceptOffer(referralId);
    expect(await placesOf(serviceId)).toMatchObject({ reserved: 1, confirmed: 1, free: 0, waiting: 0 });
    expect(await eventCounts(referralId)).toMatchObject({ 'referral.waiting-listed.v1': 1, 'offer.made.v1': 1 });
    const offersMade = (await stepsOf({ referralId })).filter((step) => step.includes('make the offers'));
    expect(offersMade).toHaveLength(1);
  });

  it('ends for the first in line at a decline, and leaves no trace when it is withdrawn', async () => {
    const area: AreaId = 'norfolk';
    const serviceId = await onlyServiceIn(area, 1);
    const winner = await confirmed(area);
    await provider.task(winner, 'offer');
    const gone = await confirmed(area);
    await waiting(gone);
    const next = await confirmed(area);
    await waiting(next);
    await practitioner.change(withdrawReferral, gone, { reason: 'moved' });
    expect(await lineOf(serviceId)).toEqual([next]);
    await provider.declineOffer(winner, 'no-capacity', 'Nobody is free');
    await provider.task(next, 'offer');
    expect(await placesOf(serviceId)).toMatchObject({ reserved: 1, free: 0, waiting: 0 });
  });

  it('is ended by operations with a service of their choice', async () => {
    const area: AreaId = 'suffolk';
    await onlyServiceIn(area, 0);
    const referralId = await confirmed(area);
    const operations = new Operations(stack);
    const { id } = await operations.task(referralId, 'waiting-list');
    await operations.answer(id, { serviceId: 'northern-accommodation', reason: 'Agreed by telephone' });
    await provider.task(referralId, 'offer');
  });
});

describe('L3: reconciliation', () => {
  const skew = (serviceId: string, expression: string) =>
    app.db.send(
      new UpdateCommand({
        TableName: stack.recordTableName,
        Key: keys.capacity(serviceId),
        UpdateExpression: expression,
        ExpressionAttributeNames: { '#free': 'free' },
        ExpressionAttributeValues: { ':one': 1, ':less': -1 },
      }),
    );

  it('puts counters right that say more than is held, takes away what nobody holds, and says so, once', async () => {
    const area: AreaId = 'surrey';
    const serviceId = await onlyServiceIn(area, 3);
    const referralId = await confirmed(area);
    await provider.task(referralId, 'offer');
    expect(await app.places.reconcile(serviceId, by)).toBe(false);

    await skew(serviceId, 'ADD reserved :one, #free :less');
    const holder = randomUUID();
    const stray = keys.place(serviceId, holder);
    const Item = { ...stray, serviceId, holder, as: 'reserved', referralId: randomUUID() };
    await app.db.send(new PutCommand({ TableName: stack.recordTableName, Item }));
    expect(await app.places.reconcile(serviceId, by)).toBe(true);

    expect(await placesOf(serviceId)).toEqual({ places: 3, reserved: 1, confirmed: 0, free: 2, waiting: 0 });
    const left = await app.db.send(new GetCommand({ TableName: stack.recordTableName, Key: stray }));
    expect(left.Item).toBeUndefined();
    expect(await app.places.reconcile(serviceId, by)).toBe(false);
    const repaired = await until('the repair in the feed', async () => {
      let cursor: string | undefined;
      do {
        const query = { limit: 100, ...(cursor ? { cursor } : {}) };
        const { body } = await practitioner.api.must(listServiceChanges, { query });
        const found = body.items.find((item) => item.serviceId === serviceId && item.type === 'capacity.repaired.v1');
        if (found) return found;
        cursor = body.items.length > 0 ? (body.cursor ?? undefined) : undefined;
      } while (cursor);
      return undefined;
    });
    expect(repaired.data).toMatchObject({ before: { reserved: 2, free: 1 }, after: { reserved: 1, free: 2 } });
  });

  it('lets what providers were like long ago weigh less, whether or not its counters are right', async () => {
    const serviceId = await onlyServiceIn('hampshire', 1);
    const now = await app.clock.now();
    const keep = (since: Date) =>
      app.db.send(
        new UpdateCommand({
          TableName: stack.recordTableName,
          Key: keys.capacity(serviceId),
          UpdateExpression: 'SET answers = :count, answerTime = :time, answersSince = :since',
          ExpressionAttributeValues: { ':count': 21, ':time': 8_400, ':since': since.toISOString() },
        }),
      );
    const kept = async () => (await app.directory.find(serviceId))?.capacity;
    await keep(subDays(now, 80));
    expect(await app.places.reconcile(serviceId, by)).toBe(false);
    expect(await kept()).toMatchObject({ answers: 21, answerTime: 8_400 });
    await keep(subDays(now, 91));
    for (const _ of [1, 2]) expect(await app.places.reconcile(serviceId, by)).toBe(false);
    expect(await kept()).toMatchObject({ answers: 10, answerTime: 4_000 });
  });

  it('goes round the whole directory, a few services at a time', async () => {
    const all = new Set<string>();
    let cursor: string | undefined;
    do {
      const page = await app.directory.all({ limit: 100, cursor });
      for (const { id } of page.items) all.add(id);
      cursor = page.cursor ?? undefined;
    } while (cursor);
    const seen = new Set<string>();
    // Twice round, since the deployed sweeper turns the same wheel.
    for (let turn = 0; turn < all.size; turn += 2) for (const id of await app.places.nextInTurn(5)) seen.add(id);
    expect([...all].filter((id) => !seen.has(id)).length).toBeLessThanOrEqual(10);
  });
});
