import { parseISO } from 'date-fns';
import { differenceInYears } from 'date-fns/differenceInYears';
import type { AreaId } from './areas.ts';
import type { Confidential, NeedsGroup, Referral } from './referral.ts';
import type { KnownFacts } from './referral-facts.ts';
import { isRunning, type Service } from './service.ts';
import { isWomensNeed, type NeedId, type SentenceType, type Setting } from './vocabulary.ts';
import { londonDate } from './working-days.ts';

/** A service as matching sees it: the directory's entry with its places free at this moment. */
export type AvailableService = Service & { free: number };
export interface Candidate {
  serviceId: string;
  providerId: string;
  /** Higher is better; only for comparison within one ranking. */
  score: number;
}

/**
 * L3: parts needs into as few groups as the directory allows: always the service that covers most of what is left.
 * Needs that nobody covers stand alone, so that one gap does not hold up the others.
 */
export function groupNeeds(needs: NeedId[], services: AvailableService[], confidential: Confidential): NeedId[][] {
  const groups: NeedId[][] = [];
  let left = needs;
  while (left.length > 0) {
    const covered = services.map((service) => left.filter((need) => covers(service, need, confidential)));
    const best = covered.reduce<NeedId[]>((most, cover) => (cover.length > most.length ? cover : most), []);
    const group = best.length > 0 ? best : left.slice(0, 1);
    groups.push(group);
    left = left.filter((need) => !group.includes(need));
  }
  return groups;
}

/** What is known of the person and the place: what a service may be filtered by. */
interface Circumstances {
  area: AreaId | null | undefined;
  setting: Setting | null | undefined;
  sentenceType: SentenceType | null | undefined;
  person: Confidential['person'];
}

/**
 * L3, E6: whether a service takes someone in these circumstances. What is not known excludes nothing. What is the same
 * for every service is worked out once: directories are long.
 */
function takes({ area, setting, sentenceType, person }: Circumstances, now: Date): (service: Service) => boolean {
  const age = person.dateOfBirth ? differenceInYears(now, parseISO(person.dateOfBirth)) : null;
  const date = londonDate(now);
  return (service) =>
    (!area || service.areas.includes(area)) &&
    (!setting || service.settings.includes(setting)) &&
    (service.cohort === 'general' || person.sex === 'female') &&
    (!sentenceType || service.sentenceTypes.includes(sentenceType)) &&
    (age === null || ((service.minimumAge ?? 0) <= age && age <= (service.maximumAge ?? Number.POSITIVE_INFINITY))) &&
    isRunning(service, date);
}

/** L3: the services that fit this person here and now, whatever needs they cover. */
export const suitableServices = (
  { facts }: Referral,
  { person }: Confidential,
  services: AvailableService[],
  now: Date,
): AvailableService[] =>
  services.filter(takes({ area: facts.area, setting: facts.setting, sentenceType: facts.sentence?.type, person }, now));

/** O3: the services that would take one need, by what is known so far; with places or without. */
export function openServices<S extends Service>(facts: KnownFacts, index: number, services: S[], now: Date): S[] {
  const need = facts.needs[index];
  if (!need) return [];
  const person = facts.person ?? {};
  const reason = need.generalServiceReason ?? undefined;
  const confidential: Confidential = {
    person,
    reasonForReferral: null,
    needs: reason === undefined ? {} : { [need.need]: { generalServiceReason: reason } },
  };
  const fits = takes({ area: facts.area, setting: facts.setting, sentenceType: facts.sentence?.type, person }, now);
  return services.filter((service) => fits(service) && covers(service, need.need, confidential));
}

/**
 * Whether a service can take a need of this person. E6: for a woman, a women's service covers the general need too, and
 * a general service is one only where the practitioner has said why.
 */
export function covers(service: Pick<Service, 'cohort' | 'needs'>, need: NeedId, confidential: Confidential): boolean {
  const { person, needs } = confidential;
  if (person.sex !== 'female' || isWomensNeed(need)) return service.needs.includes(need);
  if (service.cohort === 'women')
    return service.needs.includes(need) || service.needs.includes(`womens-${need}` as NeedId);
  return service.needs.includes(need) && needs[need]?.generalServiceReason !== undefined;
}

/** L3: the candidates for a group of needs, best first. Ties are broken by the referral, so no provider starves. */
export function rankCandidates(
  referral: Referral,
  confidential: Confidential,
  group: Pick<NeedsGroup, 'needs' | 'tried'>,
  suitable: AvailableService[],
): Candidate[] {
  const preferred = referral.facts.needs
    .filter(({ need }) => group.needs.includes(need))
    .flatMap(({ preferredServiceId }) => preferredServiceId ?? []);
  const seed = fnv1a(`${referral.id}/`);
  return suitable
    .filter((service) => service.free > 0 && !group.tried.includes(service.id))
    .filter((service) => group.needs.every((need) => covers(service, need, confidential)))
    .map((service) => ({ service, score: scoreOf(service, preferred), tie: mixed(fnv1a(service.id, seed)) }))
    .sort((a, b) => b.score - a.score || a.tie - b.tie)
    .map(({ service, score }) => ({ serviceId: service.id, providerId: service.provider.id, score }));
}

function scoreOf(service: AvailableService, preferred: string[]): number {
  const preference = preferred.includes(service.id) ? 100 : 0;
  const cohortFit = service.cohort === 'women' ? 20 : 0;
  const availability = Math.min(service.free, 20) / 2;
  return preference + cohortFit + availability;
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
