import * as z from 'zod';
import type { DomainEvent } from '../domain/events.ts';
import { seatMoves } from '../domain/group-seats.ts';
import { groupSession, type Seat } from '../domain/group-session.ts';
import type { Referral } from '../domain/referral.ts';
import { keys } from './keys.ts';
import type { Write } from './writes.ts';

/** A group session as it is kept: its seats are a set of texts, so that one can be added that nobody else has added. */

const seatNamed = /^([^#]+)#([^#]+)#([^#]+)$/;
const seatText = ({ referralId, allocationId, appointmentId }: Seat): string =>
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

/**
 * Seats are taken and given back in the transaction of the referral's command. One is taken on condition that the group
 * session still is as it was seen and has a place: of two that race for the last, one is refused and looks again.
 */
export function seatChanges(
  before: Referral | undefined,
  after: Referral,
  events: readonly DomainEvent[],
  now: Date,
  table: string,
): Write[] {
  return seatMoves(before, after, events, now).map(({ groupId, revision, ...seat }): Write => {
    const Key = keys.groupSession(groupId);
    const seats = { ':seat': new Set([seatText(seat)]) };
    if (revision === null) {
      return {
        Update: {
          TableName: table,
          Key,
          UpdateExpression: 'DELETE seats :seat',
          ConditionExpression: 'attribute_exists(pk)',
          ExpressionAttributeValues: seats,
        },
      };
    }
    return {
      Update: {
        TableName: table,
        Key,
        UpdateExpression: 'ADD seats :seat',
        ConditionExpression:
          '#status = :planned AND #revision = :revision AND (attribute_not_exists(seats) OR size(seats) < places)',
        ExpressionAttributeNames: { '#status': 'status', '#revision': 'revision' },
        ExpressionAttributeValues: { ...seats, ':planned': 'planned', ':revision': revision },
      },
    };
  });
}
