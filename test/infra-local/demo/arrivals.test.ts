import { describe, expect, it } from 'vitest';
import { arrivalOf, isWhole } from '../../../infra/local/demo/arrivals.ts';

const event = (sequence: number, changes = {}) => ({
  id: `event-${sequence}`,
  type: 'task.opened.v1',
  sequence,
  ...changes,
});
const history = [event(1), event(2), event(3)];

describe('V: what a subscriber received of a referral', () => {
  it('is whole when it is the history, in whatever order it came', () => {
    const arrival = arrivalOf(history, [event(2), event(1), event(3)]);
    expect(arrival).toMatchObject({ recorded: 3, received: 3, repeated: 0, missing: [] });
    expect(isWhole(arrival)).toBe(true);
  });

  it('is whole with an event that came twice, which is counted', () => {
    const arrival = arrivalOf(history, [...history, event(2)]);
    expect(arrival).toMatchObject({ received: 3, repeated: 1 });
    expect(isWhole(arrival)).toBe(true);
  });

  it('is not whole when an event is missing', () => {
    const arrival = arrivalOf(history, [event(1), event(3), event(3)]);
    expect(arrival).toMatchObject({ missing: [2], repeated: 1 });
    expect(isWhole(arrival)).toBe(false);
  });

  it.each([
    ['that the history does not have', event(4)],
    ['under another number', event(3, { sequence: 7 })],
    ['of another type', event(3, { type: 'offer.made.v1' })],
  ])('is not whole with an event %s', (_, strange) =>
    expect(isWhole(arrivalOf(history, [event(1), event(2), event(3), strange]))).toBe(false),
  );

  it('is not whole when the history itself has a gap', () => {
    const gap = [event(1), event(3)];
    expect(isWhole(arrivalOf(gap, gap))).toBe(false);
  });
});
