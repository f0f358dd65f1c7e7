import { summaryOf } from '../domain/commands/common.ts';
import type { ReferralState } from '../domain/decision.ts';
import { type Booking, type Diary, type DiaryDay, type DiaryEntry, diaryDaysOf } from '../domain/diary.ts';
import type { GroupSession } from '../domain/group-session.ts';
import { entryText } from './diaries.ts';
import { keys } from './keys.ts';
import { isNew, put, unchangedSince, type Write } from './writes.ts';

/** A day of a diary is kept for thirty days (seconds), after which nobody books it any more. */
const keptFor = 30 * 86_400;

/**
 * Times that caseworkers are booked for from now on (ADR 21). A day that was read to decide must be unchanged; one that
 * was not, since the work only changes hands, is added to.
 */
export function diaryChanges(before: ReferralState | undefined, after: ReferralState, table: string): Write[] {
  const { referral, diary } = after;
  const known = new Set(before?.referral.booked.map(takes));
  const days = new Map<
    string,
    { key: ReturnType<typeof keys.diary>; day: string; read?: DiaryDay; added: DiaryEntry[] }
  >();
  for (const one of referral.booked) {
    const { caseworkerId, appointmentId, allocationId, startsAt, durationMinutes } = one;
    if (!caseworkerId || known.has(takes(one))) continue;
    const { providerId } = summaryOf(referral, allocationId);
    for (const day of diaryDaysOf(one)) {
      const key = keys.diary(providerId, caseworkerId, day);
      const read = diary?.caseworkerId === caseworkerId ? diary.days.find((known) => known.day === day) : undefined;
      const changed = days.get(key.pk + key.sk) ?? { key, day, ...(read ? { read } : {}), added: [] };
      changed.added.push({ referralId: referral.id, allocationId, appointmentId, startsAt, durationMinutes });
      days.set(key.pk + key.sk, changed);
    }
  }
  return [...days.values()].map(({ key, day, read, added }) =>
    read ? replaced(table, key, read, added) : addedTo(table, key, added, expiryOf(day)),
  );
}

/** The days of a caseworker that a group session takes, as they were read (ADR 26). */
export const groupDiaryChanges = (
  { id: groupId, providerId, caseworkerId, startsAt, durationMinutes }: GroupSession,
  { days }: Diary,
  table: string,
): Write[] =>
  days.map((read) =>
    replaced(table, keys.diary(providerId, caseworkerId, read.day), read, [{ groupId, startsAt, durationMinutes }]),
  );

const expiryOf = (day: string): number => Date.parse(day) / 1000 + keptFor;

const takes = ({ appointmentId, startsAt, caseworkerId }: Booking): string =>
  [appointmentId, startsAt, caseworkerId].join('#');

function replaced(table: string, key: object, { day, version, entries }: DiaryDay, added: DiaryEntry[]): Write {
  const expiresAt = expiryOf(day);
  const item = { ...key, version: version + 1, entries: new Set([...entries, ...added].map(entryText)), expiresAt };
  return put(table, item, version === 0 ? isNew : unchangedSince('version', version));
}

const addedTo = (table: string, key: object, added: DiaryEntry[], expiresAt: number): Write => ({
  Update: {
    TableName: table,
    Key: { ...key },
    UpdateExpression: 'SET expiresAt = :expires ADD entries :added, version :one',
    ExpressionAttributeValues: { ':expires': expiresAt, ':added': new Set(added.map(entryText)), ':one': 1 },
  },
});
