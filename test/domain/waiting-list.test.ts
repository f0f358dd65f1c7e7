import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inOrder, linesOf } from '../../shared/domain/waiting-list.ts';
import { aReferralThroughTheGate } from '../builders/referral-facts.ts';
import { serviceOf } from '../builders/services.ts';
import { aReferralState } from '../builders/story.ts';
import { at } from '../builders/times.ts';

const now = at('2026-06-15T09:00:00Z');
const waiting = (referralId: string, since: string, releaseOn: string | null = null) => ({
  referralId,
  since,
  releaseOn,
});
const order = (...line: ReturnType<typeof waiting>[]) => inOrder(line, now).map(({ referralId }) => referralId);

describe('L3: a line', () => {
  it('goes by time', () =>
    expect(order(waiting('later', '2026-06-02'), waiting('earlier', '2026-06-01'))).toEqual(['earlier', 'later']));

  it('E8: begins with those who leave custody within fourteen days, or have left it, the longest wait first', () =>
    expect(
      order(
        waiting('community', '2026-05-01'),
        waiting('far off', '2026-05-02', '2026-06-30'),
        waiting('near', '2026-06-02', '2026-06-29'),
        waiting('past', '2026-06-01', '2026-06-10'),
      ),
    ).toEqual(['past', 'near', 'community', 'far off']));

  it('E8: a release of more than four weeks ago is not near any more', () =>
    expect(
      order(
        waiting('long ago', '2026-06-02', '2026-05-17'),
        waiting('four weeks ago', '2026-06-02', '2026-05-18'),
        waiting('community', '2026-05-01'),
      ),
    ).toEqual(['four weeks ago', 'community', 'long ago']));

  it('E8: a release counts for who is in custody or was referred before it, and for nobody else', () => {
    const releaseOf = (setting: 'community' | 'custody', expectedReleaseDate: string) =>
      linesOf(
        aReferralState(aReferralThroughTheGate().with({ setting, expectedReleaseDate })).offeredFrom([
          serviceOf('homes', { free: 0 }),
        ]).referral,
      ).map(({ releaseOn }) => releaseOn);
    expect(releaseOf('community', '2025-06-01')).toEqual([null]);
    expect(releaseOf('community', '2026-12-31')).toEqual(['2026-12-31']);
    expect(releaseOf('custody', '2026-06-20')).toEqual(['2026-06-20']);
  });

  it('is the same however it is read', () =>
    fc.assert(
      fc.property(
        fc.uniqueArray(
          fc.record({
            referralId: fc.uuid(),
            since: fc.constantFrom('2026-06-01', '2026-06-02'),
            releaseOn: fc.constantFrom(null, '2026-06-20', '2026-09-01'),
          }),
          { selector: ({ referralId }) => referralId },
        ),
        (line) => {
          expect(inOrder(line.toReversed(), now)).toEqual(inOrder(line, now));
        },
      ),
    ));
});
