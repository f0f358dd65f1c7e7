import * as z from 'zod';
import { code } from './referral-facts.ts';
import type { ObstacleCode } from './service-fit.ts';

/** What a ranking says of each service (L3), as the event publishes it: ids, codes and numbers only (V). */

/**
 * Of what a candidate's score is the sum. That one part depends on the person's language and access needs is why it has
 * a name as neutral as `fit`, and is one number for all of them.
 */
export const scoreParts = ['preference', 'cohort', 'coverage', 'availability', 'locality', 'speed', 'fit'] as const;
export type ScorePart = (typeof scoreParts)[number];

const points = z.number().min(0);
export const candidate = z.strictObject({
  serviceId: code,
  providerId: code,
  /** Higher is better; only for comparison within one ranking. */
  score: points,
  parts: z.strictObject({
    preference: points,
    cohort: points,
    coverage: points,
    availability: points,
    locality: points,
    /** What was ranked before it was counted has none. */
    speed: points.default(0),
    fit: points,
  } satisfies Record<ScorePart, unknown>),
});
export type Candidate = z.infer<typeof candidate>;

/** Why a service that is for these needs was not a candidate. */
export const filterCodes = [
  'not-for-person',
  'setting',
  'not-open-yet',
  'closed',
  'conflict-of-interest',
  'tried',
  'full',
] as const;
export type FilterCode = (typeof filterCodes)[number];

export const filteredService = z.strictObject({ serviceId: code, reasons: z.array(z.enum(filterCodes)).min(1) });
export type FilteredService = z.infer<typeof filteredService>;

/** How much of a ranking is kept: directories are long, and an item is not. */
export const mostCandidates = 10;
export const mostFiltered = 20;

/**
 * Age, sex and sentence are the person's: whoever knows the directory could tell them from the code of the condition
 * that failed. So all of them are published as one.
 */
const published: Record<ObstacleCode, FilterCode> = {
  age: 'not-for-person',
  cohort: 'not-for-person',
  sex: 'not-for-person',
  'cohort-first': 'not-for-person',
  sentence: 'not-for-person',
  setting: 'setting',
  'not-open-yet': 'not-open-yet',
  closed: 'closed',
};
export const filterCodeOf = (obstacle: ObstacleCode): FilterCode => published[obstacle];
