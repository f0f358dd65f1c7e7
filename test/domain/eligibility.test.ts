import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkEligibility, missingFacts } from '../../shared/domain/eligibility/index.ts';
import type { KnownFacts } from '../../shared/domain/referral-facts.ts';
import {
  metByPrimaryValues,
  needReasons,
  requestedWorkValues,
  type requirements,
  riskLevels,
} from '../../shared/domain/vocabulary.ts';
import { arbitraryFacts } from '../builders/arbitrary-facts.ts';
import { aNeed, aReferral, aReferralThroughTheGate, today } from '../builders/referral-facts.ts';

const check = (facts: KnownFacts) => checkEligibility(facts, today);
const rulesFailed = (facts: KnownFacts) => check(facts).needs.map(({ failed }) => failed.map(({ rule }) => rule));
const withRequirements = (...list: (typeof requirements)[number][]) =>
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

  /** An answer with the place of its need taken out of the pointers. */
  const byNeed = (facts: KnownFacts) =>
    check(facts)
      .needs.map((need) => ({ ...need, missing: need.missing.map((pointer) => pointer.replace(/\d+/, 'i')) }))
      .sort((a, b) => a.need.localeCompare(b.need));

  it('never depends on the order of the needs', () =>
    fc.assert(
      fc.property(arbitraryFacts, fc.gen(), (facts, gen) => {
        const shuffled = { ...facts, needs: gen(fc.shuffledSubarray, facts.needs, { minLength: facts.needs.length }) };
        expect(byNeed(shuffled)).toEqual(byNeed(facts));
        expect(check(shuffled).result).toBe(check(facts).result);
      }),
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

  it('keeps every refusal when an unknown fact becomes known', () =>
    fc.assert(
      fc.property(arbitraryFacts, arbitraryFacts, (facts, more) => {
        const [before, after] = [check(facts), check(completed(facts, more))];
        for (const [index, need] of before.needs.entries()) {
          const stillFailed = after.needs[index]?.failed ?? [];
          for (const { rule } of need.failed) expect(stillFailed.map((failed) => failed.rule)).toContain(rule);
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
    expect([...seen].sort()).toEqual(['E1', 'E2', 'E3', 'E4', 'E5', 'E6', 'eligible', 'needs-information', 'refused']);
  });
});

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
