const zone = 'Europe/London';
const format = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...options });

const days = format({ weekday: 'short', day: 'numeric', month: 'short' });
const minutes = format({ hour: '2-digit', minute: '2-digit' });
const exact = format({ hour: '2-digit', minute: '2-digit', second: '2-digit' });

/** `Mon 27 Jul`. */
export const day = (date: string | Date): string => days.format(new Date(date)).replace(',', '');

/** `Mon 27 Jul 10:15`, as the clocks in London show it. */
export const moment = (time: string | Date): string => `${day(time)} ${minutes.format(new Date(time))}`;

/** `10:15:02`. */
export const time = (at: string): string => exact.format(new Date(at));

/** `2 d 4 h`, to the nearest hour. */
export function span(milliseconds: number): string {
  const hours = Math.round(Math.abs(milliseconds) / 3_600_000);
  return [hours >= 24 ? `${Math.floor(hours / 24)} d` : '', hours % 24 || hours < 24 ? `${hours % 24} h` : '']
    .filter(Boolean)
    .join(' ');
}
