import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { currentCatalogue } from '../../shared/domain/catalogue/index.ts';
import type { Catalogue } from '../../shared/domain/catalogue/schema.ts';
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
    [
      'L1 /person/dateOfBirth',
      aReferral().with({ person: { dateOfBirth: '2025-01-02' }, sentence: { startDate: '2025-01-01' } }),
    ],
    [
      'L1 /person/dateOfBirth',
      aReferral().with({ person: { dateOfBirth: '2025-01-02' }, sentence: { endDate: '2025-01-01' } }),
    ],
    ['E8 /expectedReleaseDate', aReferral().with({ expectedReleaseDate: '2026-06-16' })],
    ['E8 /expectedReleaseDate', aReferral().with({ sentence: { type: 'fine' }, expectedReleaseDate: '2026-06-16' })],
    ['C1 /needs/0/desiredOutcomes/1', withNeed({ desiredOutcomes: Array(2).fill('accommodation.suitable-home') })],
    ['C2 /needs/0/indicators/home', withNeed({ indicators: { home: 'castle', means: 'none' } })],
    ['C2 /needs/0/indicators/shoe-size', withNeed({ indicators: { 'shoe-size': 'nine' } })],
    ['E9 /opdOwners', aReferral().with({ opdOwners: { probation: 'pp-17', health: 'nhs-3' } })],
    [
      'E9 /opdOwners/health',
      aReferral().with({ opdPathway: true, opdOwners: { probation: 'north-probation', health: 'north-probation' } }),
    ],
  ])('are named with their rule: %s', (expected, facts) => expect(found(facts)).toEqual([expected]));

  it('E9: owners of a pathway that the person is not on are one', () => {
    const opdOwners = { probation: 'pp-17', health: 'nhs-3' };
    expect(found(aReferral().with({ opdPathway: false, opdOwners }))).toEqual(['E9 /opdOwners']);
    expect(found(aReferral().with({ opdPathway: true, opdOwners }))).toEqual([]);
  });

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

  it.each([
    [['/sentence/endDate', '/sentence/startDate'], aReferral().with({ sentence: { startDate: '2027-10-01' } })],
    [['/sentence/rarDays', '/sentence/requirements'], aReferral().with({ sentence: { requirements: ['programme'] } })],
    [['/expectedReleaseDate', '/sentence/type', '/setting'], aReferral().with({ expectedReleaseDate: '2026-06-16' })],
    [
      ['/opdOwners/health', '/opdOwners/probation'],
      aReferral().with({ opdPathway: true, opdOwners: { probation: 'a', health: 'a' } }),
    ],
    [['/needs/1/need', '/needs/0/need'], aReferral().with({ needs: [aNeed(), aNeed()] })],
  ])('name every fact that takes part: %j', (fields, facts) =>
    expect(contradictions(facts, today).map((found) => found.fields)).toEqual([fields]),
  );

  it.each([
    ['a complete referral', aReferral()],
    ['one through the gate', aReferralThroughTheGate()],
    [
      'release on the first day of the sentence',
      aReferralThroughTheGate().with({ sentence: { startDate: '2026-07-13' } }),
    ],
    ['release on its last day', aReferralThroughTheGate().with({ sentence: { endDate: '2026-07-13' } })],
    ['a release date that has passed', aReferralThroughTheGate().with({ expectedReleaseDate: '2026-06-01' })],
    ['a sentence that has ended, which E1 refuses', aReferral().with({ sentence: { endDate: '2026-06-14' } })],
    ['an order after the release from an earlier sentence', aReferral().with({ expectedReleaseDate: '2026-06-15' })],
    [
      'an order of someone who is in custody for another matter, which E1 refuses',
      aReferral().with({ setting: 'custody', expectedReleaseDate: '2026-07-13' }),
    ],
    ['a release to come, while the setting is unknown', aReferralThroughTheGate().with({ setting: null })],
    [
      'a licence of someone whose release to come is not their first',
      aReferralThroughTheGate().with({ setting: 'community' }),
    ],
    [
      'a need that a primary intervention can meet, whatever its reason: E3 refuses it',
      withNeed({ reason: 'outstanding-after-primary', metByPrimary: 'structured-intervention' }),
    ],
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
    expect(contradictions(aReferral(), today, { catalogue }).map(({ rule }) => rule)).toEqual(['C3', 'C1', 'C1']);
  });

  describe('C3: an outcome that is no longer in the catalogue', () => {
    const [first, second] = withoutOutcome('accommodation.suitable-home');
    const published = [first, second];
    const facts = withNeed({ desiredOutcomes: ['accommodation.suitable-home'] });

    it('is named as retired, with the day from which it was', () =>
      expect(contradictions(facts, today, { catalogue: second, published })).toEqual([
        {
          rule: 'C3',
          pointer: '/needs/0/desiredOutcomes/0',
          fields: ['/needs/0/desiredOutcomes/0', '/needs/0/need'],
          detail: 'This outcome was retired on 2026-04-01: version 2 of the catalogue no longer has it.',
        },
      ]));

    it('was retired in the version that first left it out, not in the newest', () => {
      const third = { ...second, version: '3', effectiveFrom: '2026-06-01' };
      const [found] = contradictions(facts, today, { catalogue: third, published: [first, second, third] });
      expect(found?.detail).toContain('2026-04-01: version 2');
    });

    it('is none for a referral that was sent before', () =>
      expect(contradictions(facts, today, { catalogue: first, published })).toEqual([]));

    it('is told from one that there never was', () =>
      expect(
        contradictions(withNeed({ desiredOutcomes: ['none-such'] }), today, { catalogue: second, published }),
      ).toMatchObject([{ rule: 'C1', detail: 'Version 2 of the catalogue has no such outcome.' }]));

    it('and from one that another need has now', () => {
      const moved = movedTo('emotional-wellbeing', 'accommodation.suitable-home', second);
      expect(contradictions(facts, today, { catalogue: moved, published: [first, moved] })).toMatchObject([
        { rule: 'C1', detail: expect.stringContaining('belongs to emotional-wellbeing') },
      ]);
    });
  });

  it('are looked for in whatever is known, without fail', () =>
    fc.assert(
      fc.property(arbitraryFacts, (facts) => {
        for (const { pointer, fields } of contradictions(facts, today)) {
          expect(fields[0]).toBe(pointer);
          for (const field of fields) expect(field).toMatch(/^(\/[A-Za-z0-9]+)+$/);
        }
      }),
    ));

  it('never come with time alone: what was sent without one can be amended later', () =>
    fc.assert(
      fc.property(arbitraryFacts, fc.integer({ min: 1, max: 1500 }), (facts, days) => {
        const catalogue = currentCatalogue(today);
        const later = new Date(today.getTime() + days * 86_400_000);
        fc.pre(contradictions(facts, today, { catalogue }).length === 0);
        expect(contradictions(facts, later, { catalogue })).toEqual([]);
      }),
    ));
});

const version = (name: string, effectiveFrom: string, needs: Catalogue['needs']): Catalogue => ({
  ...currentCatalogue(today),
  version: name,
  effectiveFrom,
  needs,
});

/** Two made-up versions: the second has retired an outcome. */
function withoutOutcome(retired: string): [Catalogue, Catalogue] {
  const { needs } = currentCatalogue(today);
  const left = needs.map((need) => ({ ...need, outcomes: need.outcomes.filter(({ id }) => id !== retired) }));
  return [version('1', '2021-01-01', needs), version('2', '2026-04-01', left)];
}

const movedTo = (owner: string, id: string, catalogue: Catalogue): Catalogue => ({
  ...catalogue,
  needs: catalogue.needs.map((need) =>
    need.id === owner ? { ...need, outcomes: [...need.outcomes, { id, name: 'A suitable home' }] } : need,
  ),
});
