import type { CatalogueNeed } from '../schema.ts';

export const familySignificantOthers: CatalogueNeed = {
  id: 'family-significant-others',
  cohort: 'general',
  name: 'Family and significant others',
  source: 'Commissioned Rehabilitative Services, Personal wellbeing: Family & Significant Others',
  outcomes: [
    {
      id: 'family-significant-others.positive-relationships',
      name: 'Builds or keeps good family relationships and stays out of harmful ones',
    },
    { id: 'family-significant-others.parenting', name: 'Is a positive, confident and responsible parent' },
    {
      id: 'family-significant-others.intimate-relationships',
      name: 'Is better able to form good intimate relationships',
    },
    {
      id: 'family-significant-others.relationship-breakdown',
      name: 'Copes well when a family or other relationship breaks down, for a time or for good',
    },
    {
      id: 'family-significant-others.programme-compliance',
      name: 'Keeps to family or relationship programmes, whether voluntary or required',
    },
  ],
  indicators: [],
  complexityLevels: [
    {
      level: 'low',
      summary:
        'Is on good terms with some relatives or other important people, perhaps with the family behind them. Is lately back in touch after contact was lost, and some difficulties remain.',
      criteria: [],
    },
    {
      level: 'medium',
      summary:
        'Tells of more trouble with family and others who matter, or is busy resolving it. Some of these relationships are good, some are hard.',
      criteria: [],
    },
    {
      level: 'high',
      summary:
        'Has little or no contact with the family, and is indifferent to what it thinks or expects. Relationships are hostile, cold or uncaring. A relationship has just ended or probably will.',
      criteria: [],
    },
  ],
};
