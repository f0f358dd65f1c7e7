import type { PlannedPlaces, Service } from './service.ts';
import type { ServiceFault } from './service-rules.ts';
import { dayBegins, dayEnds } from './working-days.ts';

/**
 * L3: a place is held for up to two years, across every period, so places are counted once; what a period changes is
 * how many there are. From its day on it is as if the provider had stated them then.
 */

/** Days that may be planned at a time: two years by months. */
export const mostPlanned = 24;

/** Places from a day; null: what was planned from that day is not planned any more. */
export interface Plan {
  from: string;
  places: number | null;
}

/** Why a plan cannot stand. */
export function planFaults(planned: readonly PlannedPlaces[], { from, places }: Plan, today: string): ServiceFault[] {
  const fault = (detail: string): ServiceFault[] => [{ pointer: '/from', detail, rule: 'L3' }];
  const isThere = planned.some((one) => one.from === from);
  if (places === null) return isThere ? [] : fault('no places are planned from that day');
  if (from <= today) return fault(`is no day after ${today}: without it, the places are stated from now on`);
  return isThere || planned.length < mostPlanned ? [] : fault(`${mostPlanned} other days are planned already`);
}

/** What is planned with another plan: one for the same day replaces the former. */
export const withPlan = (planned: readonly PlannedPlaces[], { from, places }: Plan): PlannedPlaces[] =>
  [...planned.filter((one) => one.from !== from), ...(places === null ? [] : [{ from, places }])].sort((one, other) =>
    one.from < other.from ? -1 : 1,
  );

/** Plans whose day has come, of which the latest counts, and those of days to come. */
export function begunPlans(planned: readonly PlannedPlaces[], today: string) {
  const begun = planned.filter(({ from }) => from <= today);
  return { places: begun.at(-1)?.places, later: planned.slice(begun.length) };
}

type Periods = Pick<Service, 'planned' | 'contract'>;

/**
 * When a service next changes by itself: it opens, it has the places planned from a day, or its contract ends (O4). One
 * that had opened before `today` was told of when it was published.
 */
export function nextPeriod({ planned, contract }: Periods, today: string, after?: Date): Date | undefined {
  const opens = contract.opens >= today ? [dayBegins(contract.opens)] : [];
  const ends = contract.closes === null ? [] : [dayEnds(contract.closes)];
  return [...opens, ...planned.map(({ from }) => dayBegins(from)), ...ends]
    .filter((at) => !after || at > after)
    .sort((one, other) => one.getTime() - other.getTime())[0];
}

/** Whether its first day has begun in this time. */
export function hasOpened({ contract }: Periods, { since, now }: { since: Date; now: Date }): boolean {
  const opens = dayBegins(contract.opens);
  return since <= opens && opens <= now;
}
