import * as z from 'zod';
import { code, freeText, uuid } from '../common.ts';
import { defineEndpoint } from '../endpoint.ts';

const target = { referralId: uuid.optional(), taskId: uuid.optional() };
const reason = freeText.describe('Why; kept in the history');

const oneReferral = z
  .strictObject({ ...target, reason })
  .refine(({ referralId, taskId }) => referralId !== undefined || taskId !== undefined, 'referralId or taskId')
  .meta({ anyOf: [{ required: ['referralId'] }, { required: ['taskId'] }] });

const executionsMoved = z.strictObject({ referralId: uuid, executions: z.array(code) }).meta({ id: 'ExecutionsMoved' });

export const redrive = defineEndpoint({
  name: 'redrive',
  method: 'POST',
  path: '/v1/operations/redrive',
  summary: "Start a fresh execution where a referral's own failed or was lost",
  roles: ['operations'],
  body: oneReferral,
  responses: { 202: executionsMoved },
  problems: ['not-found', 'referral-already-concluded', 'not-possible-now'],
});

export const release = defineEndpoint({
  name: 'release',
  method: 'POST',
  path: '/v1/operations/release',
  summary: 'Make a parked execution look at the record again',
  roles: ['operations'],
  body: oneReferral,
  responses: { 202: executionsMoved },
  problems: ['not-found', 'referral-already-concluded', 'not-possible-now'],
});

const eventsRepublished = z
  .strictObject({ referralId: uuid.nullable(), count: z.int() })
  .meta({ id: 'EventsRepublished' });

export const republish = defineEndpoint({
  name: 'republish',
  method: 'POST',
  path: '/v1/operations/republish',
  summary: 'Send again what may not have reached the bus: of one referral, or all that is unpublished',
  roles: ['operations'],
  body: z.strictObject({ ...target, reason }),
  responses: { 202: eventsRepublished },
  problems: ['not-found'],
});
