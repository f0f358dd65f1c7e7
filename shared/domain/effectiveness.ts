import { type OutcomeLevel, outcomeLevels } from './allocation.ts';
import type { ReferralState } from './decision.ts';
import type { AllocationSummary, Referral } from './referral.ts';
import { wasCompleted } from './standing.ts';
import { londonDate } from './working-days.ts';

/**
 * What came of the work of a service in a month (O3, O4): counters by name, with nothing of a person in them. A wait is
 * counted by its length, `accepted#12` and `attended#12` in whole days, so that a median is exact.
 */
export type Figures = Record<string, number>;

/** Waits of this many days and more are counted as one, so that a month's figures stay small. */
export const longestWait = 180;

const waits = ['accepted', 'attended'] as const;

/** Allocations that ended with this commit, each once, by service: from what the referral was before and after. */
export function endedWith(before: Referral | undefined, after: ReferralState): Map<string, Figures> {
  const running = new Set(before?.allocations.filter(({ phase }) => phase !== 'ended').map(({ id }) => id));
  const found = new Map<string, Figures>();
  for (const summary of after.referral.allocations) {
    if (summary.phase !== 'ended' || !running.has(summary.id)) continue;
    found.set(summary.serviceId, sumOf([found.get(summary.serviceId) ?? {}, figuresOf(summary, after)]));
  }
  return found;
}

/** The month to which what ends now belongs, in London: `2026-11`. */
export const monthOf = (now: Date): string => londonDate(now).slice(0, 7);

function figuresOf(summary: AllocationSummary, state: ReferralState): Figures {
  if (!summary.begun) return { notStarted: 1 };
  return {
    starts: 1,
    ...(wasCompleted(summary) ? { completions: 1 } : {}),
    ...outcomesOf(summary, state),
    ...waitsOf(summary, state.referral),
  };
}

/** Outcomes by how far they were achieved, and of how many people: one person has several. */
function outcomesOf({ id }: AllocationSummary, { allocation }: ReferralState): Figures {
  const found = allocation?.id === id ? (allocation.report?.outcomes ?? []) : [];
  return Object.fromEntries(
    outcomeLevels.flatMap((level) => {
      const count = found.filter((outcome) => outcome.level === level).length;
      return count > 0 ? [[`outcomes#${level}`, count] as const, [`people#${level}`, 1] as const] : [];
    }),
  );
}

/** E8: a wait for the first appointment begins at release where that came after the acceptance. */
function waitsOf({ id, startedAt, begunAt }: AllocationSummary, { groups, facts }: Referral): Figures {
  const accepted = londonDate(new Date(startedAt));
  const since = groups.find(({ place }) => place.at === 'placed' && place.allocationId === id)?.since;
  const release = facts.expectedReleaseDate;
  return {
    ...(since ? { [`accepted#${daysBetween(londonDate(new Date(since)), accepted)}`]: 1 } : {}),
    ...(begunAt
      ? {
          [`attended#${daysBetween(release && release > accepted ? release : accepted, londonDate(new Date(begunAt)))}`]: 1,
        }
      : {}),
  };
}

const day = 86_400_000;
const daysBetween = (from: string, to: string): number =>
  Math.min(longestWait, Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / day)));

function sumOf(all: readonly Figures[]): Figures {
  const sum: Figures = {};
  for (const figures of all) {
    for (const [name, count] of Object.entries(figures)) sum[name] = (sum[name] ?? 0) + count;
  }
  return sum;
}

/** How many whole months are published: enough for a small service, and still what it is like today. */
const publishedMonths = 24;

/** The months that are published now: the last ones that are over, so that nobody's own end can be seen to come. */
export function publishedPeriod(now: Date): { from: string; to: string } {
  const [year = 0, month = 0] = monthOf(now).split('-').map(Number);
  const past = (months: number): string => {
    const at = year * 12 + month - 1 - months;
    return `${Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, '0')}`;
  };
  return { from: past(publishedMonths), to: past(1) };
}

/** What is told of a service. A figure that is null would tell of too few people. */
interface PublishedFigures {
  starts: number;
  notStarted: number | null;
  completions: number | null;
  outcomes: { achieved: number; partiallyAchieved: number; notAchieved: number } | null;
  medianDays: { toAcceptance: number | null; toFirstAppointment: number | null };
}

/** Every published count is rounded to a multiple of this, so that one more or less cannot be read off two of them. */
export const roundedTo = 5;

/**
 * What may be told of these months; undefined: too few people. No count between one and the minimum is told, nor one by
 * which the rest of its group would be such a count.
 */
export function publishedFigures(months: readonly Figures[], minimumGroup: number): PublishedFigures | undefined {
  const sum = sumOf(months);
  const count = (name: string): number => sum[name] ?? 0;
  const isFew = (people: number): boolean => people > 0 && people < minimumGroup;
  const told = (...people: number[]): number | null => (people.some(isFew) ? null : rounded(people[0] ?? 0));
  const starts = count('starts');
  if (starts < minimumGroup) return undefined;

  const outcomes = (level: OutcomeLevel): number => rounded(count(`outcomes#${level}`));
  const [toAcceptance, toFirstAppointment] = waits.map((name) => medianOf(sum, name, minimumGroup));
  return {
    starts: rounded(starts),
    notStarted: told(count('notStarted')),
    completions: told(count('completions'), starts - count('completions')),
    outcomes: outcomeLevels.some((level) => isFew(count(`people#${level}`)))
      ? null
      : {
          achieved: outcomes('achieved'),
          partiallyAchieved: outcomes('partially-achieved'),
          notAchieved: outcomes('not-achieved'),
        },
    medianDays: { toAcceptance: toAcceptance ?? null, toFirstAppointment: toFirstAppointment ?? null },
  };
}

const rounded = (count: number): number => Math.round(count / roundedTo) * roundedTo;

/** In whole days: half of them waited no longer than that. */
function medianOf(sum: Figures, wait: (typeof waits)[number], minimumGroup: number): number | null {
  const counts = Array.from({ length: longestWait + 1 }, (_, days) => sum[`${wait}#${days}`] ?? 0);
  const people = counts.reduce((all, one) => all + one, 0);
  if (people < minimumGroup) return null;
  let reached = 0;
  return counts.findIndex((one) => {
    reached += one;
    return reached * 2 >= people;
  });
}
