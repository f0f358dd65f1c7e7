import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inOrder } from '../../shared/domain/waiting-list.ts';
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
