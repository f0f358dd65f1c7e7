import * as z from 'zod';
import { code, label, language, needWithLevel, reference, time, uuid } from '../common.ts';

export const allocationStatuses = ['active', 'paused', 'report-due', 'concluded'] as const;

export const engagementFormats = ['spoken', 'written', 'easy-read', 'interpreter', 'british-sign-language'] as const;

export const planStatuses = ['draft', 'submitted', 'approved', 'returned'] as const;
export const reportStatuses = ['draft', 'submitted', 'acknowledged', 'returned'] as const;

/** One provider's part of a referral. What people wrote is not shown to operations. */
export const allocationView = z
  .strictObject({
    id: uuid,
    referralId: uuid,
    provider: reference,
    service: reference,
    needs: z.array(needWithLevel),
    status: z.enum(allocationStatuses),
    startedAt: time,
    sessionsExpected: z
      .int()
      .describe('L2: by the contract, for the highest level of complexity among its needs; the action plan decides'),
    caseworker: z.strictObject({ id: code, name: label.optional() }).nullable(),
    engagement: z
      .strictObject({
        acceptedAt: time,
        explainedBy: label.optional(),
        language: language.optional(),
        format: z.enum(engagementFormats).optional(),
      })
      .nullable()
      .describe('O5; who explained it, in which language and format, is not shown to operations'),
    actionPlan: z.strictObject({ status: z.enum(planStatuses), planVersion: z.int(), sessions: z.int() }).nullable(),
    endOfServiceReport: z.strictObject({ status: z.enum(reportStatuses) }).nullable(),
    rarDays: z
      .strictObject({ used: z.int(), maximum: z.int().nullable() })
      .describe('Of the whole referral: a day counts once, whichever of its allocations use it'),
    version: z.int(),
  })
  .meta({ id: 'Allocation' });
export type AllocationView = z.infer<typeof allocationView>;
