import { knownFacts } from '../../domain/referral-facts.ts';
import { defineEndpoint } from '../endpoint.ts';
import { eligibilityView } from '../views/eligibility.ts';

export const checkEligibility = defineEndpoint({
  name: 'check-eligibility',
  method: 'POST',
  path: '/v1/eligibility-checks',
  summary: 'What would be open to this person, where, and why not (E1 to E6). Stores nothing',
  roles: ['practitioner', 'court'],
  body: knownFacts.meta({ id: 'KnownFacts' }),
  responses: { 200: eligibilityView },
  problems: ['rule-refused'],
});
