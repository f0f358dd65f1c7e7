import * as z from 'zod';
import { freeText, page, pageQuery, sentTime, uuid } from '../common.ts';
import { defineEndpoint } from '../endpoint.ts';
import { riskReportTaken, riskReportView } from '../views/risk-report.ts';

const params = z.strictObject({ referralId: uuid });

export const reportRisk = defineEndpoint({
  name: 'report-risk',
  method: 'POST',
  path: '/v1/referrals/{referralId}/risk-reports',
  summary: 'Report that the risk of serious harm may have risen, at any stage: it is reassessed (E7, T8)',
  roles: ['practitioner', 'provider'],
  params,
  body: z.strictObject({ concern: freeText, observedAt: sentTime.describe('Not in the future') }),
  idempotencyKey: 'required',
  responses: { 202: riskReportTaken },
  problems: ['rule-refused', 'not-possible-now'],
});

export const listRiskReports = defineEndpoint({
  name: 'list-risk-reports',
  method: 'GET',
  path: '/v1/referrals/{referralId}/risk-reports',
  summary: 'Every reported escalation of risk, the latest first (E7)',
  roles: ['practitioner'],
  params,
  query: z.strictObject(pageQuery),
  responses: { 200: page(riskReportView) },
});
