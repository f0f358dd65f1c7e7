import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, it } from 'vitest';
import { pauseReferral as pauseReferralIn } from '../../functions/api/pause-referral.ts';
import { redrive as redriveIn } from '../../functions/api/redrive.ts';
import { respondToTask as respondToTaskIn } from '../../functions/api/respond-to-task.ts';
import { startExecutions } from '../../functions/events/start-executions.ts';
import { makeOffers } from '../../functions/tasks/make-offers.ts';
import { park } from '../../functions/tasks/park.ts';
import { recommendComplexity } from '../../functions/tasks/recommend-complexity.ts';
import { renew } from '../../functions/tasks/renew.ts';
import { keys } from '../../shared/adapters/keys.ts';
import { redrive } from '../../shared/contracts/routes/operations.ts';
import { pauseReferral, withdrawReferral } from '../../shared/contracts/routes/referrals.ts';
import { respondToTask } from '../../shared/contracts/routes/tasks.ts';
import { call, context } from './support/call.ts';
import { application, stack } from './support/deployment.ts';
import { detached, ended, looksOf, parked, parkInput, statusOf, stepsOf, wokenLate } from './support/executions.ts';
import { allocated, eventCounts, practitioner, respond, sentIncomplete, someone } from './support/journeys.ts';
import { dying } from './support/meddle.ts';
import { swept } from './support/sweeper.ts';
import { aMinuteAgo, sentUnheard } from './support/unheard.ts';

const facts = { setting: 'community' } as const;

/** A process of the application that ends at some call, a minute ago. */
const dyingApplication = (...at: Parameters<typeof dying>) => {
  const death = dying(...at);
  return { ...application({ ...death, clockAhead: aMinuteAgo }), isDead: death.isDead };
};

/** Every segment of the referral's own execution was started, and no other. */
async function expectSegments(referralId: string, segments: number): Promise<void> {
  for (let segment = 1; segment <= segments; segment += 1) {
    expect(await statusOf({ referralId, segment })).toBeDefined();
  }
  expect(await statusOf({ referralId, segment: segments + 1 })).toBeUndefined();
}

/** As if a minute had gone by since its execution was asked for: so long that the sweeper sees to it. */
async function hasWaitedAMinute(referralId: string): Promise<void> {
  const { db, clock } = application({ clockAhead: aMinuteAgo });
  await db.send(
    new UpdateCommand({
      TableName: stack.recordTableName,
      Key: keys.execution(referralId, referralId),
      UpdateExpression: 'SET workAt = :at',
      ConditionExpression: 'attribute_exists(workKey)',
      ExpressionAttributeValues: { ':at': (await clock.now()).toISOString() },
    }),
  );
}

describe.concurrent('A crash between the commit of a referral and the start of its execution', () => {
  it('whoever should have started it never did: the sweeper does, once', async () => {
    const referralId = await sentUnheard();
    await Promise.all([swept(), swept()]);
    await practitioner.task(referralId, 'complexity-confirmation');
    await parked({ referralId });
    await expectSegments(referralId, 1);
    expect(await looksOf({ referralId })).toBe(1);
    expect(await eventCounts(referralId)).toMatchObject({ 'referral.sent.v1': 1, 'complexity.recommended.v1': 1 });
  });

  it('started, but not noted: it is not started again', async () => {
    // Sent just now, so that no other test's sweep takes it up before this process starts it.
    const referralId = await sentUnheard(someone(), 0);
    const process = dyingApplication('after', 'StartExecutionCommand');
    const sent = { detail: { type: 'referral.sent.v1', referralId } };
    await expect(startExecutions(process)(sent as never, context)).rejects.toThrow();
    await practitioner.task(referralId, 'complexity-confirmation');
    expect(process.isDead()).toBe(true);

    await hasWaitedAMinute(referralId);
    await swept();
    const { executions } = application();
    expect(await executions.find({ referralId, executionId: referralId })).toMatchObject({ startedSegment: 1 });
    await expectSegments(referralId, 1);
    expect(await eventCounts(referralId)).toMatchObject({ 'complexity.recommended.v1': 1 });
  });
});

describe.concurrent('A crash between the commit of an answer and the redemption of its token', () => {
  it.each([
    ['after', 'TransactWriteItemsCommand', 0],
    ['before', 'SendTaskSuccessCommand', 0],
    ['after', 'SendTaskSuccessCommand', 1],
  ] as const)('%s %s: the sweeper resumes it, and it is looked at once', async (when, command, looked) => {
    const referralId = await sentIncomplete();
    await parked({ referralId });
    const before = await looksOf({ referralId });
    const { id: taskId } = await practitioner.task(referralId, 'missing-information');
    const process = dyingApplication(when, command);
    const request = { params: { taskId }, body: facts };
    expect((await call(respondToTaskIn(process), respondToTask, 'practitioner', request)).status).toBe(500);
    expect(process.isDead()).toBe(true);
    if (looked === 0) expect(await looksOf({ referralId })).toBe(before);
    // Whoever never heard back says it again.
    expect((await respond(practitioner, taskId, facts)).status).toBe(202);

    await swept();
    await practitioner.task(referralId, 'complexity-confirmation');
    await parked({ referralId });
    expect(await looksOf({ referralId })).toBe(before + 1);
    expect(await eventCounts(referralId)).toMatchObject({
      'referral.information-supplied.v1': 1,
      'complexity.recommended.v1': 1,
    });
  });

  it('one of two executions was woken: the sweeper wakes the other', async () => {
    const { referralId, allocationId } = await allocated();
    await Promise.all([parked({ referralId }), parked({ referralId, executionId: allocationId })]);
    const { etag: ifMatch } = await practitioner.read(referralId);
    const process = dyingApplication('after', 'SendTaskSuccessCommand');
    const request = { params: { referralId }, body: { reason: 'recalled' as const }, ifMatch };
    await call(pauseReferralIn(process), pauseReferral, 'practitioner', request);
    expect(process.isDead()).toBe(true);

    await swept();
    for (const executionId of [referralId, allocationId]) {
      await parked({ referralId, executionId });
      expect((await stepsOf({ referralId, executionId })).at(-1)).toBe('Paused: wait until the work goes on');
    }
    expect(await eventCounts(referralId)).toMatchObject({ 'referral.paused.v1': 1 });
  });
});

describe.concurrent('A crash between the attachment of a token and the look at what it waits for', () => {
  it('nothing has moved: the answer finds the token', async () => {
    const referralId = await sentIncomplete();
    const token = await detached({ referralId });
    const process = dyingApplication('after', 'PutItemCommand');
    await expect(park(process)(parkInput({ referralId }, token), context)).rejects.toThrow();

    const { id } = await practitioner.task(referralId, 'missing-information');
    expect((await respond(practitioner, id, facts)).status).toBe(202);
    await practitioner.task(referralId, 'complexity-confirmation');
    expect(await eventCounts(referralId)).toMatchObject({ 'complexity.recommended.v1': 1 });
  });

  it('it had been answered: the next attempt of the same state redeems', async () => {
    const referralId = await sentIncomplete();
    const token = await detached({ referralId });
    const { id } = await practitioner.task(referralId, 'missing-information');
    expect((await respond(practitioner, id, facts)).status).toBe(202);
    const process = dyingApplication('after', 'PutItemCommand');
    const input = parkInput({ referralId }, token);
    await expect(park(process)(input, context)).rejects.toThrow();
    expect((await stepsOf({ referralId })).at(-1)).toBe('Assessment: wait for the missing facts');

    await park(application())({ ...input, retries: input.retries + 1 }, context);
    await practitioner.task(referralId, 'complexity-confirmation');
  });

  it('both sides crashed: the sweeper redeems', async () => {
    const referralId = await sentIncomplete();
    const token = await detached({ referralId });
    const { id: taskId } = await practitioner.task(referralId, 'missing-information');
    const parking = dyingApplication('after', 'PutItemCommand');
    await expect(park(parking)(parkInput({ referralId }, token), context)).rejects.toThrow();
    const answering = dyingApplication('after', 'TransactWriteItemsCommand');
    await call(respondToTaskIn(answering), respondToTask, 'practitioner', { params: { taskId }, body: facts });
    expect(answering.isDead()).toBe(true);

    await swept();
    await practitioner.task(referralId, 'complexity-confirmation');
    expect(await eventCounts(referralId)).toMatchObject({ 'complexity.recommended.v1': 1 });
  });
});

describe.concurrent('A crash on either side of a renewal', () => {
  it.each([
    ['before', 'UpdateItemCommand'],
    ['after', 'UpdateItemCommand'],
    ['after', 'StartExecutionCommand'],
  ] as const)('%s %s: one segment takes over, once, and the old one ends quietly', async (when, command) => {
    const referralId = await sentIncomplete();
    const { token } = await parked({ referralId });
    const process = dyingApplication(when, command);
    const ref = { referralId, executionId: referralId, segment: 1 };
    await expect(renew(process)(ref, context)).rejects.toThrow();
    expect(process.isDead()).toBe(true);
    // The machine tries again what crashed; unless it is lost altogether, and then the sweeper is left.
    if (when === 'before') await renew(application())(ref, context);
    await swept();

    const second = await parked({ referralId });
    expect(second).toMatchObject({ segment: 2 });
    await wokenLate(token);
    expect(await ended({ referralId })).toBe('SUCCEEDED');
    expect((await stepsOf({ referralId })).at(-1)).toBe('A later segment has taken over');

    const { id } = await practitioner.task(referralId, 'missing-information');
    await respond(practitioner, id, facts);
    await practitioner.task(referralId, 'complexity-confirmation');
    await practitioner.change(withdrawReferral, referralId, { reason: 'moved' });
    expect(await ended({ referralId, segment: 2 })).toBe('SUCCEEDED');
    await expectSegments(referralId, 2);
    expect(await eventCounts(referralId)).toMatchObject({ 'complexity.recommended.v1': 1, 'referral.concluded.v1': 1 });
  });

  it('a redrive that crashed after its commit is carried out by the sweeper, and leaves no old execution behind', async () => {
    const referralId = await sentIncomplete();
    await parked({ referralId });
    const process = dyingApplication('after', 'TransactWriteItemsCommand');
    const request = { body: { referralId, reason: 'Stuck' } };
    expect((await call(redriveIn(process), redrive, 'operations', request)).status).toBe(500);

    await swept();
    expect(await parked({ referralId })).toMatchObject({ segment: 2 });
    expect(await ended({ referralId })).toBe('SUCCEEDED');
    await expectSegments(referralId, 2);
  });
});

describe.concurrent('A step of the lifecycle that crashed after its commit', () => {
  it('does nothing the second time', async () => {
    // All of it happens now: a sweep of another test leaves alone what is not half a minute old.
    const referralId = await sentUnheard(undefined, 0);
    const ref = { referralId, executionId: referralId, segment: 1 };
    const crashed = () => application(dying('after', 'TransactWriteItemsCommand'));
    await expect(recommendComplexity(crashed())(ref, context)).rejects.toThrow();
    await recommendComplexity(application())(ref, context);
    expect(await eventCounts(referralId)).toMatchObject({ 'complexity.recommended.v1': 1 });

    const confirming = application();
    const { id: taskId, subject } = await practitioner.task(referralId, 'complexity-confirmation');
    const needs = (subject?.needs ?? []).map(({ need }) => ({ need, level: 'low' }));
    const answer = { params: { taskId }, body: { needs } as never };
    expect((await call(respondToTaskIn(confirming), respondToTask, 'practitioner', answer)).status).toBe(202);
    await expect(makeOffers(crashed())(ref, context)).rejects.toThrow();
    await makeOffers(application())(ref, context);

    await application().executions.advance({ referralId, executionId: referralId });
    await parked({ referralId });
    expect(await eventCounts(referralId)).toMatchObject({ 'offer.made.v1': 1, 'candidates.ranked.v1': 1 });
    expect((await stepsOf({ referralId })).at(-1)).toBe('Wait for the answers to the offers');
  });
});
