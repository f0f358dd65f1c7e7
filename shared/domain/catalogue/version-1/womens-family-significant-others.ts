import type { CatalogueNeed } from '../schema.ts';

export const womensFamilySignificantOthers: CatalogueNeed = {
  id: 'womens-family-significant-others',
  cohort: 'women',
  name: "Women's family and significant others",
  source: "Commissioned Rehabilitative Services, Women's Services: Family & Significant Others",
  outcomes: [
    {
      id: 'womens-family-significant-others.positive-relationships',
      name: 'Builds or keeps good family relationships and stays out of harmful ones',
    },
    { id: 'womens-family-significant-others.parenting', name: 'Is a positive, confident and responsible parent' },
    {
      id: 'womens-family-significant-others.intimate-relationships',
      name: 'Is better able to form good intimate relationships',
    },
    {
      id: 'womens-family-significant-others.relationship-breakdown',
      name: 'Copes well when a family or other relationship breaks down, for a time or for good',
    },
    {
      id: 'womens-family-significant-others.programme-compliance',
      name: 'Keeps to family or relationship programmes, whether voluntary or required',
    },
  ],
  indicators: [],
  complexityLevels: [
    {
      level: 'low',
      summary:
        'Is on good terms with some relatives or other important people, perhaps with the family behind her. Is lately back in touch after contact was lost, and some difficulties remain.',
      criteria: [],
    },
    {
      level: 'medium',
      summary:
        'Tells of more trouble with family and others who matter, or is busy resolving it, perhaps together with social services. Some of these relationships are good, some are hard.',
      criteria: [],
    },
    {
      level: 'high',
      summary:
        'May live with domestic abuse, coercion or control, or be kept from her family. May be particularly vulnerable: with experience of the sex industry, a young adult, with mental health problems, or parted from her children by custody or by safeguarding. The service is sensitive and flexible in engaging her.',
      criteria: [],
    },
  ],
};
