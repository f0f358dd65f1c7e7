import type { AreaId } from './areas.ts';
import { belonging, cohortNamed, type Known } from './cohorts.ts';
import type { Service } from './service.ts';
import type { SentenceType, Setting, Sex } from './vocabulary.ts';

/** What is known of the person and the place: what a service may be filtered by. Null and absent: not known. */
export interface Circumstances extends Known {
  area: AreaId | null | undefined;
  setting: Setting | null | undefined;
  sentenceType: SentenceType | null | undefined;
  /** The day in London. */
  date: string;
}

/** Why a service of the area that is for a need would not take this person (O3). The one that E6 adds stands last. */
export const obstacleCodes = [
  'age',
  'setting',
  'sentence',
  'cohort',
  'sex',
  'not-open-yet',
  'closed',
  'cohort-first',
] as const;
export type ObstacleCode = (typeof obstacleCodes)[number];

export interface Obstacle {
  code: ObstacleCode;
  /** In plain English. */
  detail: string;
}

interface Condition {
  code: ObstacleCode;
  stands: (service: Service, known: Circumstances) => boolean;
  detail: (service: Service, known: Circumstances) => string;
}

/** What is not known excludes nothing, but for a women's service, which has to know that it is for a woman; so with any cohort (E6). */
const conditions: readonly Condition[] = [
  {
    code: 'age',
    stands: ({ minimumAge, maximumAge }, { age }) =>
      age !== null && (age < (minimumAge ?? 0) || age > (maximumAge ?? Number.POSITIVE_INFINITY)),
    detail: ({ minimumAge, maximumAge }, { age }) =>
      `It takes people ${[minimumAge === null ? '' : `from ${minimumAge}`, maximumAge === null ? '' : `up to ${maximumAge}`].filter(Boolean).join(' ')}; the person is ${age}.`,
  },
  {
    code: 'setting',
    stands: ({ settings }, { setting }) => Boolean(setting) && !settings.some((one) => one === setting),
    detail: (_, { setting }) =>
      setting === 'custody'
        ? 'It works with people in the community only; the person is in custody.'
        : 'It works with people in custody only; the person is in the community.',
  },
  {
    code: 'sentence',
    stands: ({ sentenceTypes }, { sentenceType }) =>
      Boolean(sentenceType) && !sentenceTypes.some((one) => one === sentenceType),
    detail: ({ sentenceTypes }, { sentenceType }) =>
      `It takes people under ${either(sentenceTypes.map((type) => sentenceNames[type]))}${sentenceType ? `, not under ${sentenceNames[sentenceType]}` : ''}.`,
  },
  {
    code: 'cohort',
    stands: ({ cohort }, known) => belonging(cohort, known).belongs !== 'yes',
    detail: ({ cohort }, known) => {
      const { name } = cohortNamed(cohort);
      const found = belonging(cohort, known);
      if (found.belongs !== 'unknown') return `It is for ${name} only.`;
      return `It is for ${name} only, and the person's ${found.facts.map((fact) => factNames[fact]).join(' and ')} is not known.`;
    },
  },
  {
    code: 'sex',
    // Where its cohort says so already, that is the reason.
    stands: ({ sexes, cohort }, known) =>
      Boolean(known.sex) && !sexes.some((one) => one === known.sex) && belonging(cohort, known).belongs === 'yes',
    detail: ({ sexes }) => `It is for ${sexes.map((one) => sexNames[one]).join(' and ')} only.`,
  },
  {
    code: 'not-open-yet',
    stands: ({ contract }, { date }) => contract.opens > date,
    detail: ({ contract }) => `It opens on ${contract.opens}.`,
  },
  {
    code: 'closed',
    stands: ({ contract }, { date }) => contract.closes !== null && contract.closes < date,
    detail: ({ contract }) => `Its last day was ${contract.closes}.`,
  },
];

const sexNames: Record<Sex, string> = { female: 'women', male: 'men' };

const factNames = { '/person/sex': 'sex', '/person/dateOfBirth': 'age' };

const sentenceNames: Record<SentenceType, string> = {
  'community-order': 'a community order',
  'suspended-sentence-order': 'a suspended sentence order',
  licence: 'a licence',
  'post-sentence-supervision': 'post-sentence supervision',
  fine: 'a fine',
  'conditional-discharge': 'a conditional discharge',
  'custody-without-supervision': 'custody without supervision afterwards',
  'none-on-remand': 'remand without a sentence',
};

const either = (names: string[]): string => new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(names);

/** L3, E6: what keeps a service of the area from taking someone. Directories are long, so no words are made here. */
export function obstacleCodesOf(service: Service, known: Circumstances): readonly ObstacleCode[] {
  const standing = conditions.filter(({ stands }) => stands(service, known));
  return standing.length === 0 ? none : standing.map(({ code }) => code);
}

const none: readonly ObstacleCode[] = [];

/** O3: every reason why a service of the area does not take someone in these circumstances. */
export const obstaclesOf = (service: Service, known: Circumstances): Obstacle[] =>
  conditions
    .filter(({ stands }) => stands(service, known))
    .map(({ code, detail }) => ({ code, detail: detail(service, known) }));
