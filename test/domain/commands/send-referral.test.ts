import { describe, expect, it } from 'vitest';
import { type SendReferral, sendReferral } from '../../../shared/domain/commands/send-referral.ts';
import { isRefusal } from '../../../shared/domain/decision.ts';
import { joined, separate } from '../../../shared/domain/referral.ts';
import type { ReferralFacts } from '../../../shared/domain/referral-facts.ts';
import { lifecycleStanding, stageOf, statusOf } from '../../../shared/domain/standing.ts';
import { aNeed, aReferral, today } from '../../builders/referral-facts.ts';
import { aReferralState, sender } from '../../builders/story.ts';

const outcomeOf = (facts: ReferralFacts, changes: Partial<SendReferral> = {}) =>
  sendReferral(
    {
      id: crypto.randomUUID(),
      referenceNumber: 'BCDF1234',
      facts,
      catalogueVersion: '1',
      possibleDuplicates: [],
      ...changes,
    },
    { now: today, by: sender, newId: () => crypto.randomUUID() },
  );
const refusalOf = (facts: ReferralFacts) => {
  const outcome = outcomeOf(facts);
  if (!isRefusal(outcome)) throw new Error('it was not refused');
  return outcome;
};

describe('L1: a referral that is sent', () => {
  it('complete, proceeds to complexity allocation with nothing asked', () => {
    const { referral } = aReferralState();
    expect(referral.missing).toEqual([]);
    expect(referral.openTasks).toEqual([]);
    expect(stageOf(referral)).toBe('complexity-allocation');
    expect(statusOf(referral)).toBe('awaiting-confirmation');
    expect(lifecycleStanding(referral)).toBe('recommend-complexity');
  });

  it('with facts missing, is accepted, and they are asked for within five working days (T7)', () => {
    const { referral, world } = aReferralState(aReferral().with({ area: null, risk: null }));
    expect(world.events.map(({ type }) => type)).toEqual([
      'referral.sent.v1',
      'task.opened.v1',
      'referral.information-requested.v1',
    ]);
    expect(referral.missing).toEqual(['/area', '/risk/seriousHarm']);
    expect(referral.openTasks).toMatchObject([
      { type: 'missing-information', organisation: 'north-probation', dueAt: '2026-06-22T09:00:00.000Z' },
    ]);
    expect(stageOf(referral)).toBe('assessment');
    expect(statusOf(referral)).toBe('needs-information');
  });

  it('starts at sequence 1 and version 1, under the catalogue of its day (C3)', () =>
    expect(aReferralState().referral).toMatchObject({ sequence: 1, version: 1, catalogueVersion: '1' }));

  it('contradicting itself, is refused with every contradiction', () =>
    expect(
      refusalOf(
        aReferral().with({ person: { dateOfBirth: '2030-01-01' }, opdOwners: { probation: 'p', health: 'h' } }),
      ),
    ).toMatchObject({
      refused: 'Contradiction',
      faults: [{ pointer: '/person/dateOfBirth' }, { pointer: '/opdOwners' }],
    }));

  it('not eligible, is refused with every rule that each need fails', () =>
    expect(refusalOf(aReferral().with({ sentence: { requirements: ['curfew'], rarDays: null } }))).toMatchObject({
      refused: 'Ineligible',
      needs: [{ need: 'accommodation', failed: [{ rule: 'E1' }, { rule: 'E2' }] }],
    }));

  it('with a possible duplicate, is never refused: both stand, and it is reported', () => {
    const possibleDuplicates = [{ id: crypto.randomUUID(), referenceNumber: 'GHJK0001' }];
    const outcome = outcomeOf(aReferral(), { possibleDuplicates });
    expect(outcome).toMatchObject([
      {
        data: { possibleDuplicates: [possibleDuplicates[0]?.id] },
        detail: { referral: { possibleDuplicates } },
      },
    ]);
  });
});

describe('Privacy: what was sent is parted', () => {
  const facts = aReferral().with({
    needs: [
      aNeed('accommodation', {
        preferredService: { id: 'service-1', reason: 'Speaks her language' },
        indicators: { home: 'homeless' },
      }),
    ],
  });

  it('into ids and codes for the record, and the person and all words for the private table', () => {
    const { recorded, confidential } = separate(facts);
    const record = JSON.stringify(recorded);
    expect(confidential.person).toEqual(facts.person);
    for (const secret of ['1990-04-02', 'female', 'Has to leave', 'Speaks her language', 'caseworker', 'homeless']) {
      expect(record).not.toContain(secret);
      expect(JSON.stringify(confidential)).toContain(secret);
    }
  });

  it('and joined again is what was sent', () => {
    const { recorded, confidential } = separate(facts);
    expect(joined(facts.crn, recorded, confidential)).toEqual({ ...facts });
  });
});
