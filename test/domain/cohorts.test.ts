import { describe, expect, it } from 'vitest';
import { ageOf, belonging, cohortOf, generalNeedOf, needsOf, ownNeed } from '../../shared/domain/cohorts.ts';
import { needIds } from '../../shared/domain/vocabulary.ts';

describe('C3: cohorts are data', () => {
  it('that say whose need each is, and for which general need it stands', () => {
    expect([...needsOf('general'), ...needsOf('women')].sort()).toEqual([...needIds].sort());
    for (const need of needsOf('women')) expect(`womens-${generalNeedOf(need)}`).toBe(need);
    for (const need of needsOf('general')) expect(generalNeedOf(need)).toBeNull();
    expect(cohortOf('womens-accommodation')).toBe('women');
  });

  it('E6: to which a person belongs, does not, or may belong, with the facts that say so', () => {
    const age = 30;
    expect(belonging('general', { sex: null, age: null })).toEqual({ belongs: 'yes' });
    expect(belonging('women', { sex: 'female', age: null })).toEqual({ belongs: 'yes' });
    expect(belonging('women', { sex: 'male', age })).toEqual({ belongs: 'no', facts: ['/person/sex'] });
    expect(belonging('women', { sex: null, age })).toEqual({ belongs: 'unknown', facts: ['/person/sex'] });
  });

  it('E6: whose own needs come before the general ones, for those who belong and for nobody else', () => {
    expect(ownNeed('accommodation', { sex: 'female', age: 30 })).toBe('womens-accommodation');
    expect(ownNeed('accommodation', { sex: 'male', age: 30 })).toBeUndefined();
    expect(ownNeed('accommodation', { sex: null, age: null })).toBeUndefined();
    expect(ownNeed('womens-accommodation', { sex: 'female', age: 30 })).toBeUndefined();
  });

  it('E6: by age as the calendar in London has it: a birthday begins at its midnight', () => {
    expect(ageOf('2008-06-15', new Date('2026-06-14T22:59:00Z'))).toBe(17);
    expect(ageOf('2008-06-15', new Date('2026-06-14T23:01:00Z'))).toBe(18);
    expect(ageOf(null, new Date())).toBeNull();
  });
});
