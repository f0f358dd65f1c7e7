import * as z from 'zod';
import { factChanges } from '../domain/merge-facts.ts';
import type { TaskType } from '../domain/task-types.ts';
import { nonEngagementDecisions, riskLevels } from '../domain/vocabulary.ts';
import { code, freeText, label, level, need, uuid } from './common.ts';

export const declineReasons = ['no-capacity', 'outside-area', 'not-suitable', 'conflict-of-interest', 'other'] as const;

/** What operations decide about a group of needs: a service, or that there is none. */
const byHand = z
  .union([
    z.strictObject({ serviceId: code, reason: freeText }),
    z.strictObject({ decision: z.literal('close'), reason: freeText }),
  ])
  .meta({ id: 'ManualAllocationAnswer' });

/**
 * What answers a task, by its type. A task that is not here is done by the allocation's own commands, which answer it.
 * Which type a task has is only known from the task, so its handler picks the schema.
 */
export const taskAnswers = {
  'missing-information': factChanges
    .refine((facts) => Object.keys(facts).length > 0, 'at least one of the missing facts')
    .meta({ id: 'MissingInformationAnswer', minProperties: 1 }),
  'complexity-confirmation': z
    .strictObject({
      needs: z
        .array(
          z.strictObject({
            need,
            level,
            reason: freeText.optional().describe('L2: required where the level differs from the recommended one'),
          }),
        )
        .min(1)
        .max(14),
    })
    .meta({ id: 'ComplexityAnswer' }),
  offer: z
    .discriminatedUnion('decision', [
      z.strictObject({ decision: z.literal('accepted'), reason: label.optional(), text: freeText.optional() }),
      z.strictObject({ decision: z.literal('declined'), reason: z.enum(declineReasons), text: freeText.optional() }),
      z.strictObject({
        decision: z.literal('returned'),
        reason: label.optional(),
        text: freeText.describe('What the practitioner must say'),
      }),
    ])
    .meta({ id: 'OfferAnswer' }),
  'offer-returned': z.strictObject({ information: freeText }).meta({ id: 'OfferReturnedAnswer' }),
  'manual-allocation': byHand,
  'waiting-list': byHand,
  'action-plan-approval': z
    .strictObject({ decision: z.enum(['approved', 'returned']), reason: freeText.optional() })
    .meta({ id: 'ActionPlanAnswer' }),
  'non-engagement': z
    .strictObject({
      decision: z
        .enum(nonEngagementDecisions)
        .describe('Delivery goes on; the whole referral is paused; or this allocation ends early'),
      reason: freeText,
    })
    .meta({ id: 'NonEngagementAnswer' }),
  'end-of-service-report-acknowledgement': z
    .strictObject({ decision: z.enum(['acknowledged', 'returned']), reason: freeText.optional() })
    .meta({ id: 'EndOfServiceReportAnswer' }),
  'risk-reassessment': z
    .strictObject({
      seriousHarm: z.enum(riskLevels),
      note: freeText.optional().describe('For the probation service alone'),
      considered: uuid
        .optional()
        .describe('The latest report that was read: needed where several stand, so that none is closed unread'),
      forProviders: freeText.optional().describe('What those who work with the person must know (E7)'),
    })
    .meta({ id: 'RiskReassessmentAnswer' }),
} as const satisfies Partial<Record<TaskType, z.ZodType>>;

export type AnswerableTaskType = keyof typeof taskAnswers;
export type TaskAnswer<T extends AnswerableTaskType = AnswerableTaskType> = z.infer<(typeof taskAnswers)[T]>;

export const isAnswerable = (type: TaskType): type is AnswerableTaskType => type in taskAnswers;

/** Any task's answer, for the description of the route. */
export const taskAnswer = z.union(Object.values(taskAnswers)).meta({ id: 'TaskAnswer' });
