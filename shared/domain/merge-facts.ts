import * as z from 'zod';
import { type ReferralFacts, referralFacts, referredNeed } from './referral-facts.ts';
import { needIds } from './vocabulary.ts';

/** Facts as sent, any part of them: what answers a request for information or amends a referral. */
export const factChanges = referralFacts
  .omit({ crn: true })
  .partial()
  .extend({
    needs: z
      .array(referredNeed.partial().extend({ need: z.enum(needIds) }))
      .max(14)
      .optional(),
  });
export type FactChanges = z.infer<typeof factChanges>;

/** The facts with the changes laid over them: parts and indicators are merged, lists replaced, needs matched by id. */
export function mergeFacts(facts: ReferralFacts, changes: FactChanges): ReferralFacts {
  const { needs: changedNeeds = [], ...rest } = changes;
  const merged: Record<string, unknown> = { ...facts };
  for (const [key, value] of Object.entries(rest)) merged[key] = merge(merged[key], value);
  const needs = facts.needs.map((need) => {
    const change = changedNeeds.find((changed) => changed.need === need.need);
    if (!change) return need;
    const { indicators } = change;
    // One more answer is added to those that were given; null takes all of them back.
    return {
      ...need,
      ...change,
      ...(indicators === undefined ? {} : { indicators: merge(need.indicators, indicators) }),
    };
  });
  return referralFacts.parse({ ...merged, needs });
}

const merge = (before: unknown, after: unknown): unknown =>
  isObject(before) && isObject(after) ? { ...before, ...after } : after;
const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
