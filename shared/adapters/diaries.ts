import * as z from 'zod';
import type { ReferralState } from '../domain/decision.ts';
import { type Diary, type DiaryDay, type DiaryEntry, diaryDaysOf, overlaps, type Slot } from '../domain/diary.ts';
import type { GroupSession } from '../domain/group-session.ts';
import { type Referral, referral } from '../domain/referral.ts';
import type { DiarySlot } from '../ports.ts';
import { storedGroupSession } from './group-session-items.ts';
import { keys } from './keys.ts';

/** A caseworker's diary: days of entries, each a text, so that one can be added to a day that nobody has read. */

type Get = (table: string, key: object) => Promise<Record<string, unknown> | undefined>;

/** Stands where the referral of an appointment does: the caseworker's time is taken by a group session that they lead. */
const group = 'GROUP';
const named = /^([^#]+)#(\d+)#([^#]+)#([^#]+)#([^#]+)$/;
const entry = z
  .string()
  .regex(named)
  .transform((text): DiaryEntry => {
    const [, startsAt = '', minutes, referralId = '', allocationId = '', appointmentId = ''] = named.exec(text) ?? [];
    const slot = { startsAt, durationMinutes: Number(minutes) };
    return referralId === group
      ? { ...slot, groupId: appointmentId }
      : { ...slot, referralId, allocationId, appointmentId };
  });
const diaryDay = z.object({ version: z.int(), entries: z.set(entry) });

export const entryText = ({ startsAt, durationMinutes, ...of }: DiaryEntry): string =>
  [
    startsAt,
    durationMinutes,
    ...('groupId' in of ? [group, group, of.groupId] : [of.referralId, of.allocationId, of.appointmentId]),
  ].join('#');

/** The state, with what the diary of the allocation's caseworker has at a time. */
export async function withDiary(
  get: Get,
  table: string,
  state: ReferralState,
  { startsAt, durationMinutes }: Partial<Slot>,
): Promise<ReferralState> {
  const { allocation, appointment, referral: own } = state;
  const [from, minutes] = [startsAt ?? appointment?.startsAt, durationMinutes ?? appointment?.durationMinutes];
  if (!allocation?.caseworkerId || from === undefined || minutes === undefined) return state;
  const { caseworkerId, providerId } = allocation;
  const wanted = { providerId, caseworkerId, startsAt: from, durationMinutes: minutes };
  return { ...state, diary: await diaryOf(get, table, wanted, { referral: own }) };
}

/** What a caseworker has around a time, beside what is the command's own: of a referral, or a group session. */
export async function diaryOf(
  get: Get,
  table: string,
  { providerId, caseworkerId, ...slot }: DiarySlot,
  own: { referral: Referral } | { groupId: string | undefined },
): Promise<Diary> {
  const days = await Promise.all(
    diaryDaysOf(slot).map(async (day): Promise<DiaryDay> => {
      const item = await get(table, keys.diary(providerId, caseworkerId, day));
      const { version, entries } = item ? diaryDay.parse(item) : { version: 0, entries: new Set<DiaryEntry>() };
      return { day, version, entries: [...entries] };
    }),
  );
  return standing(get, table, own, { caseworkerId, slot, days });
}

/** Freeing a time writes nothing here: whether what stands here is still booked, its referral or group session says, read strongly. */
async function standing(
  get: Get,
  table: string,
  own: { referral: Referral } | { groupId: string | undefined },
  { caseworkerId, slot, days }: { caseworkerId: string; slot: Slot; days: DiaryDay[] },
): Promise<Diary> {
  const all = days.flatMap(({ entries }) => entries);
  const isOwn = (one: DiaryEntry): boolean =>
    'groupId' in one
      ? 'groupId' in own && own.groupId === one.groupId
      : 'referral' in own && own.referral.id === one.referralId;
  const others = all.filter((one) => !isOwn(one));
  const overlapping = new Map(others.filter((one) => overlaps(one, slot)).map((one) => [entryText(one), one]));
  const isLive = async (one: DiaryEntry): Promise<boolean> => {
    if ('groupId' in one) {
      const item = await get(table, keys.groupSession(one.groupId));
      return item !== undefined && leads(storedGroupSession.parse(item), one, caseworkerId);
    }
    const item = await get(table, keys.referral(one.referralId));
    return item !== undefined && holds(referral.parse(item), one, caseworkerId);
  };
  // Of its own a group session stands once, and is written anew.
  const isOver = (one: DiaryEntry): boolean =>
    isOwn(one) && !('appointmentId' in one && 'referral' in own && holds(own.referral, one, caseworkerId));
  const over = new Set(all.filter(isOver).map(entryText));
  for (const [text, one] of overlapping) if (!(await isLive(one))) over.add(text);
  const stands = (one: DiaryEntry): boolean => !over.has(entryText(one));
  return {
    caseworkerId,
    days: days.map((day) => ({ ...day, entries: day.entries.filter(stands) })),
    taken: [...overlapping.values()].filter(stands),
  };
}

type AppointmentEntry = Extract<DiaryEntry, { appointmentId: string }>;

const holds = ({ booked }: Referral, one: AppointmentEntry, caseworkerId: string): boolean =>
  booked.some(
    (live) =>
      live.appointmentId === one.appointmentId && live.startsAt === one.startsAt && live.caseworkerId === caseworkerId,
  );

const leads = (session: GroupSession, one: Slot, caseworkerId: string): boolean =>
  session.status === 'planned' && session.startsAt === one.startsAt && session.caseworkerId === caseworkerId;
