import * as z from 'zod';

/** What passes between the machines and their functions: ids and codes only (architecture rule 6). */

/**
 * The release of the machines' definitions that this code deploys (architecture rule 5): each has a record under
 * `workflows/releases`. A definition says which it is of, since an execution keeps the one that it started with.
 */
export const definitionRelease = 1;

/** What an execution is started with. */
export const executionInput = z.object({
  referralId: z.uuid(),
  /** The referral's id for its lifecycle, the allocation's for its delivery. */
  executionId: z.uuid(),
  segment: z.int().min(1),
});

export const lookInput = executionInput.extend({
  /** How often this execution has looked before. */
  passes: z.int().min(0),
  /** The release of the definition that this execution runs. */
  definition: z.int().min(1),
});

export const standings = [
  'complete-facts',
  'recommend-complexity',
  'confirmation',
  'make-offers',
  'answers',
  'delivery',
  'reports',
  'paused',
  'concluded',
  'supplier-assessment',
  'action-plan',
  'end-of-service-report',
  'ended',
  'segment-full',
] as const;
export type Standing = (typeof standings)[number];

export const lookOutput = z.strictObject({
  standing: z.enum(standings),
  /** How much of what has happened this look has seen: a wait ends at once when more has. */
  turn: z.int().min(0),
});

export const parkInput = executionInput.extend({
  turn: z.int().min(0),
  /** A secret: kept in the private table only, never logged, never answered. */
  token: z.string().min(1),
  /** When the state was entered and how often it was retried: orders the tokens of one execution. */
  enteredAt: z.iso.datetime(),
  retries: z.int().min(0),
});

/** Work has no result but the record's. */
export const workOutput = z.strictObject({});
