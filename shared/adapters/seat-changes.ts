import { hasBegun, seatMoves } from '../domain/group-seats.ts';
import type { Seat } from '../domain/group-session.ts';
import type { Commit } from './changes.ts';
import { seatText, storedGroupSession } from './group-session-items.ts';
import { keys } from './keys.ts';
import type { Change, Write } from './writes.ts';

type Get = (table: string, key: object) => Promise<Record<string, unknown> | undefined>;

/**
 * Seats are taken and given back in the transaction of the referral's command, on condition that the group session still
 * is as it was seen, and for one that is taken, that it has a place: of two that race for the last, one is refused and
 * looks again.
 */
export async function seatChanges(
  get: Get,
  table: string,
  { before, after, events }: Pick<Commit, 'before' | 'after' | 'events'>,
  now: Date,
): Promise<Change[]> {
  const writes = await Promise.all(
    seatMoves(before?.referral, after.referral, events).map(async ({ groupId, revision, ...seat }) => {
      const Key = keys.groupSession(groupId);
      if (revision !== null) return [seatWrite(table, Key, 'ADD', seat, revision)];
      const session = storedGroupSession.parse(await get(table, Key));
      return hasBegun(session, now) ? [] : [seatWrite(table, Key, 'DELETE', seat, session.revision)];
    }),
  );
  return writes.flat().map((write) => ({ purpose: 'seat', write }));
}

const hasPlace = '#status = :planned AND (attribute_not_exists(seats) OR size(seats) < places)';

function seatWrite(table: string, Key: object, does: 'ADD' | 'DELETE', seat: Seat, revision: number): Write {
  const isTaken = does === 'ADD';
  return {
    Update: {
      TableName: table,
      Key,
      UpdateExpression: `${does} seats :seat`,
      ConditionExpression: `#revision = :revision${isTaken ? ` AND ${hasPlace}` : ''}`,
      ExpressionAttributeNames: { '#revision': 'revision', ...(isTaken ? { '#status': 'status' } : {}) },
      ExpressionAttributeValues: {
        ':seat': new Set([seatText(seat)]),
        ':revision': revision,
        ...(isTaken ? { ':planned': 'planned' } : {}),
      },
    },
  };
}
