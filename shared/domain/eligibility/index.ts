export { checkEligibility, type Eligibility, type NeedEligibility } from './check.ts';
export { missingFacts } from './completeness.ts';
export { contradictions } from './contradictions.ts';
