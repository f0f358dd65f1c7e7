import type { CatalogueNeed } from '../schema.ts';

export const womensAccommodation: CatalogueNeed = {
  id: 'womens-accommodation',
  cohort: 'women',
  name: "Women's accommodation",
  source: "Commissioned Rehabilitative Services, Women's Services: Accommodation",
  outcomes: [
    { id: 'womens-accommodation.suitable-home', name: 'A woman has found or kept a suitable place to live' },
    {
      id: 'womens-accommodation.barriers-overcome',
      name: 'A woman is past what stood in the way of finding or keeping a suitable home',
    },
    { id: 'womens-accommodation.homelessness-prevented', name: 'A woman did not become homeless' },
  ],
  indicators: [],
  complexityLevels: [
    {
      level: 'low',
      summary: 'Able in part, with some means, to find or keep a suitable home. Needs some advice and help with it.',
      criteria: [],
    },
    {
      level: 'medium',
      summary:
        'Homeless, at risk of it, or with no home to go to on release. Has kept a tenancy with some success; may have further needs, a learning difficulty for example.',
      criteria: [],
    },
    {
      level: 'high',
      summary:
        'Homeless, in temporary or unsettled housing, or with no home to go to on release. Has few skills to get or keep a tenancy; may have a poor housing record, complex needs (mental health among them), or obstacles that come with the type of offence. May have further difficulties from getting away from domestic abuse or other coercion.',
      criteria: [],
    },
  ],
};
