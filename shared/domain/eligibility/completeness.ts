import type { KnownFacts } from '../referral-facts.ts';
import { requirementsOf } from './requirements.ts';
import { isUnknown } from './rule.ts';

/**
 * L1: what a complete referral still lacks, as JSON pointers in the order of the referral. It covers all that the rules
 * of eligibility ask for. Never missing are the optional facts, and:
 * - `interpreterLanguage`: null means that none is needed, while accessibility says so with an empty list;
 * - requirements of a licence or post-sentence supervision, which has conditions instead;
 * - `rarDays` without a RAR, `followedBy` unless a primary intervention follows, the release date in the community;
 * - the two owners of a person who is not on the personality-disorder pathway (E9).
 */
export function missingFacts(facts: KnownFacts): string[] {
  const { person, sentence, risk } = facts;
  const requirements = requirementsOf(facts);
  return [
    ['/crn', facts.crn],
    ['/person/sex', person?.sex],
    ['/person/dateOfBirth', person?.dateOfBirth],
    ['/person/accessibility', person?.accessibility],
    ['/area', facts.area],
    ['/sentence/id', sentence?.id],
    ['/sentence/type', sentence?.type],
    ['/sentence/requirements', requirements],
    ...when(requirements?.has('rehabilitation-activity'), ['/sentence/rarDays', sentence?.rarDays]),
    ['/sentence/endDate', sentence?.endDate],
    ['/setting', facts.setting],
    ...when(facts.setting === 'custody', ['/expectedReleaseDate', facts.expectedReleaseDate]),
    ['/risk/seriousHarm', risk?.seriousHarm],
    ['/opdPathway', facts.opdPathway],
    ...when(facts.opdPathway === true, ['/opdOwners', facts.opdOwners]),
    ...facts.needs.flatMap((need, index): Fact[] => [
      [`/needs/${index}/reason`, need.reason],
      ...when(need.reason === 'supports-engagement-with-primary', [`/needs/${index}/followedBy`, need.followedBy]),
      [`/needs/${index}/desiredOutcomes`, need.desiredOutcomes?.length ? need.desiredOutcomes : null],
    ]),
  ].flatMap(([pointer, fact]) => (isUnknown(fact) ? [pointer as string] : []));
}

type Fact = [pointer: string, fact: unknown];
const when = (applies: boolean | undefined, fact: Fact): Fact[] => (applies ? [fact] : []);
