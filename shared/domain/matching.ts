import type { AnswersGiven } from './answer-speed.ts';
import { ageOf, cohortNamed, cohortOf, type Known, ownNeed } from './cohorts.ts';
import { settingOf } from './eligibility/setting.ts';
import type { Confidential, Referral } from './referral.ts';
import type { KnownFacts } from './referral-facts.ts';
import type { Service } from './service.ts';
import { type Circumstances, type Obstacle, type ObstacleCode, obstacleCodesOf, obstaclesOf } from './service-fit.ts';
import type { CohortId, NeedId } from './vocabulary.ts';
import { londonDate } from './working-days.ts';

/**
 * A service as matching sees it: the directory's entry with its places free at this moment, who waits for one, and how
 * quickly its provider has accepted so far.
 */
export type AvailableService = Service & { free: number; waiting?: number } & Partial<AnswersGiven>;

/** Of a person, what decides which services are for a need of theirs. */
export interface Whom extends Known {
  /** E6: needs for which the practitioner has said why a general service. */
  general: ReadonlySet<NeedId>;
}

export const whomOf = ({ person, needs }: Confidential, now: Date): Whom => ({
  sex: person.sex,
  age: ageOf(person.dateOfBirth, now),
  general: new Set((Object.keys(needs) as NeedId[]).filter((need) => needs[need]?.generalServiceReason !== undefined)),
});

/** What services are filtered by, of these facts: worked out once, since directories are long. */
const circumstancesOf = (
  facts: Pick<KnownFacts, 'area' | 'setting' | 'sentence'>,
  { sex, dateOfBirth }: Confidential['person'],
  now: Date,
): Circumstances => ({
  area: facts.area,
  setting: settingOf(facts),
  sentenceType: facts.sentence?.type,
  sex,
  age: ageOf(dateOfBirth, now),
  date: londonDate(now),
});

/** A service of the area, and what stands against it here and now, whatever needs it covers. */
export interface Judged {
  service: AvailableService;
  obstacles: readonly ObstacleCode[];
}

/** L3: how the services of the referral's area fit this person here and now. */
export function judgedServices(
  { facts }: Referral,
  { person }: Confidential,
  services: readonly AvailableService[],
  now: Date,
): Judged[] {
  const known = circumstancesOf(facts, person, now);
  return services
    .filter(({ areas }) => !known.area || areas.includes(known.area))
    .map((service) => ({ service, obstacles: obstacleCodesOf(service, known) }));
}

interface OpenServices<S extends Service> {
  open: S[];
  notOpen: { service: S; reasons: Obstacle[] }[];
}

/**
 * O3: which of an area's services would take one need by what is known so far, with places or without, and for every
 * other one that is for the need, why not. E6: for a woman the women's services stand first.
 */
export function openServices<S extends Service>(
  facts: KnownFacts,
  index: number,
  services: readonly S[],
  now: Date,
): OpenServices<S> {
  const need = facts.needs[index];
  const known = circumstancesOf(facts, facts.person ?? {}, now);
  const found: OpenServices<S> = { open: [], notOpen: [] };
  for (const service of services) {
    if (!need || !isFor(service, need.need, known)) continue;
    const reasons = obstaclesOf(service, known);
    const first = need.generalServiceReason ? undefined : firstInstead(service, need.need, known);
    if (first) reasons.push(othersFirst(first));
    if (reasons.length > 0) found.notOpen.push({ service, reasons });
    else found.open.push(service);
  }
  return { ...found, open: found.open.sort((one, other) => cohortFit(other) - cohortFit(one)) };
}

const othersFirst = (need: NeedId): Obstacle => ({
  code: 'cohort-first',
  detail: `Services for ${cohortNamed(cohortOf(need)).name} come first for this person; this one is open where generalServiceReason says why it is better.`,
});

/**
 * Whether a service can take a need of this person. E6: for a woman, a women's service covers the general need too, and
 * a general service is one only where the practitioner has said why.
 */
export const covers = ({ cohort, needs }: Pick<Service, 'cohort' | 'needs'>, need: NeedId, whom: Whom): boolean =>
  takenAs(cohort, need, whom).some((id) => needs.includes(id));

/** Whether a service is for a need of this person, open to them or not. */
const isFor = ({ cohort, needs }: Pick<Service, 'cohort' | 'needs'>, need: NeedId, known: Known): boolean =>
  meantBy(cohort, need, known).some((id) => needs.includes(id));

/** The needs of which a service of a cohort must have one to be for this one: it, or the cohort's own counterpart. */
function meantBy(cohort: CohortId, need: NeedId, known: Known): NeedId[] {
  const own = ownNeed(need, known, [cohort]);
  return own ? [need, own] : [need];
}

/** As `meantBy`, and none where services of the person's own cohort come first. */
const takenAs = (cohort: CohortId, need: NeedId, whom: Whom): NeedId[] =>
  whom.general.has(need) || firstInstead({ cohort }, need, whom) === undefined ? meantBy(cohort, need, whom) : [];

/** Which needs of a list, as bits in its order. */
type Coverage = (service: Pick<Service, 'cohort' | 'needs'>) => number;

/** Which of these needs a service can take (`covers`), worked out once a cohort, since directories are long. */
export const coverageOf = (needs: readonly NeedId[], whom: Whom): Coverage =>
  bitsBy((cohort) => needs.map((need) => takenAs(cohort, need, whom)));

/** Which of these needs a service is for, open to this person or not. */
export const purposeOf = (needs: readonly NeedId[], known: Known): Coverage =>
  bitsBy((cohort) => needs.map((need) => meantBy(cohort, need, known)));

function bitsBy(idsIn: (cohort: CohortId) => NeedId[][]): Coverage {
  const byCohort = new Map<CohortId, NeedId[][]>();
  return ({ cohort, needs }) => {
    let wanted = byCohort.get(cohort);
    if (!wanted) {
      wanted = idsIn(cohort);
      byCohort.set(cohort, wanted);
    }
    let bits = 0;
    for (const [at, ids] of wanted.entries()) if (ids.some((id) => needs.includes(id))) bits |= 1 << at;
    return bits;
  };
}

/** E6: the need of the person's own cohort, which comes before a service for everyone. */
const firstInstead = ({ cohort }: Pick<Service, 'cohort'>, need: NeedId, known: Known): NeedId | undefined =>
  cohortNamed(cohort).comesFirst ? undefined : ownNeed(need, known);

/** E6: one for a service of a cohort that comes first, of which the person is. */
export const cohortFit = ({ cohort }: Pick<Service, 'cohort'>): number => Number(cohortNamed(cohort).comesFirst);
