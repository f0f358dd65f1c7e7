import { describe, expect, it } from 'vitest';
import { parseDuration } from '../../infra/local/duration.ts';

const HOUR = 3_600_000;

describe('A jump of the clock', () => {
  it.each([
    ['+2d', 48 * HOUR],
    ['+3h', 3 * HOUR],
    ['+1d12h', 36 * HOUR],
    ['-30m', -HOUR / 2],
    ['+90s', 90_000],
  ])('%s is %i milliseconds', (text, milliseconds) => expect(parseDuration(text)).toBe(milliseconds));

  it.each(['', '2d', '+', '+2', '+2w', '+d', '+2d ', '++2d', '+1.5h'])('"%s" is none', (text) =>
    expect(parseDuration(text)).toBeUndefined(),
  );
});
