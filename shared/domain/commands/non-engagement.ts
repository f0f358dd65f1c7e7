import { type Decide, isRefusal } from '../decision.ts';
import type { DomainEvent } from '../events.ts';
import { evolve } from '../evolve.ts';
import type { nonEngagementDecisions } from '../vocabulary.ts';
import { pauseReferral } from './change-referral.ts';
import { endDelivery, withConclusion } from './common.ts';
import { answeredTask } from './delivering.ts';

export interface AnswerNonEngagement {
  taskId: string;
  answer: { decision: (typeof nonEngagementDecisions)[number]; reason: string };
}

/**
 * L4: the practitioner decides about a person who has missed appointments in a row. Work goes on and counts anew; or
 * the whole referral rests, as by a pause; or this allocation ends early, and its report is due if delivery began (L5).
 */
export const answerNonEngagement: Decide<AnswerNonEngagement> = (state, { taskId, answer }, context) => {
  const found = answeredTask(state, taskId, context);
  if (isRefusal(found)) return found;
  const { referral, allocation, summary } = found;
  const { decision, reason } = answer;
  const decided: DomainEvent = {
    type: 'non-engagement.decided.v1',
    data: { allocationId: allocation.id, taskId, decision },
    answers: { taskId, answer },
    texts: { key: `NON_ENGAGEMENT#${taskId}`, words: { reason } },
  };
  if (decision === 'continue' || (decision === 'pause' && referral.paused)) return [decided];
  const after = evolve(state, decided, context.now);
  if (decision === 'end') {
    const ended = endDelivery(after.referral, summary, 'not-engaged', context);
    return withConclusion(state, [decided, ...ended], context.now);
  }
  const paused = pauseReferral(after, { reason: 'other', text: reason }, context);
  return isRefusal(paused) ? paused : [decided, ...paused];
};
