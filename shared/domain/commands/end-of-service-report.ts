import { type Report, returnedKey } from '../allocation.ts';
import { type Decide, isRefusal, refuse } from '../decision.ts';
import type { DomainEvent } from '../events.ts';
import type { AllocationSummary, Referral } from '../referral.ts';
import { allocationEndState } from '../standing.ts';
import { answersTask, notRunning, openTask, summaryOf, withConclusion } from './common.ts';
import { type Approval, answeredTask } from './delivering.ts';

export interface DraftReport {
  outcomes: {
    id: string;
    level: Report['outcomes'][number]['level'];
    evidence: string;
    comment?: string | undefined;
  }[];
  summary?: string | undefined;
}

/** L5: the end of service report is written. Refusals: `Contradiction` for an outcome that was not desired. */
export const draftReport: Decide<DraftReport> = (state, { outcomes, summary: words }) => {
  const { referral, allocation } = state;
  if (!allocation) throw new Error('the allocation is not loaded');
  const refused = notRunning(referral);
  if (refused) return refused;
  const summary = summaryOf(referral, allocation.id);
  if (summary.phase !== 'end-of-service-report') {
    return refuse('NotPossibleNow', 'A report is written when delivery has ended, and until it is submitted.');
  }
  const desired = desiredOutcomes(referral, summary);
  const faults = outcomes.flatMap(({ id }, index) => {
    const pointer = `/outcomes/${index}/id`;
    if (!desired.includes(id)) return [{ pointer, detail: `${id} is not desired for this allocation`, rule: 'L5' }];
    const twice = outcomes.findIndex((outcome) => outcome.id === id) < index;
    return twice ? [{ pointer, detail: `${id} is reported more than once`, rule: 'L5' }] : [];
  });
  if (faults.length > 0) return refuse('Contradiction', 'The report does not fit the allocation.', { faults });
  const said = outcomes.flatMap(({ id, evidence, comment }) => [
    [`${id}/evidence`, evidence] as const,
    ...(comment ? [[`${id}/comment`, comment] as const] : []),
  ]);
  return [
    {
      type: 'end-of-service-report.drafted.v1',
      data: { allocationId: allocation.id },
      detail: { report: { status: 'draft', outcomes: outcomes.map(({ id, level }) => ({ id, level })) } },
      texts: {
        key: `REPORT#${allocation.id}`,
        words: { ...Object.fromEntries(said), ...(words ? { summary: words } : {}) },
      },
    },
  ];
};

/** L5, T6: the report goes to the practitioner. Refusals: `Contradiction` listing every outcome without a level. */
export const submitReport: Decide<object> = (state, _command, context) => {
  const { referral, allocation } = state;
  if (!allocation) throw new Error('the allocation is not loaded');
  const refused = notRunning(referral);
  if (refused) return refused;
  const summary = summaryOf(referral, allocation.id);
  const { report, id: allocationId } = allocation;
  if (summary.phase !== 'end-of-service-report' || report?.status !== 'draft') {
    return refuse('NotPossibleNow', 'There is no written report to submit.');
  }
  const unreported = desiredOutcomes(referral, summary).filter((id) => !report.outcomes.some((own) => own.id === id));
  if (unreported.length > 0) {
    const faults = unreported.map((id) => ({ pointer: '/outcomes', detail: `${id} has no level yet`, rule: 'L5' }));
    return refuse('Contradiction', 'The report must give every desired outcome a level.', { faults });
  }
  return [
    {
      type: 'end-of-service-report.submitted.v1',
      data: { allocationId, outcomes: report.outcomes.map(({ id, level }) => ({ outcomeId: id, level })) },
      ...answersTask(referral, allocationId, 'end-of-service-report'),
    },
    openTask('end-of-service-report-acknowledgement', referral, context, { allocationId }),
  ];
};

/** L5: the practitioner acknowledges the report, and the allocation ends; or returns it, and it is due again (T6). */
export const answerReport: Decide<{ taskId: string; answer: Approval }> = (state, { taskId, answer }, context) => {
  const found = answeredTask(state, taskId, context);
  if (isRefusal(found)) return found;
  const { referral, allocation, summary } = found;
  const said = (key: string) => (answer.reason ? { texts: { key, words: { reason: answer.reason } } } : {});
  const data = { allocationId: allocation.id };
  const answers = { taskId, answer };
  if (answer.decision === 'returned') {
    const links = { provider: summary.providerId, allocationId: allocation.id };
    const opened = openTask('end-of-service-report', referral, context, links);
    return [
      { type: 'end-of-service-report.returned.v1', data, answers, ...said(returnedKey(opened.opens.id)) },
      opened,
    ];
  }
  const events: DomainEvent[] = [
    { type: 'end-of-service-report.acknowledged.v1', data, answers, ...said(`ACKNOWLEDGEMENT#${taskId}`) },
    { type: 'allocation.ended.v1', data: { ...data, endState: allocationEndState(summary) } },
  ];
  return withConclusion(state, events, context.now);
};

const desiredOutcomes = (referral: Referral, { needs }: AllocationSummary): string[] =>
  referral.facts.needs
    .filter((fact) => needs.some(({ need }) => need === fact.need))
    .flatMap(({ desiredOutcomes: outcomes }) => outcomes ?? []);
