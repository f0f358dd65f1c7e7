import { noObjection, type Rule, refuse } from './rule.ts';

const primary = {
  'programme-requirement': 'a programme requirement',
  'structured-intervention': 'a structured intervention',
  'community-sentence-treatment-requirement': 'a community sentence treatment requirement',
};

/**
 * E3: a commissioned service is for what a primary intervention does not meet, leaves over, or needs support with.
 * Which of these it is does not decide what is open: a complete referral says so (`completeness.ts`).
 */
export const primaryInterventionDoesNotMeetIt: Rule = ({ need }) => {
  if (!need.metByPrimary) return noObjection;
  return refuse({
    rule: 'E3',
    reason: `The need can be met by ${primary[need.metByPrimary]}.`,
    instead: `Use ${primary[need.metByPrimary]} first, and refer for what it leaves over or for support to take part in it.`,
  });
};
