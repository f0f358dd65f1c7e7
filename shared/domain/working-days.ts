import { tz } from '@date-fns/tz';
import { addDays, formatISO, isWeekend } from 'date-fns';
import { bankHolidays } from './bank-holidays.ts';

const london = tz('Europe/London');

/** The calendar date in London at this moment, as `2026-04-02`. */
export const londonDate = (at: Date): string => formatISO(at, { in: london, representation: 'date' });

/**
 * T: a weekday in London that is no bank holiday of England and Wales. After the last year of the calendar only
 * weekends are known, so that a date far ahead still has an answer; it lies beyond every clock that runs today.
 */
export function isWorkingDay(date: Date): boolean {
  if (isWeekend(date, { in: london })) return false;
  const day = londonDate(date);
  return !bankHolidays[Number(day.slice(0, 4))]?.includes(day.slice(5));
}

/**
 * T: the n-th working day strictly after the day of `from`, at the same time of day in London; strictly before it for a
 * negative n. So a clock that starts on a day off counts its first day on the next working day.
 */
export function addWorkingDays(from: Date, n: number): Date {
  const step = Math.sign(n);
  let days = 0;
  for (let left = Math.abs(n); left > 0; ) {
    days += step;
    if (isWorkingDay(addDays(from, days, { in: london }))) left -= 1;
  }
  return new Date(addDays(from, days, { in: london }).getTime());
}

/** L4: when it is due that was due at `due`, if its clock stopped at `from` and goes on at `to`: never on a day off. */
export function dueAfterRest(due: Date, from: Date, to: Date): Date {
  const lastDay = londonDate(due);
  let days = 0;
  let day = from;
  for (let next = addWorkingDays(day, 1); londonDate(next) <= lastDay; next = addWorkingDays(day, 1)) {
    day = next;
    days += 1;
  }
  const moved = new Date(addWorkingDays(to, days).getTime() + due.getTime() - day.getTime());
  return isWorkingDay(moved) ? moved : addWorkingDays(moved, 1);
}
