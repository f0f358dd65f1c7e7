import type { CatalogueNeed } from '../schema.ts';

export const womensEmotionalWellbeing: CatalogueNeed = {
  id: 'womens-emotional-wellbeing',
  cohort: 'women',
  name: "Women's emotional wellbeing",
  source: "Commissioned Rehabilitative Services, Women's Services: Emotional Well-Being",
  outcomes: [
    {
      id: 'womens-emotional-wellbeing.coping-strategies',
      name: 'Has learnt to cope: steadies mood, sees other points of view, avoids risky situations as self-care',
    },
    { id: 'womens-emotional-wellbeing.self-efficacy', name: 'Has more self-belief, resilience and confidence' },
    {
      id: 'womens-emotional-wellbeing.mental-health-engagement',
      name: 'Reaches and uses mental health services, or keeps to medication, treatment or therapy',
    },
    { id: 'womens-emotional-wellbeing.triggers-managed', name: 'Recognises and manages what makes wellbeing worse' },
    { id: 'womens-emotional-wellbeing.social-interactions', name: 'Makes and keeps suitable social contacts' },
  ],
  indicators: [],
  complexityLevels: [
    {
      level: 'low',
      summary:
        'Is worried or troubled and finds it hard to cope, yet mixes with people and is not isolated. Nothing is known of psychological issues, depression or mental ill health in the past.',
      criteria: [],
    },
    {
      level: 'medium',
      summary:
        'Has psychological problems, diagnosed and on record, that are under control; needs support to stay engaged. Has ways of coping but not without help, and is visibly stressed in meetings. May have little confidence or self-esteem after trauma or abuse.',
      criteria: [],
    },
    {
      level: 'high',
      summary:
        'Has had mental health and psychological problems for some time, and they are documented. Is isolated and struggles with many parts of daily life, perhaps because someone controls and coerces her. Can only engage with a great deal of support.',
      criteria: [],
    },
  ],
};
