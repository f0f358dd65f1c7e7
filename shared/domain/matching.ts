import { ageOf, cohortNamed, cohortOf, type Known, ownNeed } from './cohorts.ts';
import { settingOf } from './eligibility/setting.ts';
import type { Confidential, NeedsGroup, Referral } from './referral.ts';
import type { KnownFacts } from './referral-facts.ts';
import type { Service } from './service.ts';
import { type Circumstances, type Obstacle, obstaclesOf, takes } from './service-fit.ts';
import type { NeedId } from './vocabulary.ts';
import { londonDate } from './working-days.ts';

/** A service as matching sees it: the directory's entry with its places free at this moment, and who waits for one. */
export type AvailableService = Service & { free: number; waiting?: number };
export interface Candidate {
  serviceId: string;
  providerId: string;
  /** Higher is better; only for comparison within one ranking. */
  score: number;
}

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

/**
 * L3: parts needs into as few groups as the directory allows: always the service that covers most of what is left.
 * Needs that nobody covers stand alone, so that one gap does not hold up the others.
 */
export function groupNeeds(needs: NeedId[], services: AvailableService[], whom: Whom): NeedId[][] {
  const groups: NeedId[][] = [];
  let left = needs;
  while (left.length > 0) {
    const covered = services.map((service) => left.filter((need) => covers(service, need, whom)));
    const best = covered.reduce<NeedId[]>((most, cover) => (cover.length > most.length ? cover : most), []);
    const group = best.length > 0 ? best : left.slice(0, 1);
    groups.push(group);
    left = left.filter((need) => !group.includes(need));
  }
  return groups;
}

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

/** L3: the services that fit this person here and now, whatever needs they cover. */
export const suitableServices = (
  { facts }: Referral,
  { person }: Confidential,
  services: AvailableService[],
  now: Date,
): AvailableService[] => services.filter(takes(circumstancesOf(facts, person, now)));

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
export const covers = (service: Pick<Service, 'cohort' | 'needs'>, need: NeedId, whom: Whom): boolean =>
  isFor(service, need, whom) && (whom.general.has(need) || firstInstead(service, need, whom) === undefined);

/** Whether a service is for a need of this person, open to them or not. */
function isFor({ cohort, needs }: Pick<Service, 'cohort' | 'needs'>, need: NeedId, known: Known): boolean {
  if (needs.includes(need)) return true;
  const own = ownNeed(need, known, [cohort]);
  return own !== undefined && needs.includes(own);
}

/** E6: the need of the person's own cohort, which comes before a service for everyone. */
const firstInstead = ({ cohort }: Pick<Service, 'cohort'>, need: NeedId, known: Known): NeedId | undefined =>
  cohortNamed(cohort).comesFirst ? undefined : ownNeed(need, known);

const cohortFit = ({ cohort }: Pick<Service, 'cohort'>): number => Number(cohortNamed(cohort).comesFirst);

/** L3: the candidates for a group of needs, best first. Ties are broken by the referral, so no provider starves. */
export function rankCandidates(
  referral: Referral,
  whom: Whom,
  group: Pick<NeedsGroup, 'needs' | 'tried'>,
  suitable: AvailableService[],
): Candidate[] {
  const preferred = referral.facts.needs
    .filter(({ need }) => group.needs.includes(need))
    .flatMap(({ preferredServiceId }) => preferredServiceId ?? []);
  const seed = fnv1a(`${referral.id}/`);
  return suitable
    .filter((service) => service.free > 0 && !group.tried.includes(service.id))
    .filter((service) => group.needs.every((need) => covers(service, need, whom)))
    .map((service) => ({ service, score: scoreOf(service, preferred), tie: mixed(fnv1a(service.id, seed)) }))
    .sort((a, b) => b.score - a.score || a.tie - b.tie)
    .map(({ service, score }) => ({ serviceId: service.id, providerId: service.provider.id, score }));
}

function scoreOf(service: AvailableService, preferred: string[]): number {
  const preference = preferred.includes(service.id) ? 100 : 0;
  const availability = Math.min(service.free, 20) / 2;
  return preference + 20 * cohortFit(service) + availability;
}

/** Ids that differ in their last character alone, as `homes-1` and `homes-2`, must come first equally often. */
function mixed(hash: number): number {
  const once = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  const twice = Math.imul(once ^ (once >>> 15), 0x846ca68b);
  return (twice ^ (twice >>> 16)) >>> 0;
}

/** A stable pseudo-random order per referral: the hash of its id goes on into that of the service's. */
function fnv1a(text: string, seed = 0x811c9dc5): number {
  let hash = seed;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash;
}
