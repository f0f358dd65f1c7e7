import type { DomainEvent } from './events.ts';
import type { Referral } from './referral.ts';
import { londonDate } from './working-days.ts';

/**
 * L4: days of rehabilitation activity (RAR), against the maximum of the order, which is one for all allocations. The
 * sources do not say how they are counted; here a day is a date in London, one day however many appointments count it.
 */
type RarDays = Referral['rarDays'];

/** One more appointment counts its day, or one fewer does, as a correction says. */
export function withRarDay(days: RarDays, startsAt: string, change: number): RarDays {
  if (change === 0) return days;
  const day = londonDate(new Date(startsAt));
  const { [day]: counting = 0, ...others } = days;
  return counting + change > 0 ? { ...others, [day]: counting + change } : others;
}

export const rarDaysOf = ({ rarDays, facts }: Pick<Referral, 'rarDays' | 'facts'>) => ({
  used: Object.keys(rarDays).length,
  maximum: facts.sentence?.rarDays ?? null,
});

/** A warning comes when no more than this part of the maximum is left, and never later than at the last day. */
const lastPart = 1 / 5;

function warningOf({ used, maximum }: ReturnType<typeof rarDaysOf>): 0 | 1 | 2 {
  if (maximum === null || used === 0) return 0;
  if (used >= maximum) return 2;
  return maximum - used <= Math.max(1, Math.floor(maximum * lastPart)) ? 1 : 0;
}

const beyond = ({ used, maximum }: ReturnType<typeof rarDaysOf>): number =>
  maximum === null ? 0 : Math.max(0, used - maximum);

/**
 * L4: what a change of the days, or of their maximum, warns of. Each warning is said when it is reached, and again only
 * if a correction or a longer order had lifted it meanwhile. What was held beyond the maximum was held: each such day is
 * counted, and said.
 */
export function rarDaysTold(before: Referral, after: Referral): DomainEvent[] {
  const [was, is] = [rarDaysOf(before), rarDaysOf(after)];
  if (is.maximum === null) return [];
  const data = { used: is.used, maximum: is.maximum };
  const warning = warningOf(is);
  const told: DomainEvent[] =
    warning > warningOf(was)
      ? [warning === 1 ? { type: 'rar-days.nearly-used.v1', data } : { type: 'rar-days.used.v1', data }]
      : [];
  return beyond(is) > beyond(was) ? [...told, { type: 'rar-days.exceeded.v1', data }] : told;
}
