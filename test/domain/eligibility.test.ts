import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkEligibility, missingFacts } from '../../shared/domain/eligibility/index.ts';
import { type FailedRule, type RuleId, ruleIds } from '../../shared/domain/eligibility/rule.ts';
import type { KnownFacts } from '../../shared/domain/referral-facts.ts';
import {
  metByPrimaryValues,
  needReasons,
  type Requirement,
  requestedWorkValues,
  riskLevels,
} from '../../shared/domain/vocabulary.ts';
import { arbitraryFacts } from '../builders/arbitrary-facts.ts';
import { aNeed, aReferral, aReferralThroughTheGate, today } from '../builders/referral-facts.ts';

const check = (facts: KnownFacts) => checkEligibility(facts, today);
const rulesFailed = (facts: KnownFacts) => check(facts).needs.map(({ failed }) => failed.map(({ rule }) => rule));
const withRequirements = (...list: Requirement[]) =>
  aReferral().with({ sentence: { requirements: list, rarDays: null } });

const orders = ['community-order', 'suspended-sentence-order'] as const;
const supervision = ['licence', 'post-sentence-supervision'] as const;

describe('E1: the sentence', () => {
  it.each(orders)('%s with a rehabilitation activity requirement gives access', (type) =>
    expect(check(aReferral().with({ sentence: { type } })).result).toBe('eligible'),
  );

  it.each(supervision)('%s gives access, with or without stated requirements', (type) => {
    for (const list of [[], null, ['rehabilitation-activity' as const]]) {
      expect(check(aReferral().with({ sentence: { type, requirements: list } })).result).toBe('eligible');
    }
  });

  it.each(orders)('%s without a RAR is refused', (type) => {
    for (const list of [[], ['programme'], ['curfew', 'exclusion'], ['alcohol-treatment']] as const) {
      const facts = aReferral().with({ sentence: { type, requirements: [...list], rarDays: null } });
      expect(rulesFailed(facts)).toEqual([['E1']]);
    }
  });

  it.each(['fine', 'conditional-discharge', 'custody-without-supervision', 'none-on-remand'] as const)(
    '%s is refused in plain words, whatever else is known',
    (type) => {
      expect(rulesFailed(aReferral().with({ sentence: { type } }))).toEqual([['E1']]);
      expect(rulesFailed({ sentence: { type }, needs: [{ need: 'accommodation' }] })).toEqual([['E1']]);
    },
  );

  it.each(supervision)('%s in custody is accepted with a release date, which is asked for', (type) => {
    const facts = aReferralThroughTheGate().with({ sentence: { type } });
    expect(check(facts).result).toBe('eligible');
    const [need] = check(facts.with({ expectedReleaseDate: null })).needs;
    expect(need).toMatchObject({ result: 'needs-information', missing: ['/expectedReleaseDate'] });
  });

  it.each(orders)('%s gives no access in custody', (type) => {
    const facts = aReferral().with({ setting: 'custody', expectedReleaseDate: '2026-07-13', sentence: { type } });
    expect(rulesFailed(facts)).toEqual([['E1']]);
  });

  it('proposed by a court is judged as if it were passed, wherever the person is now', () => {
    for (const setting of ['community', 'custody', null] as const) {
      expect(check(aReferral().with({ setting, sentence: { proposed: true } })).result).toBe('eligible');
    }
  });

  it('that has ended gives access no longer; on its last day it still does', () => {
    const ending = (endDate: string) => aReferral().with({ sentence: { endDate } });
    expect(check(ending('2026-06-14')).needs[0]?.failed).toMatchObject([{ rule: 'E1', fields: ['/sentence/endDate'] }]);
    expect(check(ending('2026-06-15')).result).toBe('eligible');
  });

  it('that has run out since the referral was sent is no matter of eligibility: it is withdrawn (L6)', () => {
    const facts = aReferral().with({ sentence: { endDate: '2026-06-14' } });
    expect(checkEligibility(facts, today, new Date('2026-06-14T22:00:00Z')).result).toBe('eligible');
    expect(checkEligibility(facts, today, new Date('2026-06-14T23:00:00Z')).result).toBe('refused');
  });

  it('that is not known is asked for', () => {
    const [need] = check(aReferral().with({ sentence: null })).needs;
    expect(need).toMatchObject({ failed: [], missing: ['/sentence/type', '/sentence/requirements'] });
    expect(check(aReferral().with({ sentence: { requirements: null } })).needs[0]?.missing).toEqual([
      '/sentence/requirements',
    ]);
    expect(check(aReferral().with({ setting: null })).needs[0]?.missing).toEqual(['/setting']);
  });
});

describe('E2: a requirement that stands alone', () => {
  it.each(['prohibited-activity', 'exclusion', 'curfew', 'residence', 'unpaid-work'] as const)(
    'of %s is refused, and E1 with it',
    (requirement) => {
      expect(rulesFailed(withRequirements(requirement))).toEqual([['E1', 'E2']]);
      expect(rulesFailed(withRequirements(requirement, requirement))).toEqual([['E1', 'E2']]);
    },
  );

  it.each(['prohibited-activity', 'exclusion', 'curfew', 'residence', 'unpaid-work'] as const)(
    'is not %s beside a RAR',
    (requirement) => expect(check(withRequirements(requirement, 'rehabilitation-activity')).result).toBe('eligible'),
  );

  it('refuses by what is stated, while the sentence is still asked for', () => {
    const [need] = check(aReferral().with({ sentence: { type: null, requirements: ['curfew'] } })).needs;
    expect(need).toMatchObject({ result: 'refused', failed: [{ rule: 'E2' }], missing: ['/sentence/type'] });
  });

  it.each(['education-training-employment', 'womens-education-training-employment'] as const)(
    'of unpaid work with skills or employment activity opens %s without a RAR',
    (need) => {
      for (const others of [[], ['unpaid-work'], ['curfew']] as const) {
        const facts = withRequirements('unpaid-work-with-ete', ...others).with({ needs: [aNeed(need)] });
        expect(check(facts).result).toBe('eligible');
      }
    },
  );

  it('of unpaid work with such activity opens no other need', () => {
    const needs = [aNeed('accommodation'), aNeed('education-training-employment'), aNeed('womens-accommodation')];
    const answer = check(withRequirements('unpaid-work-with-ete').with({ needs }));
    expect(answer.needs.map(({ result }) => result)).toEqual(['refused', 'eligible', 'refused']);
    expect(answer.needs[0]?.failed.map(({ rule }) => rule)).toEqual(['E1', 'E2']);
    expect(answer.result).toBe('refused');
  });
});

describe('E3: a primary intervention comes first', () => {
  const withNeed = (changes: Parameters<typeof aNeed>[1]) =>
    aReferral().with({ needs: [aNeed('accommodation', changes)] });

  it.each(metByPrimaryValues)('so a need that can be met by a %s is refused', (metByPrimary) =>
    expect(rulesFailed(withNeed({ metByPrimary }))).toEqual([['E3']]),
  );

  it.each(needReasons)('whatever the reason beside it (%s), with a way out that fits', (reason) => {
    const ways = {
      'not-met-by-primary': /first, and refer for what it leaves over/,
      'outstanding-after-primary': /what it left over, refer without metByPrimary/,
      'supports-engagement-with-primary': /say in followedBy what follows/,
    };
    const [need] = check(withNeed({ reason, metByPrimary: 'structured-intervention' })).needs;
    expect(need?.failed).toMatchObject([{ rule: 'E3', instead: expect.stringMatching(ways[reason]) }]);
  });

  it.each(needReasons)('so a need says why it is left: %s', (reason) =>
    expect(check(withNeed({ reason, followedBy: 'accredited-programme' })).result).toBe('eligible'),
  );

  it('and why it is left does not decide what is open: a complete referral says so', () =>
    expect(check(withNeed({ reason: null })).result).toBe('eligible'));
});

describe('E4: work that is out of scope', () => {
  it.each(requestedWorkValues.slice(1))('(%s) is refused with the right route', (requestedWork) => {
    expect(rulesFailed(aReferral().with({ requestedWork }))).toEqual([['E4']]);
    expect(check(aReferral().with({ requestedWork })).needs[0]?.failed[0]?.instead).toMatch(/\w{3,}/);
  });

  it('is not a commissioned service, which is what an empty request means', () => {
    for (const requestedWork of ['commissioned-rehabilitative-service', null] as const) {
      expect(check(aReferral().with({ requestedWork })).result).toBe('eligible');
    }
  });
});

describe('E5: the area', () => {
  const limited = ['finance-benefit-debt', 'dependency-recovery'] as const;
  const inArea = (need: Parameters<typeof aNeed>[0], area: KnownFacts['area']) =>
    check({ ...aReferral(), area, needs: [aNeed(need)] });

  it('refuses a need that the dated list does not open there, and points a woman to the women’s service', () => {
    expect(inArea('finance-benefit-debt', 'west-yorkshire').needs[0]?.failed).toMatchObject([
      { rule: 'E5', instead: expect.stringContaining('womens-finance-benefit-debt') },
    ]);
    expect(inArea('dependency-recovery', 'gwent').needs[0]?.failed).toMatchObject([{ rule: 'E5' }]);
  });

  it('that the list opens refuses nothing', () => {
    expect(inArea('finance-benefit-debt', 'gwent').result).toBe('eligible');
    expect(inArea('dependency-recovery', 'west-yorkshire').result).toBe('eligible');
  });

  it.each(limited)('never limits the women’s counterpart of %s', (need) => {
    expect(inArea(`womens-${need}`, 'kent').result).toBe('eligible');
    expect(inArea(`womens-${need}`, null).result).toBe('eligible');
  });

  it('is asked for where it counts', () => {
    expect(inArea('dependency-recovery', null).needs[0]?.missing).toEqual(['/area']);
    expect(inArea('accommodation', null).result).toBe('eligible');
  });
});

describe('E6: women’s services', () => {
  const referred = (sex: 'female' | 'male' | null, need: Parameters<typeof aNeed>[0], why: string | null = null) =>
    check(aReferral().with({ person: { sex }, needs: [aNeed(need, { generalServiceReason: why })] }));

  it('are open to a woman, refused for a man, and ask where the sex is not known', () => {
    expect(referred('female', 'womens-accommodation').result).toBe('eligible');
    expect(referred('male', 'womens-accommodation').needs[0]?.failed).toMatchObject([{ rule: 'E6' }]);
    expect(referred(null, 'womens-accommodation').needs[0]?.missing).toEqual(['/person/sex']);
  });

  it('leave a general need open to a woman, with or without a reason', () => {
    expect(referred('female', 'accommodation').result).toBe('eligible');
    expect(referred('female', 'accommodation', 'Near her work').result).toBe('eligible');
  });

  it('ask nothing of anyone with a general need', () => {
    expect(referred('male', 'accommodation').result).toBe('eligible');
    expect(referred(null, 'accommodation').result).toBe('eligible');
  });
});

describe('E: an answer', () => {
  it('lists every failed rule with its reason and a way out, beside what is still missing', () => {
    const answer = check({
      person: { sex: 'male' },
      sentence: { type: 'community-order', requirements: ['curfew'] },
      requestedWork: 'breach-enforcement',
      area: 'kent',
      needs: [
        { need: 'womens-accommodation', metByPrimary: 'programme-requirement' },
        { need: 'finance-benefit-debt', reason: 'supports-engagement-with-primary' },
      ],
    });
    expect(answer.needs.map(({ failed }) => failed.map(({ rule }) => rule))).toEqual([
      ['E1', 'E2', 'E3', 'E4', 'E6'],
      ['E1', 'E2', 'E4', 'E5'],
    ]);
    expect(answer.needs[1]).toMatchObject({ result: 'refused', missing: [] });
  });

  it('is as bad as the worst of its needs', () => {
    const needs = [aNeed('accommodation'), aNeed('dependency-recovery')];
    expect(check(aReferral().with({ area: null, needs })).result).toBe('needs-information');
    needs.push(aNeed('finance-benefit-debt'));
    expect(check(aReferral().with({ needs })).result).toBe('refused');
  });

  it('does not depend on the level of risk: E7 records it', () => {
    for (const seriousHarm of riskLevels)
      expect(check(aReferral().with({ risk: { seriousHarm } })).result).toBe('eligible');
  });

  const unplaced = (pointers: string[]) => pointers.map((pointer) => pointer.replace(/\d+/, 'i'));

  /** An answer with the place of its need taken out of the pointers. */
  const byNeed = (facts: KnownFacts) =>
    check(facts)
      .needs.map((need) => ({
        ...need,
        failed: need.failed.map((failed) => ({ ...failed, fields: unplaced(failed.fields) })),
        missing: unplaced(need.missing),
      }))
      .sort((a, b) => a.need.localeCompare(b.need));

  it('never depends on the order of the needs', () =>
    fc.assert(
      fc.property(arbitraryFacts, fc.gen(), (facts, gen) => {
        const shuffled = { ...facts, needs: gen(fc.shuffledSubarray, facts.needs, { minLength: facts.needs.length }) };
        expect(byNeed(shuffled)).toEqual(byNeed(facts));
        expect(check(shuffled).result).toBe(check(facts).result);
      }),
    ));

  it('never depends on the order of the requirements, or on one being there twice', () =>
    fc.assert(
      fc.property(arbitraryFacts, fc.gen(), (facts, gen) => {
        const list = facts.sentence?.requirements ?? [];
        const shuffled = gen(fc.shuffledSubarray, [...list, ...list], { minLength: list.length * 2 });
        const others = { ...facts, sentence: { ...facts.sentence, requirements: shuffled } };
        const stated = { ...facts, sentence: { ...facts.sentence, requirements: list } };
        expect(check(others)).toEqual(check(stated));
      }),
    ));

  it('never depends on facts that no rule looks at', () =>
    fc.assert(
      fc.property(arbitraryFacts, unrelatedFacts, (facts, { person, sentence, need, ...others }) => {
        const changed = {
          ...facts,
          ...others,
          person: { ...person, sex: facts.person?.sex },
          sentence: { ...facts.sentence, ...sentence },
          needs: facts.needs.map((one) => ({ ...one, ...need })),
        };
        expect(check(changed)).toEqual(check(facts));
      }),
    ));

  it('names the facts that decided it: with these alone the rule fails, and without any of them it does not', () =>
    fc.assert(
      fc.property(arbitraryFacts, (facts) => {
        for (const [index, need] of check(facts).needs.entries()) {
          for (const failed of need.failed) {
            expect(fails(nothingBut(facts, failed.fields), index, failed)).toBe(true);
            for (const field of failed.fields) expect(fails(forgetting(facts, field), index, failed)).toBe(false);
          }
        }
      }),
      { numRuns: 500 },
    ));

  it('tells apart its three results by what failed and what is missing, and explains in whole sentences', () =>
    fc.assert(
      fc.property(arbitraryFacts, (facts) => {
        for (const { result, failed, missing } of check(facts).needs) {
          expect(result).toBe(failed.length ? 'refused' : missing.length ? 'needs-information' : 'eligible');
          for (const { reason, instead } of failed) {
            expect(reason).toMatch(/^[A-Z].*\w.*\.$/);
            expect(instead).toMatch(/^[A-Z].*\w.*\.$/);
            expect(`${reason}${instead}`).not.toMatch(/undefined|null/);
          }
        }
      }),
    ));

  it('asks for nothing that a complete referral would not have to say (L1)', () =>
    fc.assert(
      fc.property(arbitraryFacts, (facts) => {
        const asked = check(facts).needs.flatMap(({ missing }) => missing);
        const lacking = missingFacts(facts);
        for (const pointer of asked) expect(lacking).toContain(pointer);
      }),
    ));

  it('keeps every refusal, rule, facts and reason, when an unknown fact becomes known', () =>
    fc.assert(
      fc.property(arbitraryFacts, arbitraryFacts, (facts, more) => {
        const [before, after] = [check(facts), check(completed(facts, more))];
        for (const [index, need] of before.needs.entries()) {
          for (const { rule, fields, reason } of need.failed) {
            expect(after.needs[index]?.failed).toContainEqual({ rule, fields, reason, instead: expect.any(String) });
          }
        }
      }),
      { numRuns: 500 },
    ));

  it('reaches every rule, and eligible too', () => {
    const seen = new Set(
      fc
        .sample(arbitraryFacts, { numRuns: 3000, seed: 1 })
        .flatMap((facts) =>
          check(facts).needs.flatMap(({ result, failed }) => [result, ...failed.map(({ rule }) => rule)]),
        ),
    );
    expect([...seen].sort()).toEqual([...ruleIds, 'eligible', 'needs-information', 'refused']);
  });
});

describe('E1–E6: every rule', () => {
  /** Per rule: facts that it refuses, and one thing about them that makes it refuse no more. */
  const cases: Record<RuleId, { refused: KnownFacts; open: KnownFacts }[]> = {
    E1: [
      {
        refused: withRequirements('programme'),
        open: withRequirements('programme', 'rehabilitation-activity'),
      },
      {
        refused: aReferral().with({ sentence: { type: 'fine' } }),
        open: aReferral().with({ sentence: { type: 'suspended-sentence-order' } }),
      },
      {
        refused: aReferral().with({ setting: 'custody', expectedReleaseDate: '2026-07-13' }),
        open: aReferralThroughTheGate(),
      },
      {
        refused: aReferral().with({ sentence: { endDate: '2026-06-14' } }),
        open: aReferral().with({ sentence: { endDate: '2026-06-15' } }),
      },
    ],
    E2: [
      { refused: withRequirements('curfew'), open: withRequirements('curfew', 'rehabilitation-activity') },
      {
        refused: withRequirements('unpaid-work-with-ete'),
        open: withRequirements('unpaid-work-with-ete').with({ needs: [aNeed('education-training-employment')] }),
      },
    ],
    E3: [
      {
        refused: aReferral().with({ needs: [aNeed('accommodation', { metByPrimary: 'programme-requirement' })] }),
        open: aReferral().with({ needs: [aNeed('accommodation', { reason: 'outstanding-after-primary' })] }),
      },
    ],
    E4: [
      {
        refused: aReferral().with({ requestedWork: 'deliver-accredited-programme' }),
        open: aReferral().with({ requestedWork: 'commissioned-rehabilitative-service' }),
      },
    ],
    E5: [
      {
        refused: aReferral().with({ area: 'kent', needs: [aNeed('dependency-recovery')] }),
        open: aReferral().with({ area: 'durham', needs: [aNeed('dependency-recovery')] }),
      },
      {
        refused: aReferral().with({ area: 'kent', needs: [aNeed('finance-benefit-debt')] }),
        open: aReferral().with({ area: 'kent', needs: [aNeed('womens-finance-benefit-debt')] }),
      },
    ],
    E6: [
      {
        refused: aReferral().with({ person: { sex: 'male' }, needs: [aNeed('womens-accommodation')] }),
        open: aReferral().with({ person: { sex: 'female' }, needs: [aNeed('womens-accommodation')] }),
      },
    ],
  };
  const rulesOf = (facts: KnownFacts) => rulesFailed(facts).flat();

  it.each(ruleIds)('%s refuses in one case, and not in its counterpart', (rule) => {
    expect(cases[rule].length).toBeGreaterThan(0);
    for (const { refused, open } of cases[rule]) {
      expect(rulesOf(refused)).toContain(rule);
      expect(check(open)).toMatchObject({ result: 'eligible', needs: [{ failed: [], missing: [] }] });
    }
  });
});

/** What a referral also says, and eligibility must not hear. */
const unrelatedFacts = fc.record({
  crn: fc.constantFrom('X320741', 'A000001'),
  externalReference: fc.constantFrom('CASE-1', null),
  practitioner: fc.constantFrom({ id: 'pp-17' }, null),
  risk: fc.record({ seriousHarm: fc.constantFrom(...riskLevels) }),
  opdPathway: fc.boolean(),
  reasonForReferral: fc.constantFrom('Has to move', null),
  person: fc.record({
    dateOfBirth: fc.constantFrom('1990-04-02', '2008-06-16', null),
    accessibility: fc.constantFrom<string[]>([], ['step-free-access']),
    interpreterLanguage: fc.constantFrom('pl', null),
  }),
  sentence: fc.record({ id: fc.constantFrom('2500001', null), rarDays: fc.constantFrom(0, 20, null) }),
  need: fc.record({
    followedBy: fc.constantFrom('accredited-programme' as const, null),
    generalServiceReason: fc.constantFrom('Lives next door', null),
    desiredOutcomes: fc.constantFrom<(string[] | null)[]>([], ['accommodation.suitable-home'], null),
    indicators: fc.constantFrom({ home: 'homeless' }, null),
  }),
});

const fails = (facts: KnownFacts, index: number, { rule, reason }: FailedRule): boolean =>
  check(facts).needs[index]?.failed.some((failed) => failed.rule === rule && failed.reason === reason) ?? false;

/** The needs without what is said of them, and of all else only these facts. */
function nothingBut(facts: KnownFacts, pointers: string[]): KnownFacts {
  const empty: KnownFacts = { needs: facts.needs.map(({ need }) => ({ need })) };
  return pointers.reduce((kept, pointer) => placed(kept, pathOf(pointer), valueAt(facts, pathOf(pointer))), empty);
}

/** Without one fact. A need cannot be unknown, so another stands there: one that no rule singles out to refuse. */
const forgetting = (facts: KnownFacts, pointer: string): KnownFacts =>
  placed(facts, pathOf(pointer), pointer.endsWith('/need') ? 'education-training-employment' : null);

const pathOf = (pointer: string): string[] => pointer.split('/').slice(1);

const valueAt = (within: unknown, path: string[]): unknown =>
  path.reduce<unknown>((part, key) => (part as Record<string, unknown> | null | undefined)?.[key], within);

function placed<T>(within: T, [key, ...path]: string[], value: unknown): T {
  if (key === undefined) return value as T;
  if (Array.isArray(within)) return within.map((one, at) => (String(at) === key ? placed(one, path, value) : one)) as T;
  return { ...within, [key]: placed((within as Record<string, unknown> | null)?.[key], path, value) } as T;
}

/** What was unknown in the facts, filled from the others; what was known stays. */
function completed(facts: KnownFacts, more: KnownFacts): KnownFacts {
  const { needs, ...rest } = more;
  const filled = fill(facts, rest);
  return { ...filled, needs: filled.needs.map((need) => fill(need, { ...needs[0], need: need.need })) };
}

function fill<T extends object>(known: T, more: object): T {
  const result: Record<string, unknown> = { ...(more as object), ...(known as object) };
  for (const [key, value] of Object.entries(more)) {
    const present = result[key];
    if (present === null || present === undefined) result[key] = value;
    else if (typeof present === 'object' && !Array.isArray(present) && value) result[key] = fill(present, value);
  }
  return result as T;
}
