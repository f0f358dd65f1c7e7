import type { CatalogueNeed } from '../schema.ts';

export const womensEducationTrainingEmployment: CatalogueNeed = {
  id: 'womens-education-training-employment',
  cohort: 'women',
  name: "Women's education, training and employment",
  source: "Commissioned Rehabilitative Services, Women's Services: Education, Training and Employment",
  outcomes: [
    {
      id: 'womens-education-training-employment.suitable-place',
      name: 'A woman has found or kept suitable work, training or education',
    },
    {
      id: 'womens-education-training-employment.barriers-overcome',
      name: 'A woman is past what stood in the way of suitable work, training or education',
    },
    {
      id: 'womens-education-training-employment.employability',
      name: 'A woman shows better skills and attitudes for self-development and for getting a job',
    },
  ],
  indicators: [],
  complexityLevels: [
    {
      level: 'low',
      summary:
        'Reads, writes and counts well enough. Has had jobs before, perhaps with gaps after redundancy or prison. Sees the good of work; needs guidance to go back to it, or to change job or career.',
      criteria: [],
    },
    {
      level: 'medium',
      summary:
        'Has gaps in reading, writing and number skills, and little or no work behind them. Has done part of a vocational course. Needs support and coaching in confidence and motivation, and to build the skills for getting and keeping a job; may need a lot of support to think better of herself.',
      criteria: [],
    },
    {
      level: 'high',
      summary:
        'Cannot read, write or count well, or has learning difficulties or disabilities. May have little or no work experience, no qualifications, or many barriers raised by the offence (sexual, violent or fraud, for example). Needs a great deal of support and coaching in basic skills, confidence and motivation before work or training can start. May have several complex needs from trauma, poor mental health, or abuse past or present, and need far more support to move on.',
      criteria: [],
    },
  ],
};
