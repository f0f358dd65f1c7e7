import { describe, expect, it } from 'vitest';
import { respondToTask as respondToTaskIn } from '../../functions/api/respond-to-task.ts';
import { park } from '../../functions/tasks/park.ts';
import { Operations, Provider } from '../../infra/local/actors.ts';
import { sampleProviders } from '../../infra/local/sample-directory.ts';
import { referrals as referralsOf } from '../../shared/adapters/referrals.ts';
import { withdrawReferral } from '../../shared/contracts/routes/referrals.ts';
import { getTask, respondToTask } from '../../shared/contracts/routes/tasks.ts';
import type { Executions } from '../../shared/ports.ts';
import { call, context } from './support/call.ts';
import { application, stack } from './support/deployment.ts';
import { detached, ended, looksOf, parked, parkInput, stepsOf } from './support/executions.ts';
import { eventCounts, offered, offeredTo, practitioner, respond, sentIncomplete } from './support/journeys.ts';
import { sweptOnly } from './support/sweeper.ts';

const facts = { setting: 'community' } as const;
const accepted = { decision: 'accepted' } as const;
const declined = { decision: 'declined', reason: 'no-capacity' } as const;

describe.concurrent('An answer and the token of the execution that waits for it, in every order', () => {
  it('attached, then answered: the answer redeems the token', async () => {
    const referralId = await sentIncomplete();
    await parked({ referralId });
    const before = await looksOf({ referralId });
    const { id } = await practitioner.task(referralId, 'missing-information');
    expect((await respond(practitioner, id, facts)).status).toBe(202);
    await practitioner.task(referralId, 'complexity-confirmation');
    expect(await looksOf({ referralId })).toBe(before + 1);
  });

  it('answered, then attached: attaching redeems the token at once', async () => {
    const referralId = await sentIncomplete();
    const token = await detached({ referralId });
    const { id } = await practitioner.task(referralId, 'missing-information');
    expect((await respond(practitioner, id, facts)).status).toBe(202);
    expect((await stepsOf({ referralId })).at(-1)).toBe('Assessment: wait for the missing facts');

    await park(application())(parkInput({ referralId }, token), context);
    await practitioner.task(referralId, 'complexity-confirmation');
    expect(await eventCounts(referralId)).toMatchObject({ 'complexity.recommended.v1': 1 });
  });

  it('attached between the commit of the answer and its look for a token: the token is redeemed once', async () => {
    const referralId = await sentIncomplete();
    const token = await detached({ referralId });
    const before = await looksOf({ referralId });
    const { id } = await practitioner.task(referralId, 'missing-information');
    const inProcess = application();
    const executions: Executions = {
      ...inProcess.executions,
      wake: async (key) => {
        await park(inProcess)(parkInput({ referralId }, token), context);
        return inProcess.executions.wake(key);
      },
    };
    const referrals = referralsOf({ client: inProcess.db, clock: inProcess.clock, executions });
    const handler = respondToTaskIn({ ...inProcess, referrals });
    const reply = await call(handler, respondToTask, 'practitioner', { params: { taskId: id }, body: facts });
    expect(reply.status).toBe(202);

    await practitioner.task(referralId, 'complexity-confirmation');
    await parked({ referralId });
    expect(await looksOf({ referralId })).toBe(before + 1);
  });

  it('a token that was redeemed already does not matter: the record is the truth', async () => {
    const { referralId, provider, taskId } = await offered();
    await parked({ referralId });
    await respond(provider, taskId, accepted);
    await parked({ referralId });
    const looks = await looksOf({ referralId });
    await application().executions.advance({ referralId, executionId: referralId });
    expect(await looksOf({ referralId })).toBe(looks);
  });
});

describe.concurrent('One task has one answer', () => {
  it('given twice, it gets the same reply and has its effect once', async () => {
    const { referralId, provider, taskId } = await offered();
    const first = await respond(provider, taskId, accepted);
    const second = await respond(provider, taskId, accepted);
    expect(first.status).toBe(202);
    expect([second.status, second.body]).toEqual([first.status, first.body]);
    expect(await eventCounts(referralId)).toMatchObject({ 'offer.accepted.v1': 1, 'allocation.started.v1': 1 });
  });

  it('another one is refused, and the first stands', async () => {
    const { referralId, provider, taskId } = await offered();
    await respond(provider, taskId, accepted);
    expect(await respond(provider, taskId, declined)).toMatchObject({
      status: 409,
      body: { type: '/problems/already-answered-differently' },
    });
    expect(await eventCounts(referralId)).not.toHaveProperty('offer.declined.v1');
  });

  it('the same one given by two at once gets two equal replies and has its effect once', async () => {
    const { referralId, provider, taskId } = await offered();
    const [one, two] = await Promise.all([respond(provider, taskId, accepted), respond(provider, taskId, accepted)]);
    expect([one.status, two.status]).toEqual([202, 202]);
    expect(two.body).toEqual(one.body);
    expect(await eventCounts(referralId)).toMatchObject({ 'offer.accepted.v1': 1, 'allocation.started.v1': 1 });
  });

  it('of two different ones at once exactly one is taken', async () => {
    const { referralId, provider, taskId } = await offered();
    const replies = await Promise.all([respond(provider, taskId, accepted), respond(provider, taskId, declined)]);
    expect(replies.map(({ status }) => status).sort()).toEqual([202, 409]);
    const loser = replies.find(({ ok }) => !ok);
    expect(loser?.body).toMatchObject({ type: '/problems/already-answered-differently' });
    const counts = await eventCounts(referralId);
    expect((counts['offer.accepted.v1'] ?? 0) + (counts['offer.declined.v1'] ?? 0)).toBe(1);
  });

  it('is refused once the task has been withdrawn', async () => {
    const { referralId, provider, taskId } = await offered();
    await practitioner.change(withdrawReferral, referralId, { reason: 'moved' });
    expect(await respond(provider, taskId, accepted)).toMatchObject({
      status: 409,
      body: { type: '/problems/task-no-longer-open' },
    });
    expect(await ended({ referralId })).toBe('SUCCEEDED');
  });
});

describe.concurrent('L3, T1: an offer that lapsed', () => {
  it('stays lapsed, and the next provider is asked', async () => {
    const { referralId, provider, taskId } = await offered();
    const { ahead } = await afterDeadline(provider, taskId);
    await sweptOnly({ referralId, taskId }, ahead);
    const answer = await respond(provider, taskId, accepted);
    expect(answer).toMatchObject({ status: 409, body: { type: '/problems/task-lapsed' } });

    const next = await offeredTo(referralId, 2);
    expect(next.id).not.toBe(provider.id);
    expect((await next.acceptOffer(referralId)).length).toBeGreaterThan(0);
    expect(await eventCounts(referralId)).toMatchObject({
      'task.lapsed.v1': 1,
      'offer.lapsed.v1': 1,
      'offer.accepted.v1': 1,
    });
  });

  it('is lapsed from its deadline on, even before anybody has swept', async () => {
    const { referralId, provider, taskId } = await offered();
    const { ahead, before } = await afterDeadline(provider, taskId);
    const at = (clockAhead: number) => {
      const handler = respondToTaskIn(application({ clockAhead }));
      return call(handler, respondToTask, `provider:${provider.id}`, { params: { taskId }, body: accepted });
    };
    expect(await at(ahead)).toMatchObject({ status: 409, body: { type: '/problems/task-lapsed' } });
    expect(await eventCounts(referralId)).not.toHaveProperty('offer.accepted.v1');
    expect(await at(before)).toMatchObject({ status: 202 });
  });

  it('was either answered or lapsed when both come at once, never both', async () => {
    const { referralId, provider, taskId } = await offered();
    const { ahead } = await afterDeadline(provider, taskId);
    const [, answer] = await Promise.all([
      sweptOnly({ referralId, taskId }, ahead),
      respond(provider, taskId, accepted),
    ]);
    const { 'offer.accepted.v1': taken = 0, 'offer.lapsed.v1': lapsed = 0 } = await eventCounts(referralId);
    expect([taken, lapsed, answer.status]).toEqual(taken ? [1, 0, 202] : [0, 1, 409]);
  });
});

describe.concurrent('Only its owner may answer a task', () => {
  it('to another provider, and to a practitioner, an offer does not exist', async () => {
    const { referralId, provider, taskId } = await offered();
    for (const { id } of sampleProviders.filter(({ id }) => id !== provider.id)) {
      expect(await respond(new Provider(stack, id), taskId, accepted)).toMatchObject({
        status: 404,
        body: { type: '/problems/not-found' },
      });
    }
    expect((await respond(practitioner, taskId, accepted)).status).toBe(404);
    expect(await eventCounts(referralId)).not.toHaveProperty('offer.accepted.v1');
  });

  it('operations see it and may not answer it', async () => {
    const { referralId, provider, taskId } = await offered();
    expect(await respond(new Operations(stack), taskId, accepted)).toMatchObject({
      status: 403,
      body: { type: '/problems/forbidden' },
    });
    expect(await eventCounts(referralId)).not.toHaveProperty('offer.accepted.v1');
    expect((await respond(provider, taskId, accepted)).status).toBe(202);
  });
});

/** How far a clock must be ahead to stand a minute after a task's deadline, and a minute before it. */
async function afterDeadline({ api }: Provider, taskId: string): Promise<{ ahead: number; before: number }> {
  const { body } = await api.must(getTask, { params: { taskId } });
  const { now } = application().clock;
  const left = Date.parse(body.dueAt) - (await now()).getTime();
  return { ahead: left + 60_000, before: left - 60_000 };
}
