import type { requestedWorkValues } from '../vocabulary.ts';
import { noObjection, type Rule, refuse } from './rule.ts';

type RequestedWork = (typeof requestedWorkValues)[number];

const treatment = (kind: string, provider: string) => ({
  what: `Delivering ${kind}`,
  instead: `Arrange it with ${provider} that treats people under the requirement; a referral can support the person around it.`,
});

/** E4: work that is not done by a commissioned service, and where it is done. */
const otherRoutes: Record<
  Exclude<RequestedWork, 'commissioned-rehabilitative-service'>,
  { what: string; instead: string }
> = {
  'deliver-accredited-programme': {
    what: 'Delivering an accredited programme',
    instead: 'Refer to the programmes team of the probation region (specification: Deliver Accredited Programmes).',
  },
  'deliver-alcohol-treatment-requirement': treatment('an alcohol treatment requirement', 'the local alcohol service'),
  'deliver-drug-rehabilitation-requirement': treatment('a drug rehabilitation requirement', 'the local drug service'),
  'deliver-mental-health-treatment-requirement': treatment('a mental health treatment requirement', 'the NHS service'),
  'breach-enforcement': {
    what: 'Enforcing a breach',
    instead:
      'The responsible probation practitioner does it (specifications: Manage the Sentence for a CO or SSO; Manage the Custodial and Post Release Periods).',
  },
  'pre-sentence-suitability-assessment': {
    what: 'Assessing suitability for a court report',
    instead:
      'The court team does it (specification: Assessments and Reports Pre-Sentence); an eligibility check shows what could be proposed.',
  },
  'interventions-development': {
    what: 'Developing interventions',
    instead: 'Take it to the interventions team of the probation region; it is not work with one person.',
  },
  'general-management': {
    what: 'General management',
    instead:
      'It stays with the management of the probation service or of the provider; it is not work with one person.',
  },
  'staff-training': {
    what: 'Staff training',
    instead: 'Take it to the training team of the employer, unless the contract of a service asks for it.',
  },
};

/** E4: out of scope is refused with a pointer to the right route. Nothing requested means a commissioned service. */
export const workIsInScope: Rule = ({ facts }) => {
  const requested = facts.requestedWork ?? 'commissioned-rehabilitative-service';
  if (requested === 'commissioned-rehabilitative-service') return noObjection;
  const { what, instead } = otherRoutes[requested];
  return refuse({
    rule: 'E4',
    fields: ['/requestedWork'],
    reason: `${what} is not part of a commissioned rehabilitative service.`,
    instead,
  });
};
