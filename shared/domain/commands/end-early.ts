import { movedByPause } from '../deadlines.ts';
import { type Decide, refuse } from '../decision.ts';
import type { Referral } from '../referral.ts';
import { atWork, isMatched } from '../standing.ts';
import type { EndReason } from '../vocabulary.ts';
import { notRunning, tooSoonToComplete } from './common.ts';
import { windDown } from './wind-down.ts';

/**
 * L4, L5: the practitioner ends a delivery that has begun, before its time. Unlike a withdrawal it takes nothing back:
 * what was delivered counts, so a referral whose every plan or intervention was completed concludes as completed.
 */
export const endEarly: Decide<{ reason: EndReason; text?: string | undefined }> = (state, command, context) => {
  const { referral } = state;
  const { reason, text } = command;
  const refused = notRunning(referral);
  if (refused) return refused;
  const obstacle = obstacleTo(referral, reason);
  if (obstacle) return refuse('NotPossibleNow', obstacle);
  return windDown(
    state,
    {
      type: 'referral.ended-early.v1',
      data: { reason },
      detail: { dueDates: movedByPause(referral, context.now) },
      ...(text ? { texts: { key: 'EARLY-END', words: { text } } } : {}),
    },
    context,
  );
};

function obstacleTo(referral: Referral, reason: EndReason): string | undefined {
  // A death ends even what is ending already (L4).
  if (referral.ending && reason !== 'died') return 'This referral is already ending; its reports are still due.';
  const begun = referral.allocations.filter((summary) => summary.begun);
  if (begun.length === 0) return 'No delivery has begun yet, so none can end early: withdraw the referral.';
  const running = atWork(referral);
  if (running.length === 0 && isMatched(referral) && reason !== 'died') {
    return 'Delivery has ended already; only its reports are still due.';
  }
  return tooSoonToComplete(
    running.filter((summary) => summary.begun),
    reason,
  );
}
