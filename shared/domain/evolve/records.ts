import type { ReferralState } from '../decision.ts';
import { nobody, removedCrn } from '../referral.ts';

/** Ids, codes and times of the work stay, so that counts do; whose it was, and what was told of them, does not. */
export const recordRemoved = ({ referral }: ReferralState, at: string): ReferralState => ({
  referral: {
    ...referral,
    crn: removedCrn,
    removedAt: at,
    facts: { needs: [] },
    missing: [],
    // Other referrals of the same person.
    possibleDuplicates: [],
    riskNotice: null,
    attention: null,
  },
  confidential: nobody,
});
