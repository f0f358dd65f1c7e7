import { afterAll, describe, expect, it } from 'vitest';
import { moveClock } from '../../../infra/local/move-clock.ts';
import { getTask } from '../../../shared/contracts/routes/tasks.ts';
import { TEST_INSTANCE } from '../local-aws.setup.ts';
import { application } from '../support/deployment.ts';
import { parked, stepsOf } from '../support/executions.ts';
import { eventCounts, offered, offeredTo, respond } from '../support/journeys.ts';

const minute = 60_000;
const hour = 60 * minute;
const instance = TEST_INSTANCE;

afterAll(() => moveClock('reset', { instance }));

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
