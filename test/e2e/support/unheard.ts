import { randomUUID } from 'node:crypto';
import { PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { respondToTask as respondToTaskIn } from '../../../functions/api/respond-to-task.ts';
import { sendReferral as sendReferralIn } from '../../../functions/api/send-referral.ts';
import { makeOffers } from '../../../functions/tasks/make-offers.ts';
import { recommendComplexity } from '../../../functions/tasks/recommend-complexity.ts';
import { keys } from '../../../shared/adapters/keys.ts';
import { sendReferral } from '../../../shared/contracts/routes/referrals.ts';
import { respondToTask } from '../../../shared/contracts/routes/tasks.ts';
import type { Referral } from '../../../shared/domain/referral.ts';
import type { ReferralFacts } from '../../../shared/domain/referral-facts.ts';
import { call, context } from './call.ts';
import { application, stack } from './deployment.ts';
import { someone } from './journeys.ts';
import { aboveRetries } from './meddle.ts';

interface Written {
  TransactItems?: { Put?: { Item?: { sk?: { S?: string } | string; workKey?: unknown } } }[];
}

/** Takes an event's mark away, by which the stream's consumers hear of it: to them it never happened. */
const unheard = aboveRetries(async ({ input, carryOut }) => {
  for (const { Put } of (input as Written).TransactItems ?? []) {
    const sk = typeof Put?.Item?.sk === 'string' ? Put.Item.sk : Put?.Item?.sk?.S;
    if (sk?.startsWith('EVENT#')) delete Put?.Item?.workKey;
  }
  return carryOut();
});

/** A minute ago: long enough for the sweeper not to leave it to others any more. */
export const aMinuteAgo = -60_000;

/** A referral that was sent, and whose event reached nobody who could have started its execution. */
export async function sentUnheard(facts: ReferralFacts = someone(), clockAhead = aMinuteAgo): Promise<string> {
  const handler = sendReferralIn(application({ dynamo: unheard, clockAhead }));
  const request = { body: facts, idempotencyKey: randomUUID() };
  const { status, body } = await call(handler, sendReferral, 'practitioner', request);
  if (status !== 202) throw new Error(`the referral was not sent: ${status} ${JSON.stringify(body)}`);
  return String(body.id);
}

/**
 * A referral whose levels are confirmed, so that its offers are to be made; every step of its lifecycle was taken in
 * this process. Its execution is only said to have been started and parked: there is a token, which nobody knows.
 */
export async function readyForOffers(facts: ReferralFacts): Promise<string> {
  const app = application({ dynamo: unheard });
  const referralId = await sentUnheard(facts, 0);
  await app.db.send(
    new UpdateCommand({
      TableName: stack.recordTableName,
      Key: keys.execution(referralId, referralId),
      UpdateExpression: 'SET startedSegment = :one',
      ExpressionAttributeValues: { ':one': 1 },
    }),
  );
  const token = { token: randomUUID(), segment: 1, turn: 0, order: '000001' };
  await app.db.send(
    new PutCommand({ TableName: stack.privateTableName, Item: { ...keys.token(referralId), ...token } }),
  );
  await recommendComplexity(app)(lifecycleOf(referralId), context);
  const { openTasks, needs } = await referralOf(referralId);
  const answer = { needs: needs.map(({ need }) => ({ need, level: 'medium' as const })) };
  const request = { params: { taskId: openTasks[0]?.id ?? '' }, body: answer };
  const { status } = await call(respondToTaskIn(app), respondToTask, 'practitioner', request);
  if (status !== 202) throw new Error(`the complexity of ${referralId} was not confirmed: ${status}`);
  return referralId;
}

export const lifecycleOf = (referralId: string) => ({ referralId, executionId: referralId, segment: 1 });

/** The same, with its offer made. */
export async function offeredUnheard(facts: ReferralFacts): Promise<{ referralId: string; taskId: string }> {
  const referralId = await readyForOffers(facts);
  await makeOffers(application({ dynamo: unheard }))(lifecycleOf(referralId), context);
  const task = (await referralOf(referralId)).openTasks.find(({ type }) => type === 'offer');
  if (!task) throw new Error(`${referralId} was offered to nobody`);
  return { referralId, taskId: task.id };
}

/** What the record holds of a referral now. */
export async function referralOf(referralId: string): Promise<Referral> {
  const state = await application().referrals.load(referralId);
  if (!state) throw new Error(`there is no referral ${referralId}`);
  return state.referral;
}
