import * as z from 'zod';
import { emptyBody, uuid } from '../common.ts';
import { defineEndpoint } from '../endpoint.ts';
import { endOfServiceReportInput, endOfServiceReportView } from '../views/end-of-service-report.ts';

const path = '/v1/allocations/{allocationId}/end-of-service-report';
const params = z.strictObject({ allocationId: uuid });

export const getEndOfServiceReport = defineEndpoint({
  name: 'get-end-of-service-report',
  method: 'GET',
  path,
  summary: "The end of service report of an allocation, with the allocation's ETag",
  roles: ['provider', 'practitioner', 'operations'],
  params,
  responses: { 200: endOfServiceReportView },
  responseHeaders: ['ETag'],
});

export const putEndOfServiceReport = defineEndpoint({
  name: 'put-end-of-service-report',
  method: 'PUT',
  path,
  summary: 'Write the end of service report, until it is submitted (L5)',
  roles: ['provider'],
  params,
  body: endOfServiceReportInput,
  idempotencyKey: 'optional',
  ifMatch: 'required',
  responses: { 200: endOfServiceReportView },
  responseHeaders: ['ETag'],
  problems: ['referral-already-concluded', 'not-possible-now', 'rule-refused'],
});

export const submitEndOfServiceReport = defineEndpoint({
  name: 'submit-end-of-service-report',
  method: 'POST',
  path: `${path}/submission`,
  summary: 'Submit the end of service report (T6)',
  roles: ['provider'],
  params,
  body: emptyBody,
  idempotencyKey: 'optional',
  ifMatch: 'required',
  responses: { 202: endOfServiceReportView },
  responseHeaders: ['ETag'],
  problems: ['referral-already-concluded', 'not-possible-now', 'rule-refused'],
});
