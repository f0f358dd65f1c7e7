import type { OutcomeLevel } from './allocation.ts';
import type { Referral } from './referral.ts';

/** How much of an outcome each level is. */
const worth: Record<OutcomeLevel, number> = { achieved: 1, 'partially-achieved': 0.5, 'not-achieved': 0 };

/** L5: what came of the desired outcomes of a referral; a score of as many as were reported. */
export interface OutcomeScore {
  achieved: number;
  partiallyAchieved: number;
  notAchieved: number;
  /** 1 for each that was achieved, ½ for each in part: 1 achieved and 2 in part are 2. */
  score: number;
  /** What it would be had each been achieved. */
  maximum: number;
}

/**
 * L5: the score of a referral, over the outcomes of every report that was acknowledged; null before the first. What two
 * providers reported, after a transfer or a reopening, is two results and counts twice.
 */
export function outcomeScore({ allocations }: Pick<Referral, 'allocations'>): OutcomeScore | null {
  const levels = allocations.flatMap(({ outcomes }) => outcomes?.map(({ level }) => level) ?? []);
  if (levels.length === 0) return null;
  const count = (level: OutcomeLevel): number => levels.filter((one) => one === level).length;
  return {
    achieved: count('achieved'),
    partiallyAchieved: count('partially-achieved'),
    notAchieved: count('not-achieved'),
    score: levels.reduce((sum, level) => sum + worth[level], 0),
    maximum: levels.length,
  };
}
