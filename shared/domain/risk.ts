import * as z from 'zod';
import type { OpenTask } from './referral.ts';
import type { ReferralFacts } from './referral-facts.ts';
import { type CaseResponsibility, type RiskLevel, riskReporters } from './vocabulary.ts';

/** E7: a possible escalation of risk as it was reported. All of it is private: the record has only that there is one. */
export const riskReport = z.strictObject({
  id: z.uuid(),
  /** The reassessment that it calls for. */
  taskId: z.uuid(),
  reportedBy: z.enum(riskReporters),
  organisation: z.string(),
  concern: z.string(),
  observedAt: z.iso.datetime(),
  reportedAt: z.iso.datetime(),
});
export type RiskReport = z.infer<typeof riskReport>;

/** Under which keys the private table has the reports: all of one task together, everything in the order of time. */
export const riskReportsKey = (task?: Pick<OpenTask, 'id' | 'openedAt'>): string =>
  task ? `RISK#${task.openedAt}#${task.id}#` : 'RISK#';
export const riskReportKey = (
  task: Pick<OpenTask, 'id' | 'openedAt'>,
  { id, reportedAt }: Pick<RiskReport, 'id' | 'reportedAt'>,
): string => `${riskReportsKey(task)}${reportedAt}#${id}`;

/** Under which key the private table has what a reassessment says to the providers. */
export const riskNoticeKey = (taskId: string): string => `RISK-NOTICE#${taskId}`;

/** E7: a level at which a case is for the probation service's high-risk management. */
export const isHighRisk = (level: RiskLevel | null | undefined): boolean => level === 'high' || level === 'very-high';

/** E7: who is responsible for the case of somebody of whom these facts are told. */
export const responsibilityFor = ({ risk }: Pick<ReferralFacts, 'risk'>): CaseResponsibility =>
  isHighRisk(risk?.seriousHarm) ? 'high-risk-management' : 'case-management';
