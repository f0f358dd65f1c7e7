import { currentCatalogue, outcomesOf } from '../catalogue/index.ts';
import type { Catalogue } from '../catalogue/schema.ts';
import type { KnownFacts } from '../referral-facts.ts';
import { londonDate } from '../working-days.ts';
import { requirementsOf } from './requirements.ts';
import { isUnknown } from './rule.ts';

export interface Contradiction {
  pointer: string;
  /** What contradicts what, in plain English. */
  detail: string;
  rule: 'C1' | 'E1' | 'E3' | 'E8' | 'E9' | 'L1';
}

interface Reading {
  /** C3: the version that the referral was sent under; by default the one in force. */
  catalogue?: Catalogue;
  /** A check may ask about a proposed sentence; a referral needs one that was passed. */
  purpose?: 'referral' | 'check';
}

/**
 * L1: facts that cannot all be true (422), every one of them. Only what is known can contradict; what is unlikely, or
 * true of a person whose facts are late (a release date that has passed), does not. A man with a women's need is
 * refused by E6 instead.
 */
export function contradictions(facts: KnownFacts, at: Date, reading: Reading = {}): Contradiction[] {
  const { catalogue = currentCatalogue(at), purpose = 'referral' } = reading;
  return [
    ...aboutDates(facts, at),
    ...aboutSentence(facts, purpose),
    ...aboutPathway(facts),
    ...aboutNeeds(facts, catalogue),
  ];
}

function aboutDates({ person, sentence, expectedReleaseDate: release }: KnownFacts, at: Date): Contradiction[] {
  const found: Contradiction[] = [];
  const { startDate: start, endDate: end } = sentence ?? {};
  if (person?.dateOfBirth && person.dateOfBirth > londonDate(at)) {
    found.push({ pointer: '/person/dateOfBirth', detail: 'The date of birth is in the future.', rule: 'L1' });
  }
  if (start && end && end < start) {
    found.push({ pointer: '/sentence/endDate', detail: 'The sentence ends before it starts.', rule: 'L1' });
  }
  if (release && start && release < start) {
    found.push({ pointer: '/expectedReleaseDate', detail: 'The release is before the sentence starts.', rule: 'E8' });
  }
  if (release && end && release > end) {
    found.push({ pointer: '/expectedReleaseDate', detail: 'The release is after the sentence ends.', rule: 'E8' });
  }
  return found;
}

function aboutSentence(facts: KnownFacts, purpose: Reading['purpose']): Contradiction[] {
  const found: Contradiction[] = [];
  if (facts.sentence?.rarDays && requirementsOf(facts)?.has('rehabilitation-activity') === false) {
    const detail = 'There are rehabilitation activity days but no rehabilitation activity requirement.';
    found.push({ pointer: '/sentence/rarDays', detail, rule: 'E1' });
  }
  if (facts.sentence?.proposed && purpose === 'referral') {
    const detail = 'A proposed sentence can be checked; a referral needs one that was passed.';
    found.push({ pointer: '/sentence/proposed', detail, rule: 'E1' });
  }
  return found;
}

function aboutPathway({ opdPathway, opdOwners }: KnownFacts): Contradiction[] {
  const found: Contradiction[] = [];
  if (!opdOwners) return found;
  if (opdPathway === false) {
    const detail = 'There are owners for a pathway that the person is not on.';
    found.push({ pointer: '/opdOwners', detail, rule: 'E9' });
  }
  if (opdOwners.probation === opdOwners.health) {
    const detail =
      'Both opdOwners.probation and opdOwners.health name one organisation; responsibility is shared by two.';
    found.push({ pointer: '/opdOwners', detail, rule: 'E9' });
  }
  return found;
}

function aboutNeeds({ needs }: KnownFacts, catalogue: Catalogue): Contradiction[] {
  return needs.flatMap(({ need, reason, followedBy, desiredOutcomes }, index) => {
    const found: Contradiction[] = [];
    if (needs.findIndex((other) => other.need === need) < index) {
      found.push({ pointer: `/needs/${index}/need`, detail: `${need} is there more than once.`, rule: 'L1' });
    }
    if (followedBy && !isUnknown(reason) && reason !== 'supports-engagement-with-primary') {
      const detail = 'An intervention follows only where the service supports engagement with it.';
      found.push({ pointer: `/needs/${index}/followedBy`, detail, rule: 'E3' });
    }
    const known = new Set(outcomesOf(catalogue, need).map(({ id }) => id));
    for (const [position, outcome] of (desiredOutcomes ?? []).entries()) {
      if (known.has(outcome)) continue;
      const owner = catalogue.needs.find(({ outcomes }) => outcomes.some(({ id }) => id === outcome));
      found.push({
        pointer: `/needs/${index}/desiredOutcomes/${position}`,
        detail: owner
          ? `This outcome belongs to ${owner.id}, not to ${need}.`
          : `Version ${catalogue.version} of the catalogue has no such outcome.`,
        rule: 'C1',
      });
    }
    return found;
  });
}
