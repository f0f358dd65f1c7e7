import { addMinutes } from 'date-fns';
import { type Decide, isRefusal, refuse } from '../decision.ts';
import type { DomainEvent, EventOf } from '../events.ts';
import type { Referral } from '../referral.ts';
import { isHighRisk, type RiskReport, riskNoticeKey, riskReportKey } from '../risk.ts';
import { involvedProviders } from '../standing.ts';
import type { RiskLevel } from '../vocabulary.ts';
import { openTask, openTaskOf } from './common.ts';

/** Minutes by which a reporter's clock may be ahead of ours: a report is not lost for that. */
const clockTolerance = 5;

export type ReportRisk = Pick<RiskReport, 'concern' | 'observedAt' | 'reportedBy'>;

/**
 * E7, T8: anyone involved reports a possible escalation of risk, at any stage and after the conclusion too. The probation
 * service is asked to reassess; while it is asked already, the report joins what it is asked about. Never refused for
 * how a referral that was sent stands. Refusals: `NotPossibleNow` for a draft; `Contradiction` for what is still to come.
 */
export const reportRisk: Decide<ReportRisk> = ({ referral }, command, context) => {
  const { concern, observedAt, reportedBy } = command;
  if (!referral.sentAt)
    return refuse('NotPossibleNow', 'This referral has not been sent: it concerns nobody else yet.');
  if (new Date(observedAt) > addMinutes(context.now, clockTolerance)) {
    const faults = [{ pointer: '/observedAt', detail: 'lies in the future', rule: 'E7' }];
    return refuse('Contradiction', 'An observation cannot lie in the future.', { faults });
  }
  const asked = referral.openTasks.find(({ type }) => type === 'risk-reassessment');
  const opened = asked ? [] : [openTask('risk-reassessment', referral, context)];
  const [task = asked] = opened.map(({ opens }) => opens);
  if (!task) throw new Error('a report stands under a task');
  const report: RiskReport = {
    id: context.newId(),
    taskId: task.id,
    reportedBy,
    organisation: context.by.organisation,
    concern,
    observedAt,
    reportedAt: context.now.toISOString(),
  };
  const reported: DomainEvent = {
    type: 'risk.escalation-reported.v1',
    data: { reportId: report.id, taskId: task.id, observedAt, reportedBy },
    keeps: { key: riskReportKey(task, report), words: report },
  };
  return [...opened, reported];
};

export interface ReassessRisk {
  taskId: string;
  answer: {
    seriousHarm: RiskLevel;
    note?: string | undefined;
    forProviders?: string | undefined;
    /** The latest report that was read; needed where there are several. */
    considered?: string | undefined;
  };
}

/**
 * E7, T8: the probation service has reassessed the risk. `forProviders` is for those who work with the person; `note`
 * stays in the answer, with the practitioner. Refusals: `TaskNoLongerOpen`, `NotPossibleNow` where a report stands that
 * was not considered: none is ever closed unread.
 */
export const reassessRisk: Decide<ReassessRisk> = ({ referral }, { taskId, answer }, { now }) => {
  const task = openTaskOf(referral, taskId, now);
  if (isRefusal(task)) return task;
  const { seriousHarm: to, forProviders, considered } = answer;
  const { count = 0, latest = undefined } = task.reports ?? {};
  // What came in while it was being answered would be closed unread.
  if (considered ? considered !== latest : count > 1) {
    return refuse(
      'NotPossibleNow',
      `Another report stands under this task: read it, and name the latest one that was considered.`,
    );
  }
  const reassessed: DomainEvent = {
    type: 'risk.reassessed.v1',
    data: { taskId, from: referral.facts.risk?.seriousHarm ?? null, to },
    answers: { taskId, answer },
    ...(forProviders ? { keeps: { key: riskNoticeKey(taskId), words: { text: forProviders } } } : {}),
  };
  return [reassessed, ...movedResponsibility(referral, to)];
};

/** E7: a level that is told among other facts: whoever works with the person is told as after a reassessment. */
export function riskTold(referral: Referral, to: RiskLevel | null | undefined): DomainEvent[] {
  const from = referral.facts.risk?.seriousHarm ?? null;
  if (!to || to === from) return [];
  const isNews = from !== null || involvedProviders(referral).length > 0;
  const told: DomainEvent[] = isNews ? [{ type: 'risk.reassessed.v1', data: { taskId: null, from, to } }] : [];
  return [...told, ...movedResponsibility(referral, to)];
}

/** E7: responsibility for the case moves once its risk has become high or very high, however that becomes known. */
function movedResponsibility(
  { caseResponsibility: from }: Referral,
  level: RiskLevel | null | undefined,
): EventOf<'risk.responsibility-moved.v1'>[] {
  const to = 'high-risk-management';
  return isHighRisk(level) && from !== to ? [{ type: 'risk.responsibility-moved.v1', data: { from, to } }] : [];
}
