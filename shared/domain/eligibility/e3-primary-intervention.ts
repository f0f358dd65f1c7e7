import { ask, isUnknown, noObjection, type Rule, refuse } from './rule.ts';

const primary = {
  'programme-requirement': 'a programme requirement',
  'structured-intervention': 'a structured intervention',
  'community-sentence-treatment-requirement': 'a community sentence treatment requirement',
};

/**
 * E3: a commissioned service is for what a primary intervention does not meet, leaves over, or needs support with.
 * Each need says which of these it is, and, where it supports a primary intervention, which one follows.
 */
export const primaryInterventionDoesNotMeetIt: Rule = ({ need, index }) => {
  if (need.metByPrimary) {
    return refuse({
      rule: 'E3',
      reason: `The need can be met by ${primary[need.metByPrimary]}.`,
      instead: `Use ${primary[need.metByPrimary]} first, and refer for what it leaves over or for support to take part in it.`,
    });
  }
  if (isUnknown(need.reason)) return ask(`/needs/${index}/reason`);
  if (need.reason === 'supports-engagement-with-primary' && isUnknown(need.followedBy)) {
    return ask(`/needs/${index}/followedBy`);
  }
  return noObjection;
};
