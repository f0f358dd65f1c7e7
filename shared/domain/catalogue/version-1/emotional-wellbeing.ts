import type { CatalogueNeed } from '../schema.ts';

export const emotionalWellbeing: CatalogueNeed = {
  id: 'emotional-wellbeing',
  cohort: 'general',
  name: 'Emotional wellbeing',
  source: 'Commissioned Rehabilitative Services, Personal wellbeing: Emotional Wellbeing',
  outcomes: [
    {
      id: 'emotional-wellbeing.coping-strategies',
      name: 'Has ways to cope: steadies mood, sees other points of view, avoids risky situations as self-care',
    },
    { id: 'emotional-wellbeing.self-efficacy', name: 'Has more self-belief, resilience and confidence' },
    {
      id: 'emotional-wellbeing.mental-health-engagement',
      name: 'Reaches and uses mental health services, or keeps to medication, treatment or therapy',
    },
    { id: 'emotional-wellbeing.triggers-managed', name: 'Recognises and manages what makes wellbeing worse' },
    { id: 'emotional-wellbeing.social-interactions', name: 'Makes and keeps suitable social contacts' },
  ],
  indicators: [],
  complexityLevels: [
    {
      level: 'low',
      summary:
        'Is worried or troubled and finds it hard to cope, yet mixes with people and is not isolated. Nothing is known of psychological issues, depression or poor mental health in the past.',
      criteria: [],
    },
    {
      level: 'medium',
      summary:
        'Has psychological problems, diagnosed and on record, that are under control; needs support to stay engaged. Has ways of coping but not without help, and is visibly stressed in meetings.',
      criteria: [],
    },
    {
      level: 'high',
      summary:
        'Has had mental health and psychological problems for some time, and they are documented. Is isolated, struggles with many parts of daily life, and can only engage with a great deal of support.',
      criteria: [],
    },
  ],
};
