import * as z from 'zod';
import type { ScorePart } from './ranked.ts';

const weight = z.number().min(0).max(10_000);

/** L3: how many points each part of a score is worth at most. A deployment may set its own. */
export const matchingWeights = z
  .strictObject({
    /** The practitioner prefers the service, and has said why. */
    preference: weight.default(200),
    /** E6: the service is for the person's own cohort. */
    cohort: weight.default(100),
    /** How many of the referral's needs it could take, so that what changes later need not go to yet another provider. */
    coverage: weight.default(20),
    /** How many places are free that nobody in its line waits for: all the points for twenty and more. */
    availability: weight.default(20),
    /** How few police areas lie between the person's and its nearest site; without sites, its areas on average. */
    locality: weight.default(10),
    /** How little of the time that an offer gives (T1) it took until it accepted in the past. */
    speed: weight.default(10),
    /** How many of the person's language and access needs it meets. */
    fit: weight.default(30),
  } satisfies Record<ScorePart, unknown>)
  .refine(({ preference, cohort, ...others }) => cohort > sum(others), {
    error:
      'cohort must be worth more than coverage, availability, locality, speed and fit together: its services rank first (E6)',
    path: ['cohort'],
  })
  .refine(({ preference, ...others }) => preference > sum(others), {
    error: 'preference must be worth more than everything else together: a preferred service is asked first',
    path: ['preference'],
  });
export type MatchingWeights = z.infer<typeof matchingWeights>;

export const usualWeights: MatchingWeights = matchingWeights.parse({});

function sum(weights: Record<string, number>): number {
  return Object.values(weights).reduce((all, one) => all + one, 0);
}
