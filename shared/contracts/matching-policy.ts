import * as z from 'zod';
import { matchingWeights as weights } from '../domain/matching-weights.ts';
import { parallelOffers as parallel } from '../domain/parallel-offers.ts';

/** What configuration gives as a JSON text. */
const json = z.string().transform((text, context): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    context.issues.push({ code: 'custom', message: 'not JSON', input: text });
    return z.NEVER;
  }
});

/** The weights of matching (`REFERRALS_MATCHING_WEIGHTS`). */
export const matchingWeights = json.pipe(weights);
export type MatchingWeights = z.infer<typeof matchingWeights>;

/** How many providers are asked at once (`REFERRALS_PARALLEL_OFFERS`). */
export const parallelOffers = json.pipe(parallel);
export type ParallelOffers = z.infer<typeof parallelOffers>;
