import { isWomensNeed } from '../vocabulary.ts';
import { ask, isUnknown, noObjection, type Rule, refuse } from './rule.ts';

/**
 * E6: women's services are for women. A general service stays possible for a woman where the practitioner says why:
 * the reason is asked for, and its absence refuses nothing. A man with a women's need is refused here, as a failed rule
 * with a way out, rather than as a contradiction.
 */
export const serviceFitsTheCohort: Rule = ({ facts: { person }, need, index }) => {
  const sex = person?.sex;
  if (isWomensNeed(need.need)) {
    if (isUnknown(sex)) return ask('/person/sex');
    if (sex === 'female') return noObjection;
    return refuse({
      rule: 'E6',
      reason: "The need is one of the women's services, which are for women only.",
      instead: `Refer for the general need ${need.need.replace('womens-', '')}, or correct the person's sex if it is wrong.`,
    });
  }
  if (!isUnknown(need.generalServiceReason)) return noObjection;
  if (isUnknown(sex)) return ask('/person/sex');
  return sex === 'female' ? ask(`/needs/${index}/generalServiceReason`) : noObjection;
};
