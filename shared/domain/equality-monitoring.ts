import * as z from 'zod';

/**
 * The protected characteristics of the Equality Act 2010 that a referral does not hold already: age and sex are part
 * of the person. Categories are those of the 2021 census of England and Wales, under short codes of our own. The
 * census has no question about pregnancy; the 26 weeks after a birth are the Act's.
 */
const characteristics = {
  /** By how much a lasting condition limits day-to-day activities. */
  disability: ['limited-a-lot', 'limited-a-little', 'condition-without-limits', 'no-condition'],
  genderReassignment: [
    'same-as-registered-at-birth',
    'different-unspecified',
    'trans-woman',
    'trans-man',
    'non-binary',
    'another-gender-identity',
  ],
  marriageAndCivilPartnership: [
    'never-married-or-in-civil-partnership',
    'married',
    'in-civil-partnership',
    'separated-from-marriage',
    'separated-from-civil-partnership',
    'divorced',
    'civil-partnership-dissolved',
    'widowed',
    'surviving-civil-partner',
  ],
  pregnancyAndMaternity: ['pregnant', 'gave-birth-in-last-26-weeks', 'neither-pregnant-nor-gave-birth'],
  ethnicity: [
    'asian-indian',
    'asian-pakistani',
    'asian-bangladeshi',
    'asian-chinese',
    'asian-other',
    'black-caribbean',
    'black-african',
    'black-other',
    'mixed-white-and-black-caribbean',
    'mixed-white-and-black-african',
    'mixed-white-and-asian',
    'mixed-other',
    'white-british',
    'white-irish',
    'white-gypsy-or-irish-traveller',
    'white-roma',
    'white-other',
    'arab',
    'any-other-ethnic-group',
  ],
  religionOrBelief: ['none', 'christian', 'buddhist', 'hindu', 'jewish', 'muslim', 'sikh', 'any-other-religion'],
  sexualOrientation: ['straight-or-heterosexual', 'gay-or-lesbian', 'bisexual', 'any-other-orientation'],
} as const;

/** The person was asked and would rather not say: an answer too, and not the same as none. */
const declined = 'prefer-not-to-say';

const answerTo = <const T extends readonly string[]>(categories: T) => z.enum([...categories, declined]).optional();

/** What the person said of themselves, as far as they were asked. Each is voluntary. */
export const protectedCharacteristics = z.strictObject({
  disability: answerTo(characteristics.disability),
  genderReassignment: answerTo(characteristics.genderReassignment),
  marriageAndCivilPartnership: answerTo(characteristics.marriageAndCivilPartnership),
  pregnancyAndMaternity: answerTo(characteristics.pregnancyAndMaternity),
  ethnicity: answerTo(characteristics.ethnicity),
  religionOrBelief: answerTo(characteristics.religionOrBelief),
  sexualOrientation: answerTo(characteristics.sexualOrientation),
});
export type ProtectedCharacteristics = z.infer<typeof protectedCharacteristics>;
