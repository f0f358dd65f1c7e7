import { describe, expect, it } from 'vitest';
import { protectedCharacteristics } from '../../shared/domain/equality-monitoring.ts';
import { referralFacts } from '../../shared/domain/referral-facts.ts';

const { shape } = protectedCharacteristics;
const isTaken = (said: object): boolean => protectedCharacteristics.safeParse(said).success;

describe('Equality monitoring: the protected characteristics of the Equality Act 2010', () => {
  it('are all there; age and sex are known of the person already', () => {
    expect(Object.keys(shape)).toEqual([
      'disability',
      'genderReassignment',
      'marriageAndCivilPartnership',
      'pregnancyAndMaternity',
      'ethnicity',
      'religionOrBelief',
      'sexualOrientation',
    ]);
    expect(Object.keys(referralFacts.shape.person.unwrap().unwrap().shape)).toEqual(
      expect.arrayContaining(['sex', 'dateOfBirth']),
    );
  });

  it('have as many categories as the census of 2021, with one more for who would rather not say', () => {
    const counted = Object.entries(shape).map(([name, answers]) => [name, answers.unwrap().options.length - 1]);
    expect(Object.fromEntries(counted)).toEqual({
      disability: 4,
      genderReassignment: 6,
      marriageAndCivilPartnership: 9,
      pregnancyAndMaternity: 3,
      ethnicity: 19,
      religionOrBelief: 8,
      sexualOrientation: 4,
    });
    for (const answers of Object.values(shape)) expect(answers.unwrap().options).toContain('prefer-not-to-say');
  });

  it('are each voluntary, and nothing but a code of theirs is taken', () => {
    expect(isTaken({})).toBe(true);
    expect(isTaken({ religionOrBelief: 'prefer-not-to-say' })).toBe(true);
    expect(isTaken({ ethnicity: 'From the north' })).toBe(false);
    expect(isTaken({ ethnicity: null })).toBe(false);
    expect(isTaken({ age: '25-34' })).toBe(false);
  });
});
