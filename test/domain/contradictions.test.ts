import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { currentCatalogue } from '../../shared/domain/catalogue/index.ts';
import { contradictions } from '../../shared/domain/eligibility/index.ts';
import { arbitraryFacts } from '../builders/arbitrary-facts.ts';
import { aNeed, aReferral, aReferralThroughTheGate, today } from '../builders/referral-facts.ts';

const found = (facts: Parameters<typeof contradictions>[0]) =>
  contradictions(facts, today).map(({ rule, pointer }) => `${rule} ${pointer}`);
const withNeed = (changes: Parameters<typeof aNeed>[1]) =>
  aReferral().with({ needs: [aNeed('accommodation', changes)] });

describe('L1: facts that contradict each other', () => {
  it.each([
    ['C1 /needs/0/desiredOutcomes/0', withNeed({ desiredOutcomes: ['womens-accommodation.suitable-home'] })],
    ['C1 /needs/0/desiredOutcomes/1', withNeed({ desiredOutcomes: ['accommodation.suitable-home', 'none-such'] })],
    ['E8 /expectedReleaseDate', aReferralThroughTheGate().with({ sentence: { startDate: '2026-07-14' } })],
    ['E8 /expectedReleaseDate', aReferralThroughTheGate().with({ sentence: { endDate: '2026-07-12' } })],
    ['L1 /sentence/endDate', aReferral().with({ sentence: { startDate: '2027-10-01' } })],
    ['L1 /needs/2/need', aReferral().with({ needs: [aNeed(), aNeed('emotional-wellbeing'), aNeed()] })],
    ['E1 /sentence/rarDays', aReferral().with({ sentence: { requirements: ['programme'] } })],
    ['E1 /sentence/rarDays', aReferral().with({ sentence: { type: 'licence', requirements: null } })],
    ['E1 /sentence/proposed', aReferral().with({ sentence: { proposed: true } })],
    ['E3 /needs/0/followedBy', withNeed({ followedBy: 'accredited-programme' })],
    ['L1 /person/dateOfBirth', aReferral().with({ person: { dateOfBirth: '2026-06-16' } })],
    ['E9 /opdOwners', aReferral().with({ opdOwners: { probation: 'pp-17', health: 'nhs-3' } })],
    [
      'E9 /opdOwners',
      aReferral().with({ opdPathway: true, opdOwners: { probation: 'north-probation', health: 'north-probation' } }),
    ],
  ])('are named with their rule: %s', (expected, facts) => expect(found(facts)).toEqual([expected]));

  it('are named all at once, each in a sentence', () => {
    const facts = aReferral().with({
      person: { dateOfBirth: '2030-01-01' },
      sentence: { startDate: '2028-01-01', requirements: [] },
      needs: [aNeed('accommodation', { desiredOutcomes: ['none-such'] }), aNeed()],
    });
    expect(found(facts)).toEqual([
      'L1 /person/dateOfBirth',
      'L1 /sentence/endDate',
      'E1 /sentence/rarDays',
      'C1 /needs/0/desiredOutcomes/0',
      'L1 /needs/1/need',
    ]);
    for (const { detail } of contradictions(facts, today)) expect(detail).toMatch(/^[A-Za-z].+\.$/);
  });

  it('E9: name both fields where one organisation would share responsibility with itself', () => {
    const facts = aReferral().with({ opdPathway: true, opdOwners: { probation: 'a', health: 'a' } });
    const [fault] = contradictions(facts, today);
    for (const field of ['opdOwners.probation', 'opdOwners.health']) expect(fault?.detail).toContain(field);
  });

  it.each([
    ['a complete referral', aReferral()],
    ['one through the gate', aReferralThroughTheGate()],
    [
      'release on the first day of the sentence',
      aReferralThroughTheGate().with({ sentence: { startDate: '2026-07-13' } }),
    ],
    ['release on its last day', aReferralThroughTheGate().with({ sentence: { endDate: '2026-07-13' } })],
    ['a release date that has passed', aReferralThroughTheGate().with({ expectedReleaseDate: '2026-06-01' })],
    ['a sentence of one day', aReferral().with({ sentence: { startDate: '2027-09-30' } })],
    ['RAR days while the requirements are unknown', aReferral().with({ sentence: { requirements: null } })],
    ['no RAR days without a RAR', aReferral().with({ sentence: { requirements: ['programme'], rarDays: 0 } })],
    ['what follows, while the reason is unknown', withNeed({ reason: null, followedBy: 'accredited-programme' })],
    ['a need and its women’s counterpart', aReferral().with({ needs: [aNeed(), aNeed('womens-accommodation')] })],
    [
      'a man with a women’s need, which E6 refuses',
      aReferral().with({ person: { sex: 'male' }, needs: [aNeed('womens-accommodation')] }),
    ],
    [
      'the two owners of the pathway',
      aReferral().with({ opdPathway: true, opdOwners: { probation: 'a', health: 'b' } }),
    ],
    [
      'owners while the pathway is unknown',
      aReferral().with({ opdPathway: null, opdOwners: { probation: 'a', health: 'b' } }),
    ],
    [
      'every outcome of every need',
      aReferral().with({
        needs: currentCatalogue(today).needs.map(({ id, outcomes }) =>
          aNeed(id, { desiredOutcomes: outcomes.map((outcome) => outcome.id) }),
        ),
      }),
    ],
  ])('are not: %s', (_, facts) => expect(found(facts)).toEqual([]));

  it('do not include a proposed sentence in a check', () => {
    const facts = aReferral().with({ sentence: { proposed: true } });
    expect(contradictions(facts, today, { purpose: 'check' })).toEqual([]);
  });

  it('C3: are judged by the catalogue that the referral was sent under', () => {
    const catalogue = { ...currentCatalogue(today), version: 'earlier', needs: [] };
    expect(contradictions(aReferral(), today, { catalogue }).map(({ rule }) => rule)).toEqual(['C1', 'C1']);
  });

  it('are looked for in whatever is known, without fail', () =>
    fc.assert(
      fc.property(arbitraryFacts, (facts) => {
        for (const { pointer } of contradictions(facts, today)) expect(pointer).toMatch(/^(\/[A-Za-z0-9]+)+$/);
      }),
    ));
});
