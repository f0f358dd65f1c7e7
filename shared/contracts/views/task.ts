import * as z from 'zod';
import { riskReport } from '../../domain/risk.ts';
import { type TaskType, taskTypes } from '../../domain/task-types.ts';
import { pauseReasons, riskLevels } from '../../domain/vocabulary.ts';
import { code, freeText, need, needWithLevel, role, time, uuid } from '../common.ts';
import { taskAnswers } from '../task-answers.ts';
import { offeredFacts } from './provider-referral.ts';
import { recommendation } from './referral.ts';

export const taskStatuses = ['open', 'answered', 'lapsed', 'withdrawn'] as const;

const common = {
  id: uuid,
  referralId: uuid,
  allocationId: uuid.nullable(),
  owner: role,
  organisation: code.describe('Whose task it is'),
  status: z.enum(taskStatuses),
  openedAt: time,
  remindedAt: time.nullable(),
  dueAt: time,
};

/** Done, or done again, when what was submitted came back. */
const writing = z.strictObject({
  returnedFor: freeText
    .optional()
    .describe('Why the practitioner returned what was submitted; not shown to operations'),
});
/** What is to be read is in the list of messages, and read by its receipt. */
const unread = z.strictObject({ unread: z.int().describe('Messages of this conversation without a receipt') });
/** So many reports a task shows by itself. */
export const mostReports = 100;

const nothingMore = z.strictObject({});

/** What each type of task asks for: ids and codes, and for its owner the words that the other side wrote to it. */
export const taskSubjects = {
  draft: z.strictObject({ missing: z.array(z.string()).describe('JSON pointers into the referral') }),
  'missing-information': z.strictObject({ missing: z.array(z.string()).describe('JSON pointers into the referral') }),
  'complexity-confirmation': z.strictObject({
    needs: z.array(z.strictObject({ need, ...recommendation })).describe('Why is not shown to operations'),
  }),
  offer: z.strictObject({
    serviceId: code,
    ...offeredFacts,
    information: freeText.optional().describe('What the practitioner added for this provider, when it had asked'),
  }),
  'offer-returned': z.strictObject({
    serviceId: code,
    providerId: code,
    question: freeText.optional().describe('What the provider asks; not shown to operations'),
  }),
  'manual-allocation': z.strictObject({
    needs: z.array(needWithLevel),
    area: offeredFacts.area,
    setting: offeredFacts.setting,
    tried: z.array(code).describe('Services that declined or stayed silent'),
  }),
  'waiting-list': z.strictObject({
    needs: z.array(needWithLevel),
    area: offeredFacts.area,
    setting: offeredFacts.setting,
    tried: z.array(code).describe('Services that declined or stayed silent'),
    since: time.describe('Since when a provider is looked for, which is its time in line'),
    services: z.array(code).describe('Full services in whose line it is; none while it is matched anew'),
  }),
  'supplier-assessment': writing,
  'action-plan': writing,
  'action-plan-approval': nothingMore,
  delivery: nothingMore,
  'session-feedback': z.strictObject({ appointmentId: uuid }),
  'non-engagement': z.strictObject({
    missed: z
      .array(z.strictObject({ appointmentId: uuid, startsAt: time }))
      .describe('Missed in a row, the latest last'),
  }),
  'end-of-service-report': writing,
  'end-of-service-report-acknowledgement': nothingMore,
  'paused-referral': z.strictObject({
    pausedAt: time,
    reason: z.enum(pauseReasons),
  }),
  'risk-reassessment': z.strictObject({
    seriousHarm: z.enum(riskLevels).nullable().describe('As it was last assessed'),
    reports: z
      .array(riskReport.omit({ taskId: true }))
      .max(mostReports)
      .optional()
      .describe('What was reported, the latest first; all of it in the list of risk reports; not shown to operations'),
  }),
  'message-to-practitioner': unread,
  'message-to-provider': unread,
  'onward-link-follow-up': z.strictObject({ linkId: uuid }),
} as const satisfies Record<TaskType, z.ZodType>;
export type TaskSubject<T extends TaskType = TaskType> = z.infer<(typeof taskSubjects)[T]>;

const whileOpen = 'What it asks for; null once it is closed';

const withAnswer = <T extends keyof typeof taskAnswers>(type: T) =>
  z.strictObject({
    ...common,
    type: z.literal(type),
    subject: z.nullable(taskSubjects[type]).describe(whileOpen),
    answer: z.nullable(taskAnswers[type]).describe('As given; null while open, and to operations'),
  });

/** Done by commands of their own, so there is no answer to show. */
const doneByCommands = <T extends Exclude<TaskType, keyof typeof taskAnswers>>(type: T) =>
  z.strictObject({
    ...common,
    type: z.literal(type),
    subject: z.nullable(taskSubjects[type]).describe(whileOpen),
    answer: z.null(),
  });

/** Something that a person or another system must do (L7). */
export const taskView = z
  .discriminatedUnion('type', [
    doneByCommands('draft'),
    withAnswer('missing-information'),
    withAnswer('complexity-confirmation'),
    withAnswer('offer'),
    withAnswer('offer-returned'),
    withAnswer('manual-allocation'),
    withAnswer('waiting-list'),
    doneByCommands('supplier-assessment'),
    doneByCommands('action-plan'),
    withAnswer('action-plan-approval'),
    doneByCommands('delivery'),
    doneByCommands('session-feedback'),
    withAnswer('non-engagement'),
    doneByCommands('end-of-service-report'),
    withAnswer('end-of-service-report-acknowledgement'),
    withAnswer('risk-reassessment'),
    doneByCommands('message-to-practitioner'),
    doneByCommands('message-to-provider'),
    doneByCommands('onward-link-follow-up'),
    doneByCommands('paused-referral'),
  ])
  .meta({ id: 'Task' });
export type TaskView = z.infer<typeof taskView>;

/** A task in a list: what it is about is read one by one. */
export const taskSummary = z.strictObject({ ...common, type: z.enum(taskTypes) }).meta({ id: 'TaskSummary' });
