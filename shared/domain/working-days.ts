import { tz } from '@date-fns/tz';
import { addDays, formatISO, isWeekend, parseISO } from 'date-fns';
import { bankHolidays } from './bank-holidays.ts';

const london = tz('Europe/London');

/** The calendar date in London at this moment, as `2026-04-02`. */
export const londonDate = (at: Date): string => formatISO(at, { in: london, representation: 'date' });

/** The midnights in London with which a date begins and ends. */
export const dayBegins = (date: string): Date => new Date(parseISO(date, { in: london }).getTime());
export const dayEnds = (date: string): Date => new Date(addDays(dayBegins(date), 1, { in: london }).getTime());

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

/** T: how many working days lie after the day of `from`, up to and with the day of `to`; none where it is no later. */
export function workingDaysBetween(from: Date, to: Date): number {
  const lastDay = londonDate(to);
  let days = 0;
  while (londonDate(addWorkingDays(from, days + 1)) <= lastDay) days += 1;
  return days;
}

/** L4: when it is due that was due at `due`, if its clock stopped at `from` and goes on at `to`: never on a day off. */
export function dueAfterRest(due: Date, from: Date, to: Date): Date {
  const days = workingDaysBetween(from, due);
  const lastDay = addWorkingDays(from, days);
  const moved = new Date(addWorkingDays(to, days).getTime() + due.getTime() - lastDay.getTime());
  return isWorkingDay(moved) ? moved : addWorkingDays(moved, 1);
}
