import * as z from 'zod';
import { appointmentModes } from '../../domain/allocation.ts';
import { groupReasons, outputRows } from '../../domain/vocabulary.ts';
import { code, label, reference, time, uuid } from '../common.ts';

const shape = {
  id: uuid,
  service: reference,
  caseworker: z.strictObject({ id: code }).describe('Who leads it'),
  outputRows: z.array(z.enum(outputRows)),
  startsAt: time,
  durationMinutes: z.int(),
  mode: z.enum(appointmentModes),
  places: z.int(),
  seats: z.strictObject({ taken: z.int(), free: z.int() }),
  status: z.enum(['planned', 'cancelled']),
  revisedFor: z.enum(groupReasons).nullable().describe('Why it was last moved, or cancelled'),
  version: z.int(),
};

/** A group session in a list: how many attend, not who. */
export const groupSessionSummary = z.strictObject(shape).meta({ id: 'GroupSessionSummary' });

/** A group session as the provider sees that holds it; nobody else sees one. */
export const groupSessionView = z
  .strictObject({
    ...shape,
    place: label.optional(),
    attendees: z
      .array(z.strictObject({ allocationId: uuid, appointmentId: uuid }))
      .describe('Whose appointments it is, of the provider’s own allocations'),
  })
  .meta({ id: 'GroupSession' });
