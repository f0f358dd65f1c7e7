import * as z from 'zod';
import {
  absenceReasons,
  appointmentModes,
  appointmentPurposes,
  attendances,
  changeReasons,
  requesters,
} from '../../domain/allocation.ts';
import { code, freeText, label, time, uuid } from '../common.ts';

export const concern = z.strictObject({ kind: z.enum(['behaviour', 'safety']), text: freeText });

const changed = {
  at: time,
  requestedBy: z.enum(requesters).nullable(),
  reasonCode: z.enum(changeReasons).nullable(),
};

/** A booked meeting. Its place, and what was written about it, are not shown to operations, nor among the sessions. */
export const appointmentView = z
  .strictObject({
    id: uuid,
    allocationId: uuid,
    purpose: z.enum(appointmentPurposes),
    session: z.int().nullable(),
    format: z.enum(['one-to-one', 'group']),
    groupId: uuid.nullable().describe('Its group session, to the provider that holds it; to anybody else null'),
    startsAt: time,
    durationMinutes: z.int(),
    mode: z.enum(appointmentModes),
    place: label.optional(),
    status: z.enum(['booked', 'held', 'missed', 'cancelled']),
    feedback: z
      .strictObject({
        recordedAt: time,
        editableUntil: time.describe(
          'Said again until then, it is replaced; later, or if it raised a concern, it is corrected',
        ),
        attendance: z.enum(attendances),
        absence: z.enum(absenceReasons).nullable().describe('Why nobody came, as far as that was said'),
        reason: freeText.optional(),
        activities: z.array(code),
        rarDay: z.boolean(),
        notes: freeText.optional(),
        concern: concern.optional(),
        correctionReason: freeText.optional(),
        corrections: z.int().describe('How often it was corrected since; the originals are kept'),
      })
      .nullable(),
    moved: z.strictObject(changed).nullable().describe('The last time that it was moved'),
    cancellation: z
      .strictObject({ ...changed, reason: freeText.optional() })
      .nullable()
      .describe('Null also where the end of its delivery has cancelled it'),
    version: z.int(),
  })
  .meta({ id: 'Appointment' });
export type AppointmentView = z.infer<typeof appointmentView>;

/** A session of the action plan, with its latest appointment. */
export const sessionView = z
  .strictObject({
    session: z.int().min(1),
    status: z.enum(['planned', 'booked', 'held', 'missed', 'cancelled']),
    appointment: appointmentView.nullable(),
  })
  .meta({ id: 'Session' });
