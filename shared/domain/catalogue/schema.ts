import * as z from 'zod';
import { code, isoDate } from '../referral-facts.ts';
import { cohorts, complexityLevels, needIds } from '../vocabulary.ts';

const label = z.string().trim().min(1).max(160);

/** A question about the person whose answer helps to tell the levels apart (C2). */
const indicator = z.strictObject({ id: code, question: label, values: z.array(code).min(2) });

/** What speaks for a level: the indicator has one of these values (C2). */
const criterion = z.strictObject({ indicator: code, values: z.array(code).min(1) });

/** One section of source 004: what a service for this need is to achieve, and how intense it may have to be. */
export const catalogueNeed = z.strictObject({
  id: z.enum(needIds),
  cohort: z.enum(cohorts),
  name: label,
  source: label.describe('The section of the source that this entry carries over'),
  outcomes: z.array(z.strictObject({ id: code, name: label })).min(1),
  indicators: z.array(indicator),
  complexityLevels: z
    .array(
      z.strictObject({
        level: z.enum(complexityLevels),
        summary: z.string().trim().min(1).max(600),
        criteria: z.array(criterion),
      }),
    )
    .length(complexityLevels.length),
});
export type CatalogueNeed = z.infer<typeof catalogueNeed>;

/**
 * C3: a published version is never edited. What changes stands in a new version, from its date on; a referral keeps the
 * version that it was sent under, and what a newer version leaves out stays readable in the older one.
 */
export const catalogue = z.strictObject({
  version: code,
  effectiveFrom: isoDate,
  effectiveTo: isoDate.optional().describe('The last day, where no newer version follows'),
  needs: z.array(catalogueNeed).min(1),
  aims: z.array(z.strictObject({ id: code, cohort: z.enum(cohorts), name: label })),
});
export type Catalogue = z.infer<typeof catalogue>;
