import * as z from 'zod';
import { appointmentModes } from '../../domain/allocation.ts';
import { mostPlaces } from '../../domain/group-session.ts';
import { groupReasons, outputRows } from '../../domain/vocabulary.ts';
import { code, label, page, pageQuery, sentTime, uuid } from '../common.ts';
import { defineEndpoint } from '../endpoint.ts';
import { groupSessionSummary, groupSessionView } from '../views/group-session.ts';

const path = '/v1/group-sessions';
const params = z.strictObject({ groupId: uuid });
const roles = ['provider'] as const;
const reader = 'list-group-sessions';
const commander = 'plan-group-session';

const places = z.int().min(1).max(mostPlaces).describe('How many may attend');
const reason = z
  .enum(groupReasons)
  .describe('A code: what is said of a group stands in the record of each who attends');

export const planGroupSession = defineEndpoint({
  name: 'plan-group-session',
  servedBy: commander,
  method: 'POST',
  path,
  summary: 'Plan a group session of one of the provider’s services (L4)',
  roles,
  body: z.strictObject({
    serviceId: code,
    caseworkerId: code.describe('Who leads it'),
    outputRows: z
      .array(z.enum(outputRows))
      .min(1)
      .max(outputRows.length)
      .describe('What it covers: whoever attends has an activity of one of them in the action plan'),
    startsAt: sentTime,
    durationMinutes: z.int().min(1).max(1440),
    mode: z.enum(appointmentModes),
    place: label.optional().describe('Shown with the appointment of each who attends: name nobody in it'),
    places,
  }),
  idempotencyKey: 'required',
  responses: { 201: groupSessionView },
  responseHeaders: ['ETag', 'Location'],
  problems: ['not-possible-now', 'rule-refused'],
});

export const listGroupSessions = defineEndpoint({
  name: 'list-group-sessions',
  servedBy: reader,
  method: 'GET',
  path,
  summary: 'The provider’s group sessions in the order in which they start, with their places (L4)',
  roles,
  query: z.strictObject({ ...pageQuery, from: sentTime.optional().describe('Those that start then or later') }),
  responses: { 200: page(groupSessionSummary) },
});

export const getGroupSession = defineEndpoint({
  name: 'get-group-session',
  servedBy: reader,
  method: 'GET',
  path: `${path}/{groupId}`,
  summary: 'One of the provider’s group sessions, with the appointments of those who attend (L4)',
  roles,
  params,
  responses: { 200: groupSessionView },
  responseHeaders: ['ETag'],
});

export const changeGroupSession = defineEndpoint({
  name: 'change-group-session',
  servedBy: commander,
  method: 'PATCH',
  path: `${path}/{groupId}`,
  summary: 'Move a group session, and with it each appointment in it; change who leads it, or how many may attend (L4)',
  roles,
  params,
  body: z
    .strictObject({
      startsAt: sentTime.optional(),
      place: label.optional(),
      caseworkerId: code.optional(),
      places: places.optional(),
      reason,
    })
    .refine(
      ({ reason: _, ...changes }) => Object.values(changes).some((one) => one !== undefined),
      'something to change',
    )
    .meta({
      anyOf: ['startsAt', 'place', 'caseworkerId', 'places'].map((name) => ({ required: [name] })),
    }),
  ifMatch: 'required',
  responses: { 202: groupSessionView },
  responseHeaders: ['ETag'],
  problems: ['not-possible-now', 'rule-refused'],
});

export const cancelGroupSession = defineEndpoint({
  name: 'cancel-group-session',
  servedBy: commander,
  method: 'POST',
  path: `${path}/{groupId}/cancellation`,
  summary: 'Cancel a group session, and with it each appointment in it (L4)',
  roles,
  params,
  body: z.strictObject({ reason }),
  ifMatch: 'required',
  responses: { 202: groupSessionView },
  responseHeaders: ['ETag'],
  problems: ['not-possible-now'],
});
