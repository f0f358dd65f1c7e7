import { canonical } from './canonical.ts';
import { cohortNamed, cohortOf } from './cohorts.ts';
import type { Service, ServiceDescription } from './service.ts';
import { type CohortId, type Sex, sexes } from './vocabulary.ts';

export interface ServiceFault {
  /** JSON pointer into the description. */
  pointer: string;
  detail: string;
  rule?: string;
}

/** Whom a service is for whose contract does not say: everyone, or those of its cohort. */
const sexesOf = (cohort: CohortId): Sex[] => {
  const { sex } = cohortNamed(cohort).who;
  return sex ? [sex] : [...sexes];
};

/** What was put, with what follows from it where it is silent. */
export const completed = <D extends { cohort: CohortId; sexes?: Sex[] | undefined }>(put: D): D & { sexes: Sex[] } => ({
  ...put,
  sexes: (put.sexes ?? sexesOf(put.cohort)).toSorted((one, other) => sexes.indexOf(one) - sexes.indexOf(other)),
});

/** What each field may be on its own and the fields together may not. */
export function contradictionsIn(description: ServiceDescription): ServiceFault[] {
  const { cohort, needs, sites, minimumAge, maximumAge, contract } = description;
  const faults: ServiceFault[] = needs.flatMap((need, index) =>
    cohortNamed(cohortOf(need)).comesFirst && cohort !== cohortOf(need)
      ? [{ pointer: `/needs/${index}`, detail: `${need} is for a service of the cohort ${cohortOf(need)}`, rule: 'E6' }]
      : [],
  );
  const { name, who } = cohortNamed(cohort);
  if (who.sex && description.sexes.some((sex) => sex !== who.sex)) {
    faults.push({ pointer: '/sexes', detail: `a service for ${name} is for ${who.sex} alone`, rule: 'E6' });
  }
  for (const [index, { id }] of sites.entries()) {
    if (sites.findIndex((other) => other.id === id) < index) {
      faults.push({ pointer: `/sites/${index}/id`, detail: `${id} names another site already` });
    }
  }
  if (minimumAge !== null && maximumAge !== null && maximumAge < minimumAge) {
    faults.push({ pointer: '/maximumAge', detail: 'lies below the minimum age' });
  }
  if (contract.closes !== null && contract.closes < contract.opens) {
    faults.push({ pointer: '/contract/closes', detail: 'lies before it opens' });
  }
  return [...faults, ...repeatsIn(description)];
}

/** A list says each thing once: what names it, here and in Open Referral, is the thing itself. */
const repeatsIn = (description: ServiceDescription): ServiceFault[] =>
  Object.entries(description).flatMap(([field, value]) => {
    const list: readonly unknown[] = Array.isArray(value) ? value : [];
    return list.flatMap((item, index) =>
      list.indexOf(item) < index
        ? [{ pointer: `/${field}/${index}`, detail: `${String(item)} stands there twice` }]
        : [],
    );
  });

/** What a description says otherwise than the one before it. */
export const changedFields = (before: ServiceDescription, after: ServiceDescription): string[] =>
  (Object.keys(after) as (keyof ServiceDescription)[]).filter(
    (field) => canonical(before[field]) !== canonical(after[field]),
  );

type Contract = Pick<Service['contract'], 'closes'>;

/**
 * O4: the last day that a change gives a service, where that is news: an end that it did not have, an earlier one, or,
 * of a service that is new here, one that has passed already. Its entry and its history stay.
 */
export function closingOf(before: Contract | undefined, { closes }: Contract, today: string): string | undefined {
  if (closes === null) return undefined;
  const isNews = before ? before.closes === null || closes < before.closes : closes < today;
  return isNews ? closes : undefined;
}
