import * as z from 'zod';
import { emptyBody, uuid } from '../common.ts';
import { defineEndpoint } from '../endpoint.ts';
import { actionPlanInput, actionPlanView } from '../views/action-plan.ts';

const path = '/v1/allocations/{allocationId}/action-plan';
const params = z.strictObject({ allocationId: uuid });

export const getActionPlan = defineEndpoint({
  name: 'get-action-plan',
  method: 'GET',
  path,
  summary: "The action plan of an allocation, with the allocation's ETag",
  roles: ['provider', 'practitioner', 'operations'],
  params,
  responses: { 200: actionPlanView },
  responseHeaders: ['ETag'],
});

export const putActionPlan = defineEndpoint({
  name: 'put-action-plan',
  method: 'PUT',
  path,
  summary: 'Write the action plan, until it is submitted; after its approval, a revision of it (L4)',
  roles: ['provider'],
  params,
  body: actionPlanInput,
  idempotencyKey: 'optional',
  ifMatch: 'required',
  responses: { 200: actionPlanView },
  responseHeaders: ['ETag'],
  problems: ['referral-already-concluded', 'not-possible-now', 'rule-refused'],
});

export const submitActionPlan = defineEndpoint({
  name: 'submit-action-plan',
  method: 'POST',
  path: `${path}/submission`,
  summary: 'Submit the action plan for approval (T3); a revision that changes no desired outcome binds at once',
  roles: ['provider'],
  params,
  body: emptyBody,
  idempotencyKey: 'optional',
  ifMatch: 'required',
  responses: { 202: actionPlanView },
  responseHeaders: ['ETag'],
  problems: ['referral-already-concluded', 'not-possible-now', 'rule-refused'],
});
