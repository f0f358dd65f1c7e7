import { describe, expect, it } from 'vitest';
import { besides } from '../../../infra/local/demo/report.ts';

describe('V: what a subscriber received beside the events of the referrals that were played', () => {
  const ours = new Set(['ours', undefined]);
  const own = { type: 'referral.sent.v1', referralId: 'ours' };
  const anothers = { type: 'referral.sent.v1', referralId: 'another' };
  const ofGroup = { type: 'group-session.planned.v1', referralId: null };

  it('is nothing where all are theirs', () => expect(besides([own], ours)).toEqual([]));

  it('is counted where it is of other referrals', () =>
    expect(besides([own, anothers], ours)).toEqual(['', '  And 1 event of other referrals on this stack.']));

  it('is of no other referral where it is of none, as of a group session', () => {
    const lines = besides([own, ofGroup, ofGroup], ours).join('\n');
    expect(lines).toMatch(/of no referral.*\n +group-session\.planned +2$/);
    expect(lines).not.toContain('other referrals');
  });
});
