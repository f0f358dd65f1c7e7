import * as z from 'zod';
import { outputRows } from '../../domain/vocabulary.ts';
import { code, freeText, need, uuid } from '../common.ts';
import { planStatuses } from './allocation.ts';

const activity = z.strictObject({
  id: code.describe('Of your choosing; feedback names it'),
  need,
  desiredOutcomes: z.array(code).max(20),
  outputRow: z.enum(outputRows),
  description: freeText,
});

export const actionPlanInput = z
  .strictObject({
    sessions: z.int().min(1).max(200),
    activities: z.array(activity).min(1).max(50),
    removed: z
      .array(z.strictObject({ id: code, reason: freeText }))
      .max(50)
      .optional()
      .describe('Of a revision: the activities of the approved plan that it does without, and why'),
  })
  .meta({ id: 'ActionPlanInput' });

const written = {
  status: z.enum(planStatuses),
  planVersion: z.int().describe('Counts its submissions'),
  sessions: z.int(),
  activities: z.array(activity.extend({ description: freeText.optional() })),
  removed: z
    .array(z.strictObject({ id: code, reason: freeText.optional() }))
    .optional()
    .describe('Activities of the plan before it that a revision does without'),
};

/** What a provider means to do. Descriptions and reasons are not shown to operations. */
export const actionPlanView = z
  .strictObject({
    allocationId: uuid,
    ...written,
    sessionsExpected: z.int().describe('L2: by the contract; a plan may differ from it'),
    revision: z
      .strictObject({ ...written, returnedFor: freeText.optional() })
      .nullable()
      .describe('What is to replace an approved plan, which binds until then'),
    version: z.int().describe("The allocation's, for If-Match"),
  })
  .meta({ id: 'ActionPlan' });
export type ActionPlanView = z.infer<typeof actionPlanView>;
