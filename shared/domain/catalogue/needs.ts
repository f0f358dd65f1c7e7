/** Made by `npm run catalogue`: the cohorts and needs of all versions of the catalogue, as the newest has them (C1, C3). */
export const publishedCohorts = {
  "general": {"name":"everyone","who":{},"comesFirst":false},
  "women": {"name":"women","who":{"sex":"female"},"comesFirst":true},
} as const;

export const publishedNeeds = {
  "accommodation": {"cohort":"general","counterpartOf":null},
  "education-training-employment": {"cohort":"general","counterpartOf":null},
  "emotional-wellbeing": {"cohort":"general","counterpartOf":null},
  "lifestyle-associates": {"cohort":"general","counterpartOf":null},
  "family-significant-others": {"cohort":"general","counterpartOf":null},
  "finance-benefit-debt": {"cohort":"general","counterpartOf":null},
  "dependency-recovery": {"cohort":"general","counterpartOf":null},
  "womens-accommodation": {"cohort":"women","counterpartOf":"accommodation"},
  "womens-education-training-employment": {"cohort":"women","counterpartOf":"education-training-employment"},
  "womens-emotional-wellbeing": {"cohort":"women","counterpartOf":"emotional-wellbeing"},
  "womens-lifestyle-associates": {"cohort":"women","counterpartOf":"lifestyle-associates"},
  "womens-family-significant-others": {"cohort":"women","counterpartOf":"family-significant-others"},
  "womens-finance-benefit-debt": {"cohort":"women","counterpartOf":"finance-benefit-debt"},
  "womens-dependency-recovery": {"cohort":"women","counterpartOf":"dependency-recovery"},
} as const;
