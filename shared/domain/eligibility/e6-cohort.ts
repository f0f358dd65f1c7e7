import { isWomensNeed } from '../vocabulary.ts';
import { ask, isUnknown, noObjection, type Rule, refuse } from './rule.ts';

/**
 * E6: women's services are for women. A woman's general need is open to her as it is: matching turns to the women's
 * services for it unless the practitioner says why a general one (`matching.ts`). A man with a women's need is refused
 * here, as a failed rule with a way out, rather than as a contradiction.
 */
export const serviceFitsTheCohort: Rule = ({ facts: { person }, need, index }) => {
  const sex = person?.sex;
  if (!isWomensNeed(need.need) || sex === 'female') return noObjection;
  if (isUnknown(sex)) return ask('/person/sex');
  return refuse({
    rule: 'E6',
    fields: ['/person/sex', `/needs/${index}/need`],
    reason: "The need is one of the women's services, which are for women only.",
    instead: `Refer for the general need ${need.need.replace('womens-', '')}, or correct the person's sex if it is wrong.`,
  });
};
