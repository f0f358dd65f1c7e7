import type { ReferredNeed } from '../referral-facts.ts';
import { noObjection, type Rule, refuse } from './rule.ts';

const primary = {
  'programme-requirement': 'a programme requirement',
  'structured-intervention': 'a structured intervention',
  'community-sentence-treatment-requirement': 'a community sentence treatment requirement',
};

/**
 * E3: a commissioned service is for what a primary intervention does not meet, leaves over, or needs support with.
 * Which of these it is does not decide what is open: a complete referral says so (`completeness.ts`).
 *
 * `metByPrimary` says that the need itself can be met there, so it refuses whatever the reason beside it. Where the
 * reason points to what is left over, or to support, the way out is to refer for just that.
 */
export const primaryInterventionDoesNotMeetIt: Rule = ({ need, index }) => {
  if (!need.metByPrimary) return noObjection;
  const intervention = primary[need.metByPrimary];
  return refuse({
    rule: 'E3',
    fields: [`/needs/${index}/metByPrimary`],
    reason: `The need can be met by ${intervention}.`,
    instead: wayOut(intervention, need.reason),
  });
};

function wayOut(intervention: string, reason: ReferredNeed['reason']): string {
  if (reason === 'outstanding-after-primary') {
    return `Use ${intervention} first. Where it has been used and this is what it left over, refer without metByPrimary.`;
  }
  if (reason === 'supports-engagement-with-primary') {
    return `Use ${intervention} for the need itself. Where the service is to support taking part in it, refer without metByPrimary and say in followedBy what follows.`;
  }
  return `Use ${intervention} first, and refer for what it leaves over or for support to take part in it.`;
}
