import type { Requirement } from '../vocabulary.ts';
import { opensThroughUnpaidWork, requirementsOf } from './requirements.ts';
import { ask, noObjection, type Rule, refuse } from './rule.ts';

/** The requirements that give no access when they stand alone, as they are spoken of. */
const punitive: Partial<Record<Requirement, string>> = {
  'prohibited-activity': 'a prohibited activity requirement',
  exclusion: 'an exclusion requirement',
  curfew: 'a curfew',
  residence: 'a residence requirement',
  'unpaid-work': 'unpaid work',
  'unpaid-work-with-ete': 'unpaid work',
};

/**
 * E2: a stand-alone requirement of these kinds is refused; stand-alone means that it is the only one. It looks at what
 * is stated, whatever the sentence. Unpaid work with skills or employment activity opens that one need.
 */
export const requirementDoesNotStandAlone: Rule = ({ facts, need }) => {
  const requirements = requirementsOf(facts);
  if (!requirements) return ask('/sentence/requirements');
  if (opensThroughUnpaidWork(need.need, requirements)) return noObjection;

  const [only, ...others] = [...requirements].filter((name) => !saidTwice(name, requirements));
  if (!only || others.length > 0 || !punitive[only]) return noObjection;
  return refuse({
    rule: 'E2',
    reason:
      only === 'unpaid-work-with-ete'
        ? 'The only requirement is unpaid work; its skills and employment activity opens education, training and employment and no other need.'
        : `The only requirement is ${punitive[only]}, which gives no access when it stands alone.`,
    instead: only.startsWith('unpaid-work') ? insteadOfUnpaidWork[only === 'unpaid-work' ? 0 : 1] : instead,
  });
};

/** Unpaid work is one requirement, however much of it is said. */
const saidTwice = (name: Requirement, requirements: ReadonlySet<Requirement>) =>
  name === 'unpaid-work' && requirements.has('unpaid-work-with-ete');

const instead =
  'Where rehabilitative work is needed, ask the court for a rehabilitation activity requirement beside it; otherwise point the person to services that are open to everyone.';
const insteadOfUnpaidWork = [
  'Make skills and employment activity part of the unpaid work, which opens education, training and employment, or ask the court for a rehabilitation activity requirement beside it.',
  'Refer for education, training and employment, or ask the court for a rehabilitation activity requirement for the other needs.',
] as const;
