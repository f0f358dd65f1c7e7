import * as z from 'zod';
import type { NeedId } from './vocabulary.ts';
import { needIds } from './vocabulary.ts';

/** Each offer holds a place that somebody else could have: a few are asked at once, never everyone. */
export const mostAtOnce = 5;

/** L3: by need, how many providers are asked at once; one after the other where nothing is said. A deployment sets it. */
export const parallelOffers = z.partialRecord(z.enum(needIds), z.int().min(1).max(mostAtOnce));
export type ParallelOffers = z.infer<typeof parallelOffers>;

/** How many providers are asked at once for needs that go together: no more than each of them allows. */
export const offersAtOnce = (needs: readonly NeedId[], allowed: ParallelOffers): number =>
  Math.min(...needs.map((need) => allowed[need] ?? 1));
