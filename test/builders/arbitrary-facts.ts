import fc from 'fast-check';
import { areaIds } from '../../shared/domain/areas.ts';
import type { KnownFacts, ReferredNeed } from '../../shared/domain/referral-facts.ts';
import {
  metByPrimaryValues,
  needIds,
  needReasons,
  primaryInterventions,
  requestedWorkValues,
  requirements,
  sentenceTypes,
  settings,
  sexes,
} from '../../shared/domain/vocabulary.ts';

const maybe = <T>(known: fc.Arbitrary<T>) => fc.option(known, { freq: 6 });
const seldom = <T>(known: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: known });

const need: fc.Arbitrary<ReferredNeed> = fc.record(
  {
    need: fc.constantFrom(...needIds),
    reason: maybe(fc.constantFrom(...needReasons)),
    followedBy: maybe(fc.constantFrom(...primaryInterventions)),
    metByPrimary: seldom(fc.constantFrom(...metByPrimaryValues)),
    generalServiceReason: maybe(fc.constant('Lives next door')),
    desiredOutcomes: maybe(fc.constantFrom([], ['accommodation.suitable-home'])),
  },
  { requiredKeys: ['need'] },
);

/** Whatever may be known of a referral, sensible or not: what eligibility must have an answer to. */
export const arbitraryFacts: fc.Arbitrary<KnownFacts> = fc.record(
  {
    person: maybe(
      fc.record({
        sex: maybe(fc.constantFrom(...sexes)),
        dateOfBirth: maybe(fc.constantFrom('1990-04-02', '1990-04-02', '2026-07-01')),
      }),
    ),
    area: maybe(fc.constantFrom(...areaIds)),
    sentence: maybe(
      fc.record({
        type: maybe(fc.constantFrom(...sentenceTypes.slice(0, 4), ...sentenceTypes)),
        requirements: maybe(fc.subarray([...requirements], { maxLength: 3 })),
        rarDays: maybe(fc.constantFrom(0, 20)),
        startDate: seldom(fc.constantFrom('2026-05-01', '2026-06-30')),
        endDate: maybe(fc.constantFrom('2026-06-14', '2027-09-30', '2028-03-31')),
      }),
    ),
    setting: maybe(fc.constantFrom(...settings)),
    expectedReleaseDate: maybe(fc.constantFrom('2026-07-13', '2027-01-01')),
    requestedWork: seldom(fc.constantFrom(...requestedWorkValues)),
    needs: fc.uniqueArray(need, { minLength: 1, maxLength: 7, selector: ({ need: id }) => id }),
  },
  { requiredKeys: ['needs'] },
);
