import { describe, expect, it } from 'vitest';
import { missingFacts } from '../../shared/domain/eligibility/index.ts';
import { referralFacts } from '../../shared/domain/referral-facts.ts';
import { aNeed, aReferral, aReferralThroughTheGate } from '../builders/referral-facts.ts';

const withNeed = (changes: Parameters<typeof aNeed>[1]) =>
  aReferral().with({ needs: [aNeed('accommodation', changes)] });

describe('L1: a complete referral', () => {
  it.each([
    ['in the community', aReferral()],
    ['through the gate', aReferralThroughTheGate()],
  ])('%s lacks nothing', (_, facts) => {
    expect(referralFacts.parse(facts)).toEqual({ ...facts });
    expect(missingFacts(facts)).toEqual([]);
  });

  it('needs none of the optional facts', () => {
    const { externalReference: _e, practitioner: _p, reasonForReferral: _r, ...facts } = aReferral();
    expect(missingFacts(facts)).toEqual([]);
  });

  it('may have nothing to say of access or of an interpreter', () =>
    expect(missingFacts(aReferral().with({ person: { accessibility: [], interpreterLanguage: null } }))).toEqual([]));

  it('on the pathway has both its owners (E9)', () => {
    const opdOwners = { probation: 'north-probation', health: 'health-trust' };
    expect(missingFacts(aReferral().with({ opdPathway: true, opdOwners }))).toEqual([]);
  });

  it('of a licence needs no requirements', () =>
    expect(
      missingFacts(aReferral().with({ sentence: { type: 'licence', requirements: null, rarDays: null } })),
    ).toEqual([]));
});

describe('L1: a missing fact', () => {
  it.each([
    ['/person/sex', aReferral().with({ person: { sex: null } })],
    ['/person/dateOfBirth', aReferral().with({ person: { dateOfBirth: null } })],
    ['/person/accessibility', aReferral().with({ person: { accessibility: null } })],
    ['/area', aReferral().with({ area: null })],
    ['/sentence/id', aReferral().with({ sentence: { id: null } })],
    ['/sentence/type', aReferral().with({ sentence: { type: null } })],
    ['/sentence/requirements', aReferral().with({ sentence: { requirements: null, rarDays: null } })],
    ['/sentence/rarDays', aReferral().with({ sentence: { rarDays: null } })],
    ['/sentence/endDate', aReferral().with({ sentence: { endDate: null } })],
    ['/setting', aReferral().with({ setting: null })],
    ['/expectedReleaseDate', aReferralThroughTheGate().with({ expectedReleaseDate: null })],
    ['/risk/seriousHarm', aReferral().with({ risk: null })],
    ['/opdPathway', aReferral().with({ opdPathway: null })],
    ['/opdOwners', aReferral().with({ opdPathway: true })],
    ['/needs/0/reason', withNeed({ reason: null })],
    ['/needs/0/followedBy', withNeed({ reason: 'supports-engagement-with-primary', followedBy: null })],
    ['/needs/0/desiredOutcomes', withNeed({ desiredOutcomes: null })],
    ['/needs/0/desiredOutcomes', withNeed({ desiredOutcomes: [] })],
  ])('is named by its pointer: %s', (pointer, facts) => expect(missingFacts(facts)).toEqual([pointer]));

  it('is named by every pointer, in the order of a referral', () =>
    expect(missingFacts({ needs: [{ need: 'accommodation' }, { need: 'womens-accommodation' }] })).toEqual([
      '/crn',
      '/person/sex',
      '/person/dateOfBirth',
      '/person/accessibility',
      '/area',
      '/sentence/id',
      '/sentence/type',
      '/sentence/requirements',
      '/sentence/endDate',
      '/setting',
      '/risk/seriousHarm',
      '/opdPathway',
      '/needs/0/reason',
      '/needs/0/desiredOutcomes',
      '/needs/1/reason',
      '/needs/1/desiredOutcomes',
    ]));
});
