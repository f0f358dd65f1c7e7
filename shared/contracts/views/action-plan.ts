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
  .strictObject({ sessions: z.int().min(1).max(200), activities: z.array(activity).min(1).max(50) })
  .meta({ id: 'ActionPlanInput' });

/** What a provider means to do. Descriptions are not shown to operations. */
export const actionPlanView = z
  .strictObject({
    allocationId: uuid,
    status: z.enum(planStatuses),
    planVersion: z.int().describe('Counts its submissions'),
    sessions: z.int(),
    activities: z.array(activity.extend({ description: freeText.optional() })),
    version: z.int().describe("The allocation's, for If-Match"),
  })
  .meta({ id: 'ActionPlan' });
export type ActionPlanView = z.infer<typeof actionPlanView>;
