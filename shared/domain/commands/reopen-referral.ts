import { type Decide, refuse } from '../decision.ts';
import type { DomainEvent } from '../events.ts';
import { needsAgain } from '../evolve/changes.ts';
import { evolve } from '../evolve.ts';
import { isRemoved } from '../referral.ts';
import { requestInformation } from './send-referral.ts';

/**
 * L5: operations take a conclusion back. What has been delivered and reported stays as it ended; the needs whose work was
 * not completed, or all where all of it was, go to matching again, each to the service that had it before any other.
 */
export const reopenReferral: Decide<{ reason: string }> = (state, { reason }, context) => {
  const { referral } = state;
  if (!referral.conclusion || isRemoved(referral)) {
    return refuse('NotPossibleNow', 'Only a referral that was sent and has concluded can be reopened.');
  }
  if (referral.ending?.failed) {
    return refuse('NotPossibleNow', 'It was found ineligible: if that has changed since, send a new referral.');
  }
  const reopened: DomainEvent = {
    type: 'referral.reopened.v1',
    data: { needs: needsAgain(referral) },
    texts: { key: `REOPENING#${context.newId()}`, words: { reason } },
  };
  const after = evolve(state, reopened, context.now).referral;
  return [reopened, ...requestInformation(after, after.missing, context)];
};
