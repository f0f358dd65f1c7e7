export { checkEligibility } from './check.ts';
export { missingFacts } from './completeness.ts';
export { contradictions } from './contradictions.ts';
