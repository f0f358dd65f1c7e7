import type { CatalogueNeed } from '../schema.ts';

export const lifestyleAssociates: CatalogueNeed = {
  id: 'lifestyle-associates',
  cohort: 'general',
  name: 'Lifestyle and associates',
  source: 'Commissioned Rehabilitative Services, Personal wellbeing: Lifestyle & Associates',
  outcomes: [
    {
      id: 'lifestyle-associates.community-identity',
      name: 'Sees themself as pro-social; uses community support or takes part, and contributes',
    },
    { id: 'lifestyle-associates.purposeful-activities', name: 'Keeps up pro-social leisure and purposeful activities' },
    {
      id: 'lifestyle-associates.criminal-associates-reduced',
      name: 'Has less to do with criminal associates, activities and networks, organised crime included',
    },
  ],
  indicators: [],
  complexityLevels: [
    {
      level: 'low',
      summary:
        'Is not confident enough to join in community life, or is alone a lot. Sees what good support groups are worth but struggles to build them up. Has a close friend who does not offend, some weekly time with such people, or a tie to such groups. May see that drugs, alcohol, gambling, peers or a lack of longer-term goals can lead back to offending.',
      criteria: [],
    },
    {
      level: 'medium',
      summary:
        'Sees what good support groups are worth but belongs to none and hardly wants to. Is mostly alone or online, with few meetings in person. Has no positive attachments now, or is often among people who offend. Behaves anti-socially: drug use short of addiction, regular problem drinking, problem gambling, harm to the community, or impulsive risks to self or others.',
      criteria: [],
    },
    {
      level: 'high',
      summary:
        'Has few or no ties away from offending, belongs to no community group and sees no worth in it. Outside the close family, has no strong bond with anyone who does not offend, or is mostly alone online and meets nobody in person. Is closely tied to serious group offending, county lines or online offences, or is exposed to extremism or at risk of radicalisation.',
      criteria: [],
    },
  ],
};
