import * as z from 'zod';
import { code, isoDate } from '../referral-facts.ts';
import { cohortIds, complexityLevels, needIds, sexes } from '../vocabulary.ts';

const label = z.string().trim().min(1).max(200);

/** C2: a question about the person whose answer helps to tell the levels apart. */
const indicator = z.strictObject({
  id: code,
  question: label,
  values: z.array(code).min(2).describe('From the best answer to the worst'),
});
export type Indicator = z.infer<typeof indicator>;

/** Answers that count: each indicator from this value on, so this one or a worse one. */
const from = z.record(code, code).default({});

/**
 * C2: what is enough for a level: all of `all`, and of `any` at least so many. A criterion only ever asks for *this bad
 * or worse*, so a worse answer never lowers a level.
 */
const criterion = z.strictObject({
  id: code,
  because: label.describe('Why this is enough for the level, in plain English'),
  all: from.describe('Each of these indicators has this value or a worse one'),
  any: from.describe('Of these indicators, `atLeast` have this value or a worse one'),
  atLeast: z.int().min(1).default(1),
});
export type Criterion = z.infer<typeof criterion>;

const level = z.strictObject({
  level: z.enum(complexityLevels),
  summary: z.string().trim().min(1).max(600),
  criteria: z.array(criterion).min(1),
});

/** One section of source 004: what a service for this need is to achieve, and how intense it may have to be. */
export const catalogueNeed = z.strictObject({
  id: z.enum(needIds),
  cohort: z.enum(cohortIds),
  counterpartOf: z.enum(needIds).optional().describe('The general need that it stands for'),
  name: label,
  source: label.describe('The section of the source that this entry carries over'),
  outcomes: z.array(z.strictObject({ id: code, name: label })).min(1),
  indicators: z.array(indicator).min(1),
  complexityLevels: z.array(level).length(complexityLevels.length).describe('From the lowest to the highest'),
});
export type CatalogueNeed = z.infer<typeof catalogueNeed>;

/** C3: those whom needs and services are for. */
const cohort = z.strictObject({
  id: z.enum(cohortIds),
  name: label.describe('As it is spoken of: for whom'),
  who: z
    .strictObject({
      sex: z.enum(sexes).optional(),
      minimumAge: z.int().min(0).optional(),
      maximumAge: z.int().min(0).optional(),
    })
    .default({})
    .describe('What someone must be to belong; what is not named does not matter'),
  comesFirst: z
    .boolean()
    .default(false)
    .describe('Its services also meet the general needs of its people, before general ones (E6)'),
});
export type Cohort = z.infer<typeof cohort>;

/**
 * C3: a published version is never edited. What changes stands in a new version, from its date on; a referral keeps the
 * version that it was sent under, and what a newer version leaves out stays readable in the older one.
 */
export const catalogue = z.strictObject({
  version: code,
  effectiveFrom: isoDate,
  effectiveTo: isoDate.optional().describe('The last day, where no newer version follows'),
  cohorts: z.array(cohort).min(1),
  needs: z.array(catalogueNeed).min(1),
  aims: z.array(z.strictObject({ id: code, cohort: z.enum(cohortIds), name: label })),
});
export type Catalogue = z.infer<typeof catalogue>;
