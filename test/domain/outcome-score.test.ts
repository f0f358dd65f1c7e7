import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type OutcomeLevel, outcomeLevels } from '../../shared/domain/allocation.ts';
import { outcomeScore } from '../../shared/domain/outcome-score.ts';
import type { AllocationSummary, Referral } from '../../shared/domain/referral.ts';

/** A referral whose allocations reported these levels; null: not yet. */
const reporting = (...reports: (OutcomeLevel[] | null)[]): Pick<Referral, 'allocations'> => ({
  allocations: reports.map(
    (levels) => ({ outcomes: levels?.map((level, n) => ({ id: `outcome-${n}`, level })) ?? null }) as AllocationSummary,
  ),
});
const scoreOf = (...reports: (OutcomeLevel[] | null)[]) => {
  const { score, maximum } = outcomeScore(reporting(...reports)) ?? {};
  return [score, maximum];
};

describe('L5: the score of a referral', () => {
  it('is 1 for what was achieved, ½ for what was in part, nothing for what was not', () => {
    expect(scoreOf(['achieved'])).toEqual([1, 1]);
    expect(scoreOf(['partially-achieved'])).toEqual([0.5, 1]);
    expect(scoreOf(['not-achieved'])).toEqual([0, 1]);
  });

  it('of one achieved and two in part is 2 of 3', () =>
    expect(outcomeScore(reporting(['achieved', 'partially-achieved', 'partially-achieved']))).toEqual({
      achieved: 1,
      partiallyAchieved: 2,
      notAchieved: 0,
      score: 2,
      maximum: 3,
    }));

  it('is summed over the reports of all its allocations', () =>
    expect(scoreOf(['achieved', 'not-achieved'], ['partially-achieved'])).toEqual([1.5, 3]));

  it('leaves out what has not been reported, and is none before the first report', () => {
    expect(scoreOf(['achieved'], null)).toEqual([1, 1]);
    expect(outcomeScore(reporting(null, null))).toBeNull();
    expect(outcomeScore(reporting())).toBeNull();
  });

  it('is what its reports score one by one, whatever they say', () => {
    const report = fc.array(fc.constantFrom(...outcomeLevels), { minLength: 1 });
    fc.assert(
      fc.property(fc.array(report, { minLength: 1 }), (reports) => {
        const whole = outcomeScore(reporting(...reports));
        const parts = reports.map((levels) => outcomeScore(reporting(levels)));
        expect(whole?.score).toBe(parts.reduce((sum, one) => sum + (one?.score ?? 0), 0));
        expect(whole?.score).toBeLessThanOrEqual(whole?.maximum ?? 0);
      }),
    );
  });
});
