import Holidays from 'date-holidays';
import { describe, expect, it } from 'vitest';
import { bankHolidays } from '../../shared/domain/bank-holidays.ts';

const isWeekday = (date: string) => ![0, 6].includes(new Date(date).getUTCDay());

function fromTheLibrary(country: 'ENG' | 'WLS', year: number): string {
  const library = new Holidays('GB', country, { timezone: 'Europe/London' });
  const days = library
    .getHolidays(year)
    .filter(({ type }) => type === 'public')
    .map(({ date }) => date.slice(0, 10));
  return [...new Set(days)]
    .filter(isWeekday)
    .sort()
    .map((day) => day.slice(5))
    .join(' ');
}

describe('T: the bank holidays of England and Wales', () => {
  const years = Object.keys(bankHolidays).map(Number);

  it.each(['ENG', 'WLS'] as const)('equal those of the holiday library for %s, substitute days included', (country) => {
    expect(bankHolidays).toEqual(Object.fromEntries(years.map((year) => [year, fromTheLibrary(country, year)])));
  });

  it('have no gap between the first and the last year', () => {
    expect(years).toEqual(Array.from({ length: 37 }, (_, index) => 2024 + index));
  });
});
