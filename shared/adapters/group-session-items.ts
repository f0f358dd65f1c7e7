import * as z from 'zod';
import { groupSession, type Seat } from '../domain/group-session.ts';

/** A group session as it is kept: its seats are a set of texts, so that one can be added that nobody else has added. */

const seatNamed = /^([^#]+)#([^#]+)#([^#]+)$/;
export const seatText = ({ referralId, allocationId, appointmentId }: Seat): string =>
  [referralId, allocationId, appointmentId].join('#');
const seatOf = z
  .string()
  .regex(seatNamed)
  .transform((text): Seat => {
    const [, referralId = '', allocationId = '', appointmentId = ''] = seatNamed.exec(text) ?? [];
    return { referralId, allocationId, appointmentId };
  });

export const storedGroupSession = groupSession.extend({
  /** DynamoDB has no empty set. */
  seats: z
    .set(seatOf)
    .default(new Set())
    .transform((seats) => [...seats]),
});

/** Where it takes place, of which only the private table knows. */
export const groupPlace = z.object({ place: z.string() });
