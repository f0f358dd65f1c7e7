import { parseISO } from 'date-fns';
import { differenceInYears } from 'date-fns/differenceInYears';
import { publishedCohorts, publishedNeeds } from './catalogue/needs.ts';
import type { Cohort } from './catalogue/schema.ts';
import { type CohortId, cohortIds, type NeedId, needIds, type Sex } from './vocabulary.ts';
import { londonDate } from './working-days.ts';

/** What decides to which cohorts a person belongs. Null and absent: not known. */
export interface Known {
  sex: Sex | null | undefined;
  /** In whole years. */
  age: number | null;
}

/** C3: whom the needs and services of a cohort are for, and whether they come first for its people (E6). */
const cohorts: Record<CohortId, Omit<Cohort, 'id'>> = publishedCohorts;
const needs: Record<NeedId, { cohort: CohortId; counterpartOf: NeedId | null }> = publishedNeeds;
const inFront = cohortIds.filter((id) => cohorts[id].comesFirst);

export const cohortNamed = (id: CohortId): Omit<Cohort, 'id'> => cohorts[id];
export const cohortOf = (need: NeedId): CohortId => needs[need].cohort;
export const needsOf = (cohort: CohortId): NeedId[] => needIds.filter((need) => cohortOf(need) === cohort);
/** The general need that a cohort's own need stands for. */
export const generalNeedOf = (need: NeedId): NeedId | null => needs[need].counterpartOf;

/** In whole years, by the calendar in London: a birthday begins at its midnight. */
export const ageOf = (dateOfBirth: string | null | undefined, now: Date): number | null =>
  dateOfBirth ? differenceInYears(parseISO(londonDate(now)), parseISO(dateOfBirth)) : null;

interface Condition {
  /** The fact that it looks at. */
  fact: '/person/sex' | '/person/dateOfBirth';
  isMet: (who: Cohort['who'], known: Known) => boolean | undefined;
}

/** Undefined: the fact is not known, and it matters. */
const conditions: readonly Condition[] = [
  { fact: '/person/sex', isMet: ({ sex }, known) => !sex || (known.sex ? known.sex === sex : undefined) },
  {
    fact: '/person/dateOfBirth',
    isMet: ({ minimumAge, maximumAge }, { age }) => {
      if (minimumAge === undefined && maximumAge === undefined) return true;
      return age === null ? undefined : (minimumAge ?? 0) <= age && age <= (maximumAge ?? Number.POSITIVE_INFINITY);
    },
  },
];

export type Belonging =
  | { belongs: 'yes' }
  /** The fact that decided it, or those that would have to be known, as JSON pointers. */
  | { belongs: 'no' | 'unknown'; facts: Condition['fact'][] };

const itDoes: Belonging = { belongs: 'yes' };

/** E6, C3: whether a person is one of those that a cohort is for. */
export function belonging(id: CohortId, known: Known): Belonging {
  const { who } = cohorts[id];
  const unknown: Condition['fact'][] = [];
  for (const { fact, isMet } of conditions) {
    const met = isMet(who, known);
    if (met === false) return { belongs: 'no', facts: [fact] };
    if (met === undefined) unknown.push(fact);
  }
  return unknown.length > 0 ? { belongs: 'unknown', facts: unknown } : itDoes;
}

/** E6: a need of a cohort that this person belongs to and that comes first, for one of their general needs. */
export function ownNeed(need: NeedId, known: Known, of: readonly CohortId[] = inFront): NeedId | undefined {
  const own = of.filter((id) => cohorts[id].comesFirst && belonging(id, known).belongs === 'yes');
  if (own.length === 0) return undefined;
  return needIds.find((id) => generalNeedOf(id) === need && own.includes(cohortOf(id)));
}
