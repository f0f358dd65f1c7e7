import { addDays } from 'date-fns/addDays';
import { settingOf } from './eligibility/setting.ts';
import type { Referral } from './referral.ts';
import { londonDate } from './working-days.ts';

/** A referral's place in the line of one service (L3). */
export interface Line {
  serviceId: string;
  since: string;
  /** E8: the expected day of release, of someone who was referred before it or is in custody. */
  releaseOn: string | null;
}

/** Where a referral is in line: once per service, from the earliest of its groups that wait for it. */
export function linesOf({ groups, facts, sentAt }: Referral): Line[] {
  const since = new Map<string, string>();
  for (const { place, since: from } of groups) {
    if (place.at !== 'waiting') continue;
    for (const id of place.services) {
      const earlier = since.get(id);
      if (!earlier || from < earlier) since.set(id, from);
    }
  }
  const release = facts.expectedReleaseDate;
  const isToCome = release && (settingOf(facts) === 'custody' || (sentAt && release > londonDate(new Date(sentAt))));
  const releaseOn = isToCome ? release : null;
  return [...since].map(([serviceId, from]) => ({ serviceId, since: from, releaseOn }));
}

/** Days before a release and after it that come first: support that begins at the gate cannot wait (E8, ADR 15). */
const nearRelease = 14;
const recentRelease = 28;

type Waiting = Omit<Line, 'serviceId'> & { referralId: string };

/**
 * The order of a line: who is about to leave custody, or has just left it, and then by time (ADR 15). Nothing else about the
 * person counts. It is worked out when a place is free, since a release comes nearer while one waits.
 */
export const inOrder = <W extends Waiting>(line: readonly W[], now: Date): W[] =>
  line.toSorted((a, b) => compare(turnOf(a, now), turnOf(b, now)));

/** Where in that order somebody is, as text that sorts like it. */
export function turnOf({ releaseOn, since, referralId }: Waiting, now: Date): string {
  const day = (days: number): string => londonDate(addDays(now, days));
  const isNear = releaseOn !== null && day(-recentRelease) <= releaseOn && releaseOn <= day(nearRelease);
  return `${isNear ? 0 : 1}#${since}#${referralId}`;
}

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
