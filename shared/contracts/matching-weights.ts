import * as z from 'zod';
import { matchingWeights as weights } from '../domain/matching-weights.ts';

/** The weights of matching as configuration gives them: a JSON text (`REFERRALS_MATCHING_WEIGHTS`). */
export const matchingWeights = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.issues.push({ code: 'custom', message: 'not JSON', input: text });
      return z.NEVER;
    }
  })
  .pipe(weights);
export type MatchingWeights = z.infer<typeof matchingWeights>;
