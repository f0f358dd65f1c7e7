/** Made by `npm run catalogue`: the needs of all versions of the catalogue, by cohort (C1, C3). */
export const needsByCohort = {
  general: [
    'accommodation',
    'education-training-employment',
    'emotional-wellbeing',
    'lifestyle-associates',
    'family-significant-others',
    'finance-benefit-debt',
    'dependency-recovery',
  ],
  women: [
    'womens-accommodation',
    'womens-education-training-employment',
    'womens-emotional-wellbeing',
    'womens-lifestyle-associates',
    'womens-family-significant-others',
    'womens-finance-benefit-debt',
    'womens-dependency-recovery',
  ],
} as const;
