import type { Catalogue } from '../schema.ts';
import { accommodation } from './accommodation.ts';
import { dependencyRecovery } from './dependency-recovery.ts';
import { educationTrainingEmployment } from './education-training-employment.ts';
import { emotionalWellbeing } from './emotional-wellbeing.ts';
import { familySignificantOthers } from './family-significant-others.ts';
import { financeBenefitDebt } from './finance-benefit-debt.ts';
import { lifestyleAssociates } from './lifestyle-associates.ts';
import { womensAccommodation } from './womens-accommodation.ts';
import { womensDependencyRecovery } from './womens-dependency-recovery.ts';
import { womensEducationTrainingEmployment } from './womens-education-training-employment.ts';
import { womensEmotionalWellbeing } from './womens-emotional-wellbeing.ts';
import { womensFamilySignificantOthers } from './womens-family-significant-others.ts';
import { womensFinanceBenefitDebt } from './womens-finance-benefit-debt.ts';
import { womensLifestyleAssociates } from './womens-lifestyle-associates.ts';

/** C1: source 004 carried over, in force since the first commissioned services opened. */
export const version1: Catalogue = {
  version: '1',
  effectiveFrom: '2021-01-01',
  needs: [
    accommodation,
    educationTrainingEmployment,
    emotionalWellbeing,
    lifestyleAssociates,
    familySignificantOthers,
    financeBenefitDebt,
    dependencyRecovery,
    womensAccommodation,
    womensEducationTrainingEmployment,
    womensEmotionalWellbeing,
    womensLifestyleAssociates,
    womensFamilySignificantOthers,
    womensFinanceBenefitDebt,
    womensDependencyRecovery,
  ],
  aims: [
    { id: 'early-engagement', cohort: 'women', name: 'Engage with community services soon after release' },
    { id: 'social-networks', cohort: 'women', name: 'Build and keep social networks that lessen isolation at first' },
    { id: 'resilience', cohort: 'women', name: 'Grow resilience for what makes coming back to the community hard' },
  ],
};
