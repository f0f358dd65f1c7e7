import * as z from 'zod';
import {
  absenceReasons,
  appointmentModes,
  appointmentPurposes,
  attendances,
  changeReasons,
  requesters,
} from '../../domain/allocation.ts';
import { code, freeText, label, page, pageQuery, sentTime, uuid } from '../common.ts';
import { defineEndpoint } from '../endpoint.ts';
import { appointmentView, concern, sessionView } from '../views/appointment.ts';

const readers = ['provider', 'practitioner', 'operations'] as const;
const params = z.strictObject({ allocationId: uuid });
const appointmentParams = z.strictObject({ allocationId: uuid, appointmentId: uuid });

export const bookAppointment = defineEndpoint({
  name: 'book-appointment',
  method: 'POST',
  path: '/v1/allocations/{allocationId}/appointments',
  summary: 'Book the supplier assessment or a session, alone or in a group session (L4)',
  roles: ['provider'],
  params,
  body: z
    .strictObject({
      purpose: z.enum(appointmentPurposes),
      session: z.int().min(1).max(200).optional().describe('Its number in the action plan'),
      groupId: uuid.optional().describe('The group session to take a place in, which says when, how and where'),
      startsAt: sentTime.optional(),
      durationMinutes: z.int().min(1).max(1440).optional(),
      mode: z.enum(appointmentModes).optional(),
      place: label.optional(),
    })
    .check(({ value, issues }) => {
      for (const name of ['startsAt', 'durationMinutes', 'mode'] as const) {
        if (value.groupId !== undefined || value[name] !== undefined) continue;
        issues.push({ code: 'custom', path: [name], message: 'is needed, unless groupId says it', input: value });
      }
    })
    .meta({ anyOf: [{ required: ['groupId'] }, { required: ['startsAt', 'durationMinutes', 'mode'] }] }),
  idempotencyKey: 'required',
  responses: { 200: appointmentView },
  responseHeaders: ['ETag'],
  problems: ['referral-already-concluded', 'not-possible-now', 'rule-refused'],
});

export const listAppointments = defineEndpoint({
  name: 'list-appointments',
  method: 'GET',
  path: '/v1/allocations/{allocationId}/appointments',
  summary: 'The appointments of an allocation',
  roles: readers,
  params,
  query: z.strictObject(pageQuery),
  responses: { 200: page(appointmentView) },
});

export const changeAppointment = defineEndpoint({
  name: 'change-appointment',
  method: 'PATCH',
  path: '/v1/allocations/{allocationId}/appointments/{appointmentId}',
  summary: 'Move a booked appointment to another time or place',
  roles: ['provider'],
  params: appointmentParams,
  body: z
    .strictObject({
      startsAt: sentTime.optional(),
      place: label.optional(),
      reason: freeText,
      reasonCode: z.enum(changeReasons).optional(),
      requestedBy: z.enum(requesters),
    })
    .refine(({ startsAt, place }) => startsAt !== undefined || place !== undefined, 'startsAt, place, or both')
    .meta({ anyOf: [{ required: ['startsAt'] }, { required: ['place'] }] }),
  idempotencyKey: 'optional',
  ifMatch: 'required',
  responses: { 200: appointmentView },
  responseHeaders: ['ETag'],
  problems: ['referral-already-concluded', 'not-possible-now'],
});

export const cancelAppointment = defineEndpoint({
  name: 'cancel-appointment',
  method: 'POST',
  path: '/v1/allocations/{allocationId}/appointments/{appointmentId}/cancellation',
  summary: 'Cancel a booked appointment: who wants it, and why (L4)',
  roles: ['provider'],
  params: appointmentParams,
  body: z
    .strictObject({
      reason: freeText.optional(),
      reasonCode: z.enum(changeReasons).optional(),
      requestedBy: z.enum(requesters).optional(),
    })
    .refine(({ reason, reasonCode }) => reason !== undefined || reasonCode !== undefined, 'reason, reasonCode, or both')
    .meta({ anyOf: [{ required: ['reason'] }, { required: ['reasonCode'] }] }),
  idempotencyKey: 'optional',
  ifMatch: 'required',
  responses: { 200: appointmentView },
  responseHeaders: ['ETag'],
  problems: ['referral-already-concluded', 'not-possible-now'],
});

export const recordFeedback = defineEndpoint({
  name: 'record-feedback',
  method: 'POST',
  path: '/v1/allocations/{allocationId}/appointments/{appointmentId}/feedback',
  summary: 'What came of an appointment; replaced within a day, then only corrected, which keeps the original (T5)',
  roles: ['provider'],
  params: appointmentParams,
  body: z.strictObject({
    attendance: z.enum(attendances),
    absence: z.enum(absenceReasons).optional().describe('Why nobody came: only where nobody did (L4)'),
    reason: freeText.optional(),
    activities: z.array(code).max(50),
    rarDay: z.boolean(),
    notes: freeText,
    concern: concern.optional(),
    correctionReason: freeText
      .optional()
      .describe('Why it is corrected: needed a day after it was recorded, or if it raised a concern'),
  }),
  idempotencyKey: 'optional',
  ifMatch: 'required',
  responses: { 202: appointmentView },
  responseHeaders: ['ETag'],
  problems: ['referral-already-concluded', 'not-possible-now', 'rule-refused'],
});

export const listSessions = defineEndpoint({
  name: 'list-sessions',
  method: 'GET',
  path: '/v1/allocations/{allocationId}/sessions',
  summary: 'The sessions of the action plan, each with its appointment',
  roles: readers,
  params,
  query: z.strictObject(pageQuery),
  responses: { 200: page(sessionView) },
});
