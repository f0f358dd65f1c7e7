import * as z from 'zod';
import { outcomeLevels } from '../../domain/allocation.ts';
import { code, freeText, uuid } from '../common.ts';
import { reportStatuses } from './allocation.ts';

const outcome = z.strictObject({
  id: code,
  level: z.enum(outcomeLevels),
  evidence: freeText,
  comment: freeText.optional(),
});

/** L5: it may be written piece by piece; every desired outcome must have a level when it is submitted. */
export const endOfServiceReportInput = z
  .strictObject({ outcomes: z.array(outcome).max(60), summary: freeText.optional() })
  .meta({ id: 'EndOfServiceReportInput' });

/** What came of the work. Evidence, comments and summary are not shown to operations. */
export const endOfServiceReportView = z
  .strictObject({
    allocationId: uuid,
    status: z.enum(reportStatuses),
    outcomes: z.array(outcome.extend({ evidence: freeText.optional() })),
    summary: freeText.optional(),
    version: z.int().describe("The allocation's, for If-Match"),
  })
  .meta({ id: 'EndOfServiceReport' });
export type EndOfServiceReportView = z.infer<typeof endOfServiceReportView>;
