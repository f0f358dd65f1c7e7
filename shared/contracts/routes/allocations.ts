import * as z from 'zod';
import { code, freeText, label, language, sentTime, uuid } from '../common.ts';
import { endingReason } from '../ending-reason.ts';
import { defineEndpoint } from '../endpoint.ts';
import { allocationView, engagementFormats } from '../views/allocation.ts';

const params = z.strictObject({ allocationId: uuid });

export const getAllocation = defineEndpoint({
  name: 'get-allocation',
  method: 'GET',
  path: '/v1/allocations/{allocationId}',
  summary: "One provider's part of a referral",
  roles: ['provider', 'practitioner', 'operations'],
  params,
  responses: { 200: allocationView },
  responseHeaders: ['ETag'],
});

export const assignCaseworker = defineEndpoint({
  name: 'assign-caseworker',
  method: 'PUT',
  path: '/v1/allocations/{allocationId}/caseworker',
  summary: 'Who does the work; named again, who takes it over (L4)',
  roles: ['provider'],
  params,
  body: z.strictObject({ id: code, name: label, reason: freeText.optional() }),
  idempotencyKey: 'optional',
  ifMatch: 'required',
  responses: { 200: allocationView },
  responseHeaders: ['ETag'],
  problems: ['referral-already-concluded', 'not-possible-now'],
});

export const acceptEngagement = defineEndpoint({
  name: 'accept-engagement',
  method: 'PUT',
  path: '/v1/allocations/{allocationId}/engagement',
  summary: 'The person understood and accepted their responsibilities (O5)',
  roles: ['provider'],
  params,
  body: z.strictObject({
    acceptedAt: sentTime,
    explainedBy: label,
    language,
    format: z.enum(engagementFormats),
  }),
  idempotencyKey: 'optional',
  ifMatch: 'required',
  responses: { 200: allocationView },
  responseHeaders: ['ETag'],
  problems: ['referral-already-concluded', 'not-possible-now', 'rule-refused'],
});

export const completeDelivery = defineEndpoint({
  name: 'complete-delivery',
  method: 'POST',
  path: '/v1/allocations/{allocationId}/completion',
  summary: 'Delivery has ended, and its report is due (L5, T6)',
  roles: ['provider'],
  params,
  body: endingReason('plan-completed'),
  idempotencyKey: 'optional',
  ifMatch: 'required',
  responses: { 202: allocationView },
  responseHeaders: ['ETag'],
  problems: ['referral-already-concluded', 'not-possible-now'],
});
