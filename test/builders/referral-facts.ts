import { currentCatalogue, outcomesOf } from '../../shared/domain/catalogue/index.ts';
import { cohortOf } from '../../shared/domain/cohorts.ts';
import type { ReferralFacts, ReferredNeed } from '../../shared/domain/referral-facts.ts';
import type { NeedId } from '../../shared/domain/vocabulary.ts';

/** The moment at which the builders' facts are judged, unless a test says another. */
export const today = new Date('2026-06-15T09:00:00Z');

/** Facts in part: the parts of a referral are merged, lists and needs replaced; null forgets a part. */
type Changes = {
  [K in keyof ReferralFacts]?: NonNullable<ReferralFacts[K]> extends readonly unknown[]
    ? ReferralFacts[K]
    : Partial<NonNullable<ReferralFacts[K]>> | Extract<ReferralFacts[K], null>;
};

/** Plain facts that also know how to become others; `with` is not enumerable, so copies and parsers do not see it. */
export type BuiltReferral = ReferralFacts & { with(changes: Changes): BuiltReferral };

/** A complete need: its first two outcomes, and for a general one the reason that a woman's referral needs (E6). */
export function aNeed(need: NeedId = 'accommodation', changes: Partial<ReferredNeed> = {}): ReferredNeed {
  const outcomes = outcomesOf(currentCatalogue(today), need).map(({ id }) => id);
  return {
    need,
    reason: 'not-met-by-primary',
    followedBy: null,
    desiredOutcomes: outcomes.slice(0, 2),
    ...(cohortOf(need) === 'women' ? {} : { generalServiceReason: 'Already knows the caseworker there' }),
    ...changes,
  };
}

/** A complete referral that nothing refuses: a woman in West Yorkshire on a community order with a RAR. */
export const aReferral = (): BuiltReferral =>
  built({
    crn: 'X320741',
    externalReference: 'CASE-1',
    practitioner: { id: 'pp-17', team: 'leeds-2' },
    person: {
      sex: 'female',
      dateOfBirth: '1990-04-02',
      accessibility: ['step-free-access'],
      interpreterLanguage: null,
    },
    area: 'west-yorkshire',
    sentence: {
      id: '2500001',
      type: 'community-order',
      requirements: ['rehabilitation-activity'],
      rarDays: 20,
      endDate: '2027-09-30',
    },
    setting: 'community',
    expectedReleaseDate: null,
    risk: { seriousHarm: 'medium' },
    opdPathway: false,
    needs: [aNeed()],
    reasonForReferral: 'Has to leave the present address in six weeks',
  });

/** The same for the deployed application, which runs in real time: its sentence has still a year and a half to go. */
export const aReferralInForce = (): BuiltReferral =>
  aReferral().with({ sentence: { endDate: new Date(Date.now() + 540 * 86_400_000).toISOString().slice(0, 10) } });

/** The same, for a man on licence who is still in prison (E8). */
export const aReferralThroughTheGate = (): BuiltReferral =>
  aReferral().with({
    person: { sex: 'male' },
    sentence: { type: 'licence', requirements: [], rarDays: null },
    setting: 'custody',
    expectedReleaseDate: '2026-07-13',
  });

function built(facts: ReferralFacts): BuiltReferral {
  const become = (changes: Changes) => built(merged(facts, changes) as ReferralFacts);
  return Object.defineProperty({ ...facts }, 'with', { value: become }) as BuiltReferral;
}

function merged(before: object, changes: object): object {
  const result: Record<string, unknown> = { ...before };
  for (const [key, value] of Object.entries(changes)) {
    const now = result[key];
    result[key] = isPart(now) && isPart(value) ? { ...now, ...value } : value;
  }
  return result;
}

const isPart = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
