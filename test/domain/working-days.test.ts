import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addWorkingDays, isWorkingDay, londonDate } from '../../shared/domain/working-days.ts';

const at = (iso: string) => new Date(iso);
const days = (from: string, n: number) => addWorkingDays(at(from), n).toISOString();

describe('T: a working day', () => {
  it.each([
    ['2026-04-02T10:00:00Z', true, 'Thursday before Easter'],
    ['2026-04-03T10:00:00Z', false, 'Good Friday'],
    ['2026-04-04T10:00:00Z', false, 'Saturday'],
    ['2026-04-05T10:00:00Z', false, 'Sunday'],
    ['2026-04-06T10:00:00Z', false, 'Easter Monday'],
    ['2026-12-25T10:00:00Z', false, 'Christmas Day'],
    ['2026-12-28T10:00:00Z', false, 'substitute for Boxing Day on a Saturday'],
    ['2026-12-29T10:00:00Z', true, 'the Tuesday after'],
    ['2027-12-27T10:00:00Z', false, 'substitute for Christmas Day on a Saturday'],
    ['2027-12-28T10:00:00Z', false, 'substitute for Boxing Day on a Sunday'],
    ['2028-01-03T10:00:00Z', false, "substitute for New Year's Day on a Saturday"],
    ['2026-11-30T10:00:00Z', true, "St Andrew's Day, a holiday in Scotland only"],
  ])('%s: %s (%s)', (date, expected) => expect(isWorkingDay(at(date))).toBe(expected));

  it('is a day in London, whatever UTC says', () => {
    expect(isWorkingDay(at('2026-08-30T23:30:00Z'))).toBe(false); // already bank holiday Monday
    expect(isWorkingDay(at('2026-08-31T23:30:00Z'))).toBe(true); // already Tuesday
    expect(londonDate(at('2026-08-31T23:30:00Z'))).toBe('2026-09-01');
  });

  it('after the last year of the calendar is any weekday', () => {
    expect(isWorkingDay(at('2061-12-27T10:00:00Z'))).toBe(true);
    expect(isWorkingDay(at('2061-12-25T10:00:00Z'))).toBe(false); // a Sunday
  });
});

describe('T: a deadline of n working days', () => {
  it('falls on the n-th working day after the start', () => {
    expect(days('2026-03-16T14:30:00Z', 2)).toBe('2026-03-18T14:30:00.000Z');
    expect(days('2026-03-19T14:30:00Z', 2)).toBe('2026-03-23T14:30:00.000Z');
  });

  it('passes over Easter', () => {
    expect(days('2026-04-02T09:00:00Z', 1)).toBe('2026-04-07T09:00:00.000Z');
    expect(days('2026-03-31T09:00:00Z', 5)).toBe('2026-04-09T09:00:00.000Z');
  });

  it('passes over the year end and its substitute days', () => {
    expect(days('2026-12-23T12:00:00Z', 5)).toBe('2027-01-04T12:00:00.000Z');
    expect(days('2027-12-24T12:00:00Z', 1)).toBe('2027-12-29T12:00:00.000Z');
  });

  it('keeps the time of day in London when the clocks change', () => {
    expect(days('2026-03-27T09:00:00Z', 1)).toBe('2026-03-30T08:00:00.000Z');
    expect(days('2026-10-23T08:00:00Z', 1)).toBe('2026-10-26T09:00:00.000Z');
  });

  it('is not pushed by a time that the clock change skips on a Sunday in between', () => {
    expect(days('2026-03-27T01:30:00Z', 1)).toBe('2026-03-30T00:30:00.000Z');
    expect(days('2026-03-29T01:30:00Z', 1)).toBe('2026-03-30T01:30:00.000Z'); // 02:30 in London on both days
  });

  it('E8: counts from the next working day for a person released on a bank holiday or at a weekend', () => {
    expect(days('2026-08-31T08:00:00Z', 1)).toBe('2026-09-01T08:00:00.000Z');
    expect(days('2026-04-03T08:00:00Z', 10)).toBe('2026-04-20T08:00:00.000Z');
    expect(days('2026-03-21T09:00:00Z', 1)).toBe('2026-03-23T09:00:00.000Z');
  });

  it('starts with the day in London, late in a summer evening too', () => {
    expect(days('2026-07-01T23:30:00Z', 1)).toBe('2026-07-02T23:30:00.000Z'); // Thursday 00:30 to Friday 00:30
  });

  it('of none is the start itself', () => expect(days('2026-04-03T08:00:00Z', 0)).toBe('2026-04-03T08:00:00.000Z'));

  it('of a negative number is a reminder before the day', () => {
    expect(days('2026-04-07T09:00:00Z', -1)).toBe('2026-04-02T09:00:00.000Z');
    expect(days('2026-04-04T09:00:00Z', -1)).toBe('2026-04-02T09:00:00.000Z');
  });

  const moment = fc.date({ min: at('2024-02-01T00:00:00Z'), max: at('2058-01-01T00:00:00Z'), noInvalidDate: true });
  const count = fc.integer({ min: 1, max: 40 });

  it('always falls on a working day, with exactly n of them passed', () =>
    fc.assert(
      fc.property(moment, count, (from, n) => {
        const due = addWorkingDays(from, n);
        expect(isWorkingDay(due)).toBe(true);
        const passed = new Set<string>();
        for (let hour = from.getTime(); hour <= due.getTime(); hour += 3_600_000) {
          const day = new Date(hour);
          if (isWorkingDay(day) && londonDate(day) > londonDate(from)) passed.add(londonDate(day));
        }
        expect(passed.size).toBe(n);
      }),
      { numRuns: 30 },
    ));

  it('can be counted in two parts, and back again from a working day', () =>
    fc.assert(
      fc.property(moment, count, count, (from, n, m) => {
        const due = addWorkingDays(from, n + m);
        expect(londonDate(addWorkingDays(addWorkingDays(from, n), m))).toBe(londonDate(due));
        expect(londonDate(addWorkingDays(due, -m))).toBe(londonDate(addWorkingDays(from, n)));
      }),
      { numRuns: 100 },
    ));
});
