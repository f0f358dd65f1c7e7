import { type AnswersGiven, answersIn } from '../domain/answer-speed.ts';
import type { DomainEvent } from '../domain/events.ts';
import { type HeldPlace, type PlaceMove, placeMoves, placesHeld } from '../domain/places.ts';
import type { Referral } from '../domain/referral.ts';
import { type Line, linesOf } from '../domain/waiting-list.ts';
import { keys, workAt, workKey } from './keys.ts';
import { put, type Write } from './writes.ts';

/**
 * Places are reserved, confirmed and freed, and lines joined and left, in the transaction that decides it: never
 * oversold, never leaked. Each has an item of its own, by which the counters can be reconciled; one update per service,
 * since a transaction may touch an item once.
 */
export function placeChanges(
  before: Referral | undefined,
  after: Referral,
  events: readonly DomainEvent[],
  now: Date,
  table: string,
): Write[] {
  // Whoever answers, or does not, had a place reserved: its counters move in any case.
  const given = answersIn(before, events, now);
  return [
    ...placeMoves(before, after).map((move) => countersMoved(move, given.get(move.serviceId), now, table)),
    ...held(before, after, table),
    ...inLine(before, after, table),
  ];
}

function countersMoved(
  { serviceId, reserved, confirmed, waiting }: PlaceMove,
  given: AnswersGiven | undefined,
  now: Date,
  table: string,
): Write {
  const taken = reserved + confirmed;
  const joins = waiting > 0;
  const conditions = [
    ...(taken > 0 ? ['#free >= :taken'] : []),
    ...(reserved < 0 ? ['reserved >= :held'] : []),
    ...(confirmed < 0 ? ['confirmed >= :confirmedBefore'] : []),
    ...(waiting < 0 ? ['waiting >= :left'] : []),
    // A place that came free since it was looked for is taken, not waited for: nobody would wake who comes too late.
    ...(joins && taken === 0 ? ['#free <= waiting'] : []),
    'attribute_exists(pk)',
  ];
  return {
    Update: {
      TableName: table,
      Key: keys.capacity(serviceId),
      UpdateExpression: `${joins ? 'SET workKey = :key, workAt = if_not_exists(workAt, :at) ' : ''}ADD reserved :reserved, confirmed :confirmed, #free :free, waiting :waiting, moves :one${given ? ', answers :answers, answerTime :answerTime' : ''}`,
      ExpressionAttributeNames: { '#free': 'free' },
      ConditionExpression: conditions.join(' AND '),
      ExpressionAttributeValues: {
        ':reserved': reserved,
        ':confirmed': confirmed,
        ':free': -taken,
        ':waiting': waiting,
        ':one': 1,
        ...(given ? { ':answers': given.answers, ':answerTime': given.answerTime } : {}),
        ...(taken > 0 ? { ':taken': taken } : {}),
        ...(reserved < 0 ? { ':held': -reserved } : {}),
        ...(confirmed < 0 ? { ':confirmedBefore': -confirmed } : {}),
        ...(waiting < 0 ? { ':left': -waiting } : {}),
        ...(joins ? { ':key': workKey('WAITING', serviceId), ':at': workAt(now.toISOString(), serviceId) } : {}),
      },
    },
  };
}

function held(before: Referral | undefined, after: Referral, table: string): Write[] {
  const keyOf = ({ serviceId, holder }: HeldPlace) => keys.place(serviceId, holder);
  return differing(before ? placesHeld(before) : [], placesHeld(after), keyOf, table, after.id);
}

function inLine(before: Referral | undefined, after: Referral, table: string): Write[] {
  const keyOf = ({ serviceId }: Line) => keys.waiting(serviceId, after.id);
  return differing(before ? linesOf(before) : [], linesOf(after), keyOf, table, after.id);
}

/** Items that have come or changed are put, those that have gone are deleted. */
function differing<T extends object>(
  before: T[],
  after: T[],
  keyOf: (item: T) => { pk: string; sk: string },
  table: string,
  referralId: string,
): Write[] {
  const known = new Map(before.map((item) => [keyOf(item).pk + keyOf(item).sk, item]));
  const puts = after.flatMap((item) => {
    const key = keyOf(item);
    const was = known.get(key.pk + key.sk);
    known.delete(key.pk + key.sk);
    return was && JSON.stringify(was) === JSON.stringify(item) ? [] : [put(table, { ...key, ...item, referralId })];
  });
  const deletes = [...known.values()].map((item): Write => ({ Delete: { TableName: table, Key: keyOf(item) } }));
  return [...puts, ...deletes];
}
