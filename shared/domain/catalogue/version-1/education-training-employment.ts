import type { CatalogueNeed } from '../schema.ts';

export const educationTrainingEmployment: CatalogueNeed = {
  id: 'education-training-employment',
  cohort: 'general',
  name: 'Education, training and employment',
  source: 'Commissioned Rehabilitative Services, Education, Training and Employment',
  outcomes: [
    {
      id: 'education-training-employment.suitable-place',
      name: 'Has found or kept suitable work, training or education',
    },
    {
      id: 'education-training-employment.barriers-overcome',
      name: 'Is past what stood in the way of suitable work, training or education',
    },
    {
      id: 'education-training-employment.employability',
      name: 'Shows better skills and attitudes for self-development and for getting a job',
    },
  ],
  indicators: [],
  complexityLevels: [
    {
      level: 'low',
      summary:
        'Reads, writes and counts well enough. Has had jobs before, perhaps with gaps after redundancy or prison, and could take one up in the same field without urgent training. Sees the good of work; needs guidance to go back to it, or to change job or career.',
      criteria: [],
    },
    {
      level: 'medium',
      summary:
        'Has gaps in reading, writing and number skills, and little or no work behind them. Has done part of a vocational course. Needs support with confidence and motivation, and to build the skills for getting and keeping a job.',
      criteria: [],
    },
    {
      level: 'high',
      summary:
        'Cannot read, write or count well, or has learning difficulties or disabilities. May have little or no work experience, no qualifications, or many barriers raised by the offence (sexual, violent or fraud, for example). Needs a great deal of support and coaching in basic skills, confidence and motivation before work or training can start.',
      criteria: [],
    },
  ],
};
