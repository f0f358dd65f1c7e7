import type { Requirement } from '../vocabulary.ts';
import { opensThroughUnpaidWork, requirementsOf } from './requirements.ts';
import { ask, noObjection, type Rule, refuse } from './rule.ts';

const givesNone = (what: string) => `The only requirement is ${what}, which gives no access when it stands alone.`;

/** The requirements that give no access when they stand alone, and why. */
const reasons: Partial<Record<Requirement, string>> = {
  'prohibited-activity': givesNone('a prohibited activity requirement'),
  exclusion: givesNone('an exclusion requirement'),
  curfew: givesNone('a curfew'),
  residence: givesNone('a residence requirement'),
  'unpaid-work': givesNone('unpaid work'),
  'unpaid-work-with-ete':
    'The only requirement is unpaid work; its skills and employment activity opens education, training and employment and no other need.',
};

const askTheCourt =
  'Where rehabilitative work is needed, ask the court for a rehabilitation activity requirement beside it; otherwise point the person to services that are open to everyone.';
const otherWays: Partial<Record<Requirement, string>> = {
  'unpaid-work':
    'Make skills and employment activity part of the unpaid work, which opens education, training and employment, or ask the court for a rehabilitation activity requirement beside it.',
  'unpaid-work-with-ete':
    'Refer for education, training and employment, or ask the court for a rehabilitation activity requirement for the other needs.',
};

/**
 * E2: a stand-alone requirement of these kinds is refused; stand-alone means that it is the only one. It looks at what
 * is stated, whatever the sentence. Unpaid work with skills or employment activity opens that one need.
 */
export const requirementDoesNotStandAlone: Rule = ({ facts, need, index }) => {
  const requirements = requirementsOf(facts);
  if (!requirements) return ask('/sentence/requirements');
  if (opensThroughUnpaidWork(need.need, requirements)) return noObjection;

  const [only, ...others] = [...requirements].filter((name) => !isSaidAlready(name, requirements));
  const reason = only && reasons[only];
  if (!reason || others.length > 0) return noObjection;
  const decidedByNeed = only === 'unpaid-work-with-ete' ? [`/needs/${index}/need`] : [];
  return refuse({
    rule: 'E2',
    fields: ['/sentence/requirements', ...decidedByNeed],
    reason,
    instead: otherWays[only] ?? askTheCourt,
  });
};

/** Unpaid work is one requirement, however much of it is said. */
const isSaidAlready = (name: Requirement, requirements: ReadonlySet<Requirement>) =>
  name === 'unpaid-work' && requirements.has('unpaid-work-with-ete');
