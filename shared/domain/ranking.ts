import { promptness } from './answer-speed.ts';
import { hopsFrom } from './area-borders.ts';
import { type AreaId, areaIds } from './areas.ts';
import { allOf, sizeOf } from './bits.ts';
import { type AvailableService, cohortFit, coverageOf, type Judged, purposeOf, type Whom } from './matching.ts';
import type { MatchingWeights } from './matching-weights.ts';
import {
  type Candidate,
  type FilterCode,
  type FilteredService,
  filterCodeOf,
  mostFiltered,
  type ScorePart,
} from './ranked.ts';
import type { Confidential, NeedsGroup, Referral } from './referral.ts';
import { hasEnded, type Service } from './service.ts';
import { tieBreak } from './tie-break.ts';
import type { NeedId } from './vocabulary.ts';

/** For whom services are ranked, and by what. */
export interface Seeker {
  referral: Referral;
  person: Confidential['person'];
  whom: Whom;
  weights: MatchingWeights;
}

export interface Ranking {
  /** Best first. */
  candidates: Candidate[];
  /** Those that most nearly were candidates, and why they were none. */
  filtered: FilteredService[];
}

/** Who is asked first for these needs, by the practitioner's wish. */
export const preferencesOf = ({ facts }: Referral): Map<NeedId, string> =>
  new Map(
    facts.needs.flatMap(({ need, preferredServiceId }) => (preferredServiceId ? [[need, preferredServiceId]] : [])),
  );

/**
 * L3: the candidates for a group of needs with their scores explained, and why other services that are for these needs
 * are none. Ties are broken by the referral, so no provider starves; the order of the services decides nothing.
 */
export function rankServices(
  seeker: Seeker,
  group: Pick<NeedsGroup, 'needs' | 'tried'>,
  services: readonly Judged[],
): Ranking {
  const { referral, whom } = seeker;
  const all = allOf(group.needs);
  const purpose = purposeOf(group.needs, whom);
  const coverage = coverageOf(group.needs, whom);
  const partsOf = scoring(seeker, group);
  const tie = tieBreak(referral.id);
  const candidates: Ordered<Candidate>[] = [];
  const filtered: Ordered<FilteredService>[] = [];
  for (const judged of services) {
    const { service } = judged;
    if (purpose(service) !== all) continue;
    const { id: serviceId, provider } = service;
    const reasons = reasonsAgainst(judged, coverage(service) === all, referral, group);
    if (reasons.length > 0) {
      filtered.push({ what: { serviceId, reasons }, worse: reasons.length, tie: tie(serviceId) });
    } else {
      const scored = partsOf(service);
      const what = { serviceId, providerId: provider.id, score: scored.score, parts: scored.parts };
      candidates.push({ what, worse: -scored.score, tie: tie(serviceId) });
    }
  }
  return { candidates: inOrder(candidates), filtered: inOrder(filtered).slice(0, mostFiltered) };
}

interface Ordered<T> {
  what: T;
  worse: number;
  tie: number;
}

const inOrder = <T extends { serviceId: string }>(found: Ordered<T>[]): T[] =>
  found
    .sort((a, b) => a.worse - b.worse || a.tie - b.tie || (a.what.serviceId < b.what.serviceId ? -1 : 1))
    .map(({ what }) => what);

/** L3: a provider that has declared a conflict of interest is never asked again, for whatever need of the referral. */
export const hasConflict = (
  { conflictsOfInterest }: Referral,
  { provider }: Pick<AvailableService, 'provider'>,
): boolean => conflictsOfInterest.includes(provider.id);

/**
 * L3, O4: why a service cannot be asked, whoever names it. Only that it is full is no reason: its places are looked at
 * anew when it is asked.
 */
export function obstacleToAsking(
  referral: Referral,
  service: Pick<Service, 'provider' | 'contract'> | undefined,
  today: string,
): string | undefined {
  if (!service) return 'is no service of the directory';
  if (hasEnded(service, today)) return 'takes nobody on any more: its contract has ended';
  return hasConflict(referral, service) ? 'is of a provider that has declared a conflict of interest' : undefined;
}

function reasonsAgainst(
  { service, obstacles }: Judged,
  isOpen: boolean,
  referral: Referral,
  { tried }: Pick<NeedsGroup, 'tried'>,
): FilterCode[] {
  const reasons = obstacles.map(filterCodeOf);
  if (!isOpen) reasons.push('not-for-person');
  if (hasConflict(referral, service)) reasons.push('conflict-of-interest');
  if (tried.includes(service.id)) reasons.push('tried');
  if (service.free <= 0) reasons.push('full');
  return reasons.length > 1 ? [...new Set(reasons)] : reasons;
}

/** More free places than this are no better. */
export const amplePlaces = 20;

/** Each part of the score: from nothing to the whole of its weight. */
function scoring({ referral, person, whom, weights }: Seeker, group: Pick<NeedsGroup, 'needs'>) {
  const preferences = preferencesOf(referral);
  const preferred = new Set(group.needs.flatMap((need) => preferences.get(need) ?? []));
  const needs = referral.needs.map(({ need }) => need);
  const coverage = coverageOf(needs, whom);
  const locality = localityOf(referral.facts.area);
  const fit = fitOf(person);
  const shares: Record<ScorePart, (service: AvailableService) => number> = {
    preference: ({ id }) => Number(preferred.has(id)),
    cohort: cohortFit,
    coverage: (service) => sizeOf(coverage(service)) / needs.length,
    availability: ({ free }) => Math.min(free, amplePlaces) / amplePlaces,
    locality,
    speed: promptness,
    fit,
  };
  const worth = (part: ScorePart, service: AvailableService): number => rounded(weights[part] * shares[part](service));
  return (service: AvailableService): Pick<Candidate, 'score' | 'parts'> => {
    const parts = {
      preference: worth('preference', service),
      cohort: worth('cohort', service),
      coverage: worth('coverage', service),
      availability: worth('availability', service),
      locality: worth('locality', service),
      speed: worth('speed', service),
      fit: worth('fit', service),
    };
    const { preference, cohort, coverage: covered, availability, locality: local, speed, fit: fits } = parts;
    return { score: rounded(preference + cohort + covered + availability + local + speed + fits), parts };
  };
}

/**
 * How near to the person a service is delivered: all of it in their own area, half where one border lies between, a
 * third for two. With sites, the nearest counts; without, it may be anywhere in its areas, so their mean does.
 */
function localityOf(area: AreaId | null | undefined): (service: Pick<AvailableService, 'areas' | 'sites'>) => number {
  if (!area) return () => 0;
  const nearness = hopsFrom(area);
  for (const one of areaIds) nearness[one] = 1 / (1 + nearness[one]);
  return ({ areas, sites }) => {
    let found = 0;
    if (sites.length > 0) {
      for (const site of sites) found = Math.max(found, nearness[site.area]);
      return found;
    }
    for (const one of areas) found += nearness[one];
    return found / areas.length;
  };
}

/** The share of the person's language and access needs that a service meets; all of them where there are none. */
function fitOf({ interpreterLanguage, accessibility }: Confidential['person']): (service: AvailableService) => number {
  const access = accessibility ?? [];
  const count = access.length + (interpreterLanguage ? 1 : 0);
  if (count === 0) return () => 1;
  return (service) => {
    const speaks = interpreterLanguage ? Number(service.languages.includes(interpreterLanguage)) : 0;
    return (speaks + access.filter((need) => service.accessibility.includes(need)).length) / count;
  };
}

/** Two decimals are kept, and the score is the sum of what is kept. */
const rounded = (points: number): number => Math.round(points * 100) / 100;
