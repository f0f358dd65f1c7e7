import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { makeOffers } from '../../functions/tasks/make-offers.ts';
import { Provider, until } from '../../infra/local/actors.ts';
import { inParallel } from '../../infra/local/in-parallel.ts';
import { getReferral, sendReferral, withdrawReferral } from '../../shared/contracts/routes/referrals.ts';
import { listRiskReports, reportRisk } from '../../shared/contracts/routes/risk-reports.ts';
import { respondToTask } from '../../shared/contracts/routes/tasks.ts';
import type { AreaId } from '../../shared/domain/areas.ts';
import type { Referral } from '../../shared/domain/referral.ts';
import { context } from './support/call.ts';
import { application, stack } from './support/deployment.ts';
import { parked, statusOf } from './support/executions.ts';
import { awaitingConfirmation, eventCounts, practitioner, send, someone } from './support/journeys.ts';
import { itsProvider, onlyServiceIn, placesOf } from './support/services.ts';
import { lifecycleOf, readyForOffers, referralOf } from './support/unheard.ts';

describe('One idempotency key', () => {
  const facts = someone();
  const idempotencyKey = randomUUID();
  const post = (body = facts) => practitioner.api.call(sendReferral, { body, idempotencyKey });

  it('sent fifty times at once makes one referral, with one execution and one reply', async () => {
    const replies = await Promise.all(Array.from({ length: 50 }, () => post()));
    const waiting = replies.filter(({ ok }) => !ok);
    expect(waiting.every(({ status, body }) => status === 409 && JSON.stringify(body).includes('in-progress'))).toBe(
      true,
    );
    const sent = replies.filter(({ ok }) => ok);
    expect(sent.length).toBeGreaterThan(0);
    const ids = new Set(sent.map(({ body }) => String((body as { id?: string }).id)));
    expect(ids.size).toBe(1);
    const [referralId = ''] = ids;
    expect(new Set(sent.map(({ headers }) => headers.get('location'))).size).toBe(1);

    const { items } = await application().referrals.list({ by: 'crn', crn: facts.crn }, { limit: 100 });
    expect(items.map(({ id }) => id)).toEqual([referralId]);
    await parked({ referralId });
    expect([await statusOf({ referralId }), await statusOf({ referralId, segment: 2 })]).toEqual([
      'RUNNING',
      undefined,
    ]);
    expect(await eventCounts(referralId)).toMatchObject({ 'referral.sent.v1': 1, 'complexity.recommended.v1': 1 });
  });

  it('with another body is refused', async () => {
    const { status, body } = await post(facts.with({ area: 'gwent' }));
    expect([status, (body as { type?: string }).type]).toEqual([422, '/problems/idempotency-key-reused']);
  });

  it('of one client is not that of another', async () => {
    const { status } = await new Provider(stack, itsProvider).api.call(sendReferral, { body: facts, idempotencyKey });
    expect(status).toBe(403);
  });
});

describe('T1, L3: a service with one place left', () => {
  /** Where a group of needs went: to an offer, or into the line. */
  const placeOf = ({ groups }: Referral) => groups.map(({ place }) => place.at).join();

  it('is offered to one of a hundred referrals that ask for it at once', { timeout: 120_000 }, async () => {
    const area: AreaId = 'cumbria';
    const serviceId = await onlyServiceIn(area, 1);
    const rivals = await inParallel(
      Array.from({ length: 100 }, () => someone().with({ area })),
      10,
      readyForOffers,
    );
    const app = application();
    await Promise.all(rivals.map((referralId) => makeOffers(app)(lifecycleOf(referralId), context)));

    const places = (await inParallel(rivals, 20, referralOf)).map(placeOf);
    expect(places.filter((place) => place === 'offered')).toHaveLength(1);
    expect(places.filter((place) => place === 'waiting')).toHaveLength(99);
    expect(await placesOf(serviceId)).toMatchObject({ places: 1, reserved: 1, confirmed: 0, free: 0 });
  });

  it('over HTTP: eight at once get one offer, its acceptance takes the place, and its end gives it to the next', async () => {
    const area: AreaId = 'cheshire';
    const serviceId = await onlyServiceIn(area, 1);
    const rivals = await Promise.all(Array.from({ length: 8 }, () => send(someone().with({ area }))));
    await Promise.all(rivals.map((referralId) => practitioner.confirmComplexity(referralId)));
    await Promise.all(rivals.map((referralId) => parked({ referralId })));

    const found = await Promise.all(rivals.map(referralOf));
    const [winner, ...others] = found.filter((referral) => placeOf(referral) === 'offered');
    expect(others).toEqual([]);
    expect(winner).toBeDefined();
    expect(found.filter((referral) => placeOf(referral) === 'waiting')).toHaveLength(7);
    expect(await placesOf(serviceId)).toMatchObject({ reserved: 1, confirmed: 0, free: 0 });

    const winnerId = winner?.id ?? '';
    await new Provider(stack, itsProvider).acceptOffer(winnerId);
    expect(await placesOf(serviceId)).toMatchObject({ reserved: 0, confirmed: 1, free: 0 });
    await practitioner.change(withdrawReferral, winnerId, { reason: 'moved' });
    const next = await until('the next in line', async () => {
      const standing = await Promise.all(rivals.map(referralOf));
      return standing.find((referral) => placeOf(referral) === 'offered');
    });
    expect(next.id).not.toBe(winnerId);
    expect(await placesOf(serviceId)).toMatchObject({ reserved: 1, confirmed: 0, free: 0, waiting: 6 });
  });

  it('its acceptance and its withdrawal at once leave the counters at the open allocations', async () => {
    const area: AreaId = 'lincolnshire';
    const serviceId = await onlyServiceIn(area, 4);
    const provider = new Provider(stack, itsProvider);
    const rivals = await Promise.all(Array.from({ length: 4 }, () => send(someone().with({ area }))));
    await Promise.all(rivals.map((referralId) => practitioner.confirmComplexity(referralId)));
    const offers = await Promise.all(rivals.map((referralId) => provider.task(referralId, 'offer')));
    expect(await placesOf(serviceId)).toMatchObject({ reserved: 4, free: 0 });

    await Promise.all(
      rivals.flatMap((referralId, index) => [
        practitioner.change(withdrawReferral, referralId, { reason: 'moved' }),
        provider.answer(offers[index]?.id ?? '', { decision: 'accepted' }).catch(() => undefined),
      ]),
    );
    const open = (await Promise.all(rivals.map(referralOf))).flatMap(({ allocations }) =>
      allocations.filter(({ phase }) => phase !== 'ended'),
    );
    expect(await placesOf(serviceId)).toMatchObject({ reserved: 0, confirmed: open.length, free: 4 - open.length });
  });
});

describe('L3: two providers that are asked at once', () => {
  it('and accept at once: one has it, the other is told that it was withdrawn, and its place is free', async () => {
    const providers = ['northern-pathways', 'thames-futures'].map((id) => new Provider(stack, id));
    const before = await Promise.all(['northern-accommodation', 'thames-accommodation'].map(placesOf));
    const referralId = await readyForOffers(someone().with({ person: { sex: 'male' } }));
    await makeOffers(application(), { parallelOffers: { accommodation: 2 } })(lifecycleOf(referralId), context);
    const asked = await Promise.all(
      providers.map(async (provider) => ({ provider, task: await provider.task(referralId, 'offer') })),
    );

    const replies = await Promise.all(
      asked.map(async ({ provider, task: { id: taskId } }) => {
        const { status, body } = await provider.api.call(respondToTask, {
          params: { taskId },
          body: { decision: 'accepted' },
        });
        return [status, (body as { type?: string }).type];
      }),
    );
    expect(replies.toSorted()).toEqual([
      [202, 'offer'],
      [409, '/problems/task-no-longer-open'],
    ]);
    expect(await eventCounts(referralId)).toMatchObject({
      'offer.made.v1': 2,
      'offer.accepted.v1': 1,
      'offer.withdrawn.v1': 1,
      'allocation.started.v1': 1,
    });
    const after = await Promise.all(['northern-accommodation', 'thames-accommodation'].map(placesOf));
    const taken = after.map(({ reserved, confirmed }, at) => [
      reserved - (before[at]?.reserved ?? 0),
      confirmed - (before[at]?.confirmed ?? 0),
    ]);
    expect(taken.toSorted()).toEqual([
      [0, 0],
      [0, 1],
    ]);
    const loser = asked[replies.findIndex(([status]) => status === 409)];
    const seen = await loser?.provider.api.must(getReferral, { params: { referralId } });
    expect(seen?.body).toMatchObject({
      standing: 'past',
      answers: [{ taskId: loser?.task.id, answer: 'withdrawn' }],
    });
  });
});

describe('E7: reports of risk', () => {
  /** Every reassessment of a referral, with what was reported under it, and whether it was answered. */
  async function reassessmentsOf(referralId: string) {
    const history = await practitioner.history(referralId);
    const ids = (type: string) => history.flatMap((item) => (item.type === type ? [String(item.data.taskId)] : []));
    const { body } = await practitioner.api.must(listRiskReports, { params: { referralId }, query: { limit: 100 } });
    const open = (await practitioner.read(referralId)).openTasks.filter(({ type }) => type === 'risk-reassessment');
    return {
      reported: ids('risk.escalation-reported.v1'),
      answered: ids('risk.reassessed.v1'),
      open: open.map(({ id }) => id),
      kept: body.items.map(({ taskId }) => taskId),
    };
  }
  const aMinuteAgo = () => new Date(Date.now() - 60_000);
  const reports = (referralId: string, count: number) =>
    Array.from({ length: count }, (_, index) => practitioner.reportRisk(referralId, `Concern ${index}`, aMinuteAgo()));

  it('ten at once are ten reports of one reassessment', async () => {
    const referralId = await awaitingConfirmation();
    const replies = await Promise.all(reports(referralId, 10));
    expect(new Set(replies.map(({ body }) => body.id)).size).toBe(10);
    const [taskId = '', ...others] = new Set(replies.map(({ body }) => body.taskId));
    expect(others).toEqual([]);
    const { reported, open, kept } = await reassessmentsOf(referralId);
    expect([reported.length, kept.length, open]).toEqual([10, 10, [taskId]]);
    expect(await eventCounts(referralId)).toMatchObject({ 'task.opened.v1': 2 });
  });

  it('one key sent ten times at once is one report', async () => {
    const referralId = await awaitingConfirmation();
    const request = {
      params: { referralId },
      idempotencyKey: randomUUID(),
      body: { concern: 'Once', observedAt: aMinuteAgo().toISOString() },
    };
    const replies = await Promise.all(Array.from({ length: 10 }, () => practitioner.api.call(reportRisk, request)));
    const taken = replies.filter(({ ok }) => ok).map(({ body }) => JSON.stringify(body));
    expect(new Set(taken).size).toBe(1);
    expect((await reassessmentsOf(referralId)).kept).toHaveLength(1);
  });

  it('at once with an answer and with the conclusion are lost to neither', async () => {
    const referralId = await awaitingConfirmation();
    const { body: first } = await practitioner.reportRisk(referralId, 'The first', aMinuteAgo());
    await Promise.all([
      ...reports(referralId, 5),
      practitioner.reassessRisk(first.taskId, { seriousHarm: 'high' }),
      practitioner.change(withdrawReferral, referralId, { reason: 'moved' }),
    ]);
    await practitioner.concluded(referralId);
    const { reported, answered, open, kept } = await reassessmentsOf(referralId);
    expect([reported.length, kept.toSorted()]).toEqual([6, reported.toSorted()]);
    expect(answered).toEqual([first.taskId]);
    // Those that came before the answer were part of what it answers; the others ask anew, all by one task.
    const unanswered = new Set(reported.filter((taskId) => taskId !== first.taskId));
    expect([...unanswered]).toEqual(open);
    expect(await eventCounts(referralId)).toMatchObject({
      'referral.concluded.v1': 1,
      'risk.reassessed.v1': 1,
      'risk.responsibility-moved.v1': 1,
    });
  });
});
