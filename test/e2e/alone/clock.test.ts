import { randomUUID } from 'node:crypto';
import { afterAll, describe, expect, it } from 'vitest';
import { until } from '../../../infra/local/actors.ts';
import { moveClock } from '../../../infra/local/move-clock.ts';
import { listReferrals, sendReferral } from '../../../shared/contracts/routes/referrals.ts';
import { getTask } from '../../../shared/contracts/routes/tasks.ts';
import { dayBegins, londonDate } from '../../../shared/domain/working-days.ts';
import { TEST_INSTANCE } from '../local-aws.setup.ts';
import { tablesOf } from '../support/b-record.ts';
import { application, stack } from '../support/deployment.ts';
import { parked, stepsOf } from '../support/executions.ts';
import { eventCounts, offered, offeredTo, practitioner, respond, send, someone } from '../support/journeys.ts';
import { endContract, onlyServiceIn, placesOf, statePlaces } from '../support/services.ts';

const minute = 60_000;
const hour = 60 * minute;
const instance = TEST_INSTANCE;

afterAll(() => moveClock('reset', { instance }));

describe('L7: a draft that nobody goes on with', () => {
  it('is spoken of, and after 90 days removed with all that it held of the person', async () => {
    const facts = someone();
    const { body: draft } = await practitioner.api.must(sendReferral, {
      body: { ...facts, draft: true },
      idempotencyKey: randomUUID(),
    });
    const { id: taskId } = await practitioner.task(draft.id, 'draft');
    const tables = tablesOf(stack);
    expect(await tables.private(`CRN#${facts.crn}`)).toHaveLength(1);

    const { dueAt } = await practitioner.readTask(taskId);
    const left = async () => Date.parse(dueAt) - (await application().clock.now()).getTime();
    expect(Math.round((await left()) / (24 * hour))).toBe(90);
    await moveClock((await left()) - hour, { instance });
    expect(await practitioner.readTask(taskId)).toMatchObject({ status: 'open', remindedAt: expect.any(String) });
    await moveClock(2 * hour, { instance });
    expect((await practitioner.readTask(taskId)).status).toBe('lapsed');
    expect(await practitioner.read(draft.id)).toMatchObject({
      status: 'concluded',
      endState: 'cancelled',
      endReason: 'abandoned',
      needs: [],
    });
    expect(await tables.private(`CRN#${facts.crn}`)).toEqual([]);
    const { body: found } = await practitioner.api.must(listReferrals, { query: { crn: facts.crn } });
    expect(found.items).toEqual([]);
    await moveClock('reset', { instance });
  });
});

describe('T1, L7: when the deadline of an offer comes', () => {
  it('its provider is reminded, it lapses, the next provider is asked, and a late answer is refused', async () => {
    const { referralId, provider, taskId } = await offered();
    await parked({ referralId });
    const { body } = await provider.api.must(getTask, { params: { taskId } });
    const left = async () => Date.parse(body.dueAt) - (await application().clock.now()).getTime();

    await moveClock((await left()) - hour, { instance });
    const reminded = await provider.api.must(getTask, { params: { taskId } });
    expect(reminded.body.remindedAt).not.toBeNull();
    expect(reminded.body.status).toBe('open');

    await moveClock((await left()) + minute, { instance });
    const late = await respond(provider, taskId, { decision: 'accepted' });
    expect(late).toMatchObject({ status: 409, body: { type: '/problems/task-lapsed' } });
    const next = await offeredTo(referralId, 2);
    expect(next.id).not.toBe(provider.id);
    await parked({ referralId });
    expect((await stepsOf({ referralId })).at(-1)).toBe('Wait for the answers to the offers');
    expect(await eventCounts(referralId)).toMatchObject({
      'task.reminded.v1': 1,
      'task.lapsed.v1': 1,
      'offer.lapsed.v1': 1,
      'offer.made.v1': 2,
    });
  });
});

describe('L3, O4: when a period of a service begins', () => {
  it('the places that were planned for it are offered to those in line, and an ended contract takes its offers back', async () => {
    await moveClock('reset', { instance });
    const area = 'gloucestershire';
    const londonDay = (days: number) => londonDate(new Date(Date.now() + days * 24 * hour));
    const [serviceId, lasting] = [await onlyServiceIn(area, 0), await onlyServiceIn(area, 0)];
    await statePlaces(serviceId, 1, londonDay(1));
    const referralId = await send(someone().with({ area }));
    await practitioner.confirmComplexity(referralId);
    await until('the wait', async () => (await placesOf(serviceId)).waiting === 1 || undefined);

    const next = dayBegins(londonDay(1)).getTime() - Date.now();
    await moveClock(next - minute, { instance });
    expect(await placesOf(serviceId)).toMatchObject({ places: 0, waiting: 1 });
    await moveClock(2 * minute, { instance });
    await offeredTo(referralId, 1);
    expect(await placesOf(serviceId)).toMatchObject({ places: 1, reserved: 1, free: 0, waiting: 0 });

    await statePlaces(lasting, 1);
    await endContract(serviceId, londonDay(1));
    await moveClock(23 * hour, { instance });
    expect(await placesOf(serviceId)).toMatchObject({ reserved: 1 });
    await moveClock(2 * hour, { instance });
    await offeredTo(referralId, 2);
    expect(await placesOf(serviceId)).toMatchObject({ reserved: 0, free: 1 });
    expect(await placesOf(lasting)).toMatchObject({ reserved: 1, free: 0 });
    await moveClock('reset', { instance });
  });
});
