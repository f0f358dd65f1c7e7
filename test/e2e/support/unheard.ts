import { randomUUID } from 'node:crypto';
import { sendReferral as sendReferralIn } from '../../../functions/api/send-referral.ts';
import { sendReferral } from '../../../shared/contracts/routes/referrals.ts';
import type { ReferralFacts } from '../../../shared/domain/referral-facts.ts';
import { call } from './call.ts';
import { application } from './deployment.ts';
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
