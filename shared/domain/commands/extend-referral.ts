import { movedByFacts } from '../deadlines.ts';
import { type Decide, refuse } from '../decision.ts';
import type { DomainEvent } from '../events.ts';
import { evolve } from '../evolve.ts';
import { londonDate } from '../working-days.ts';
import { notRunning } from './common.ts';

/**
 * L4: the sentence ends later than was known, and what hangs on its end moves with it. An end that comes earlier is an
 * amendment. Refusals: `Contradiction` for a date that is no later, or has passed.
 */
export const extendReferral: Decide<{ endDate: string; reason: string }> = (state, { endDate, reason }, context) => {
  const { referral } = state;
  const refused = notRunning(referral);
  if (refused) return refused;
  if (referral.ending) return refuse('NotPossibleNow', 'This referral is ending, so there is nothing to extend.');
  const from = referral.facts.sentence?.endDate;
  if (!from) return refuse('NotPossibleNow', 'When the sentence ends is not known yet: tell it by an amendment.');
  const detail =
    endDate <= from
      ? `is no later than ${from}, when the sentence ends as it is known`
      : endDate < londonDate(context.now)
        ? 'has passed'
        : undefined;
  if (detail) {
    const faults = [{ pointer: '/endDate', detail, rule: 'L4' }];
    return refuse('Contradiction', 'An extension moves the end of the sentence to a later day.', { faults });
  }
  const extended = (dueDates: Record<string, string>): DomainEvent => ({
    type: 'referral.extended.v1',
    data: { from, to: endDate },
    detail: { dueDates },
    texts: { key: `EXTENSION#${context.newId()}`, words: { reason } },
  });
  const after = evolve(state, extended({}), context.now).referral;
  return [extended(movedByFacts(referral, after, context.now))];
};
