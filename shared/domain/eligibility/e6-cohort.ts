import { ageOf, belonging, cohortNamed, cohortOf, generalNeedOf } from '../cohorts.ts';
import { ask, noObjection, type Rule, refuse } from './rule.ts';

/**
 * E6: women's services are for women, and so those of any other cohort for its people (C3). A woman's general need is
 * open to her as it is: matching turns to the women's services for it unless the practitioner says why a general one
 * (`matching.ts`). A man with a women's need is refused here, as a failed rule with a way out, rather than as a
 * contradiction.
 */
export const serviceFitsTheCohort: Rule = ({ facts: { person }, need: { need }, index, at }) => {
  const cohort = cohortOf(need);
  const found = belonging(cohort, { sex: person?.sex, age: ageOf(person?.dateOfBirth, at) });
  if (found.belongs === 'yes') return noObjection;
  if (found.belongs === 'unknown') return ask(...found.facts);
  const general = generalNeedOf(need);
  return refuse({
    rule: 'E6',
    fields: [...found.facts, `/needs/${index}/need`],
    reason: `The need is one of the services for ${cohortNamed(cohort).name}, which are for them only.`,
    instead: `${general ? `Refer for the general need ${general}` : 'Refer for another need'}, or correct what is said of the person if it is wrong.`,
  });
};
