import { catalogues, currentCatalogue, outcomesOf } from '../catalogue/index.ts';
import type { Catalogue } from '../catalogue/schema.ts';
import type { KnownFacts, ReferredNeed } from '../referral-facts.ts';
import type { NeedId } from '../vocabulary.ts';
import { londonDate } from '../working-days.ts';
import { hasNoRelease, requirementsOf } from './requirements.ts';
import { isUnknown } from './rule.ts';

export interface Contradiction {
  /** The fact that is at fault: the first of `fields`. */
  pointer: string;
  /** Every fact that takes part, as JSON pointers. */
  fields: string[];
  /** What contradicts what, in plain English. */
  detail: string;
  rule: 'C1' | 'C2' | 'C3' | 'E1' | 'E3' | 'E8' | 'E9' | 'L1';
}

interface Reading {
  /** C3: the version that the referral was sent under; by default the one in force. */
  catalogue?: Catalogue;
  /** C3: all that were ever published, oldest first: what the catalogue no longer has, an older one may have had. */
  published?: readonly Catalogue[];
  /** A check may ask about a proposed sentence; a referral needs one that was passed. */
  purpose?: 'referral' | 'check';
}

/**
 * L1: facts that cannot all be true (422), every one of them. Only what is known can contradict; what is unlikely, or
 * true of a person whose facts are late (a release date that has passed), does not, so time alone never makes facts
 * contradict that did not when they were sent. A man with a women's need (E6) and a sentence that has ended (E1) are
 * true, and refused as ineligible instead.
 */
export function contradictions(facts: KnownFacts, at: Date, reading: Reading = {}): Contradiction[] {
  const { catalogue = currentCatalogue(at), published = catalogues, purpose = 'referral' } = reading;
  return [
    ...aboutDates(facts, at),
    ...aboutSentence(facts, purpose),
    ...aboutPathway(facts),
    ...facts.needs.flatMap((need, index) => [
      ...aboutNeed(need, index, facts.needs, catalogue),
      ...aboutOutcomes(need, index, catalogue, published),
      ...aboutIndicators(need, index, catalogue),
    ]),
  ];
}

const contradiction = (
  rule: Contradiction['rule'],
  detail: string,
  ...[pointer, ...others]: [string, ...string[]]
): Contradiction => ({ pointer, fields: [pointer, ...others], detail, rule });

function aboutDates(facts: KnownFacts, at: Date): Contradiction[] {
  const { sentence, setting, expectedReleaseDate: release } = facts;
  const { startDate: start, endDate: end, type } = sentence ?? {};
  const found = bornTooLate(facts, at);
  if (start && end && end < start) {
    const detail = 'The sentence ends before it starts.';
    found.push(contradiction('L1', detail, '/sentence/endDate', '/sentence/startDate'));
  }
  if (release && start && release < start) {
    const detail = 'The release is before the sentence starts.';
    found.push(contradiction('E8', detail, '/expectedReleaseDate', '/sentence/startDate'));
  }
  if (release && end && release > end) {
    const detail = 'The release is after the sentence ends.';
    found.push(contradiction('E8', detail, '/expectedReleaseDate', '/sentence/endDate'));
  }
  // In custody E1 says what to do instead; and someone on an order may be there, or have been, for another matter.
  if (release && release > londonDate(at) && type && hasNoRelease(type) && setting === 'community') {
    const detail = `A ${type.replaceAll('-', ' ')} is served in the community, so there is no release to come.`;
    found.push(contradiction('E8', detail, '/expectedReleaseDate', '/sentence/type', '/setting'));
  }
  return found;
}

/** One fault at most: a birth that is too late for several dates is still one date to put right. */
function bornTooLate({ person, sentence, expectedReleaseDate: release }: KnownFacts, at: Date): Contradiction[] {
  const birth = person?.dateOfBirth;
  const { startDate: start, endDate: end } = sentence ?? {};
  const found = (detail: string, ...others: string[]) => [
    contradiction('L1', detail, '/person/dateOfBirth', ...others),
  ];
  if (!birth) return [];
  if (birth > londonDate(at)) return found('The date of birth is in the future.');
  if (start && birth > start) return found('The person was born after the sentence started.', '/sentence/startDate');
  if (release && birth > release) return found('The person was born after the release.', '/expectedReleaseDate');
  if (end && birth > end) return found('The person was born after the sentence ended.', '/sentence/endDate');
  return [];
}

function aboutSentence(facts: KnownFacts, purpose: Reading['purpose']): Contradiction[] {
  const found: Contradiction[] = [];
  if (facts.sentence?.rarDays && requirementsOf(facts)?.has('rehabilitation-activity') === false) {
    const detail = 'There are rehabilitation activity days but no rehabilitation activity requirement.';
    found.push(contradiction('E1', detail, '/sentence/rarDays', '/sentence/requirements'));
  }
  if (facts.sentence?.proposed && purpose === 'referral') {
    const detail = 'A proposed sentence can be checked; a referral needs one that was passed.';
    found.push(contradiction('E1', detail, '/sentence/proposed'));
  }
  return found;
}

/** E9: both owners are those of a person on the pathway. */
function aboutPathway({ opdPathway, opdOwners }: KnownFacts): Contradiction[] {
  const found: Contradiction[] = [];
  if (!opdOwners) return found;
  if (opdPathway === false) {
    const detail = 'There are owners for a pathway that the person is not on.';
    found.push(contradiction('E9', detail, '/opdOwners', '/opdPathway'));
  }
  if (opdOwners.probation === opdOwners.health) {
    const detail = 'Both owners are one organisation; responsibility is shared by two.';
    found.push(contradiction('E9', detail, '/opdOwners/health', '/opdOwners/probation'));
  }
  return found;
}

function aboutNeed(
  { need, reason, followedBy }: ReferredNeed,
  index: number,
  needs: ReferredNeed[],
  catalogue: Catalogue,
): Contradiction[] {
  const found: Contradiction[] = [];
  if (!catalogue.needs.some(({ id }) => id === need)) {
    const detail = `Version ${catalogue.version} of the catalogue, which is in force here, does not have ${need}.`;
    found.push(contradiction('C3', detail, `/needs/${index}/need`));
  }
  const first = needs.findIndex((other) => other.need === need);
  if (first < index) {
    found.push(contradiction('L1', `${need} is there more than once.`, `/needs/${index}/need`, `/needs/${first}/need`));
  }
  if (followedBy && !isUnknown(reason) && reason !== 'supports-engagement-with-primary') {
    const detail = 'An intervention follows only where the service supports engagement with it.';
    found.push(contradiction('E3', detail, `/needs/${index}/followedBy`, `/needs/${index}/reason`));
  }
  return found;
}

function aboutOutcomes(
  { need, desiredOutcomes }: ReferredNeed,
  index: number,
  catalogue: Catalogue,
  published: readonly Catalogue[],
): Contradiction[] {
  const outcomes = desiredOutcomes ?? [];
  const known = new Set(outcomesOf(catalogue, need).map(({ id }) => id));
  const pointerTo = (position: number): string => `/needs/${index}/desiredOutcomes/${position}`;
  return outcomes.flatMap((outcome, position) => {
    const first = outcomes.indexOf(outcome);
    if (first < position) {
      return [contradiction('C1', `${outcome} is there more than once.`, pointerTo(position), pointerTo(first))];
    }
    if (known.has(outcome)) return [];
    const { rule, detail } = whyUnknown(outcome, need, catalogue, published);
    return [contradiction(rule, detail, pointerTo(position), `/needs/${index}/need`)];
  });
}

/** C1, C3: the catalogue has such an outcome for another need, or had one before, or never. */
function whyUnknown(
  outcome: string,
  need: NeedId,
  catalogue: Catalogue,
  published: readonly Catalogue[],
): Pick<Contradiction, 'rule' | 'detail'> {
  const has = (version: Catalogue, of: NeedId): boolean => outcomesOf(version, of).some(({ id }) => id === outcome);
  const owner = catalogue.needs.find(({ id }) => has(catalogue, id));
  if (owner) return { rule: 'C1', detail: `This outcome belongs to ${owner.id}, not to ${need}.` };
  const versions = published.filter(({ effectiveFrom }) => effectiveFrom <= catalogue.effectiveFrom);
  const retiredIn = versions[versions.findLastIndex((version) => has(version, need)) + 1];
  const hadIt = versions.some((version) => has(version, need));
  if (hadIt && retiredIn) {
    const detail = `This outcome was retired on ${retiredIn.effectiveFrom}: version ${retiredIn.version} of the catalogue no longer has it.`;
    return { rule: 'C3', detail };
  }
  return { rule: 'C1', detail: `Version ${catalogue.version} of the catalogue has no such outcome.` };
}

/** C2: an answer must be one that the need's indicators know. */
function aboutIndicators({ need, indicators }: ReferredNeed, index: number, catalogue: Catalogue): Contradiction[] {
  const known = catalogue.needs.find(({ id }) => id === need)?.indicators ?? [];
  return Object.entries(indicators ?? {}).flatMap(([id, value]): Contradiction[] => {
    const pointer = `/needs/${index}/indicators/${id}`;
    const values = known.find((indicator) => indicator.id === id)?.values;
    if (values?.includes(value)) return [];
    const detail = values
      ? `The answers to this are ${values.join(', ')}.`
      : `Version ${catalogue.version} of the catalogue asks of ${need} ${known.map((indicator) => indicator.id).join(', ')}.`;
    return [{ pointer, fields: [pointer], detail, rule: 'C2' }];
  });
}
