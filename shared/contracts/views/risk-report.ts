import * as z from 'zod';
import { riskReport } from '../../domain/risk.ts';
import { time, uuid } from '../common.ts';

/** E7: a reported escalation, for the practitioner's organisation and nobody else. */
export const riskReportView = riskReport.meta({ id: 'RiskReport' });

/** That a report has been taken, to whoever made it: nothing of what others have said. */
export const riskReportTaken = z
  .strictObject({
    id: uuid,
    referralId: uuid,
    taskId: uuid.describe("The practitioner's reassessment that the report is part of (T8)"),
    observedAt: time,
    reportedAt: time,
  })
  .meta({ id: 'RiskReportTaken' });
