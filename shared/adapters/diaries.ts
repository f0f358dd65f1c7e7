import * as z from 'zod';
import type { ReferralState } from '../domain/decision.ts';
import { type Diary, type DiaryDay, type DiaryEntry, diaryDaysOf, overlaps, type Slot } from '../domain/diary.ts';
import { type Referral, referral } from '../domain/referral.ts';
import { keys } from './keys.ts';

/** A caseworker's diary: days of entries, each a text, so that one can be added to a day that nobody has read. */

type Get = (table: string, key: object) => Promise<Record<string, unknown> | undefined>;

const named = /^([^#]+)#(\d+)#([^#]+)#([^#]+)#([^#]+)$/;
const entry = z
  .string()
  .regex(named)
  .transform((text): DiaryEntry => {
    const [, startsAt = '', minutes, referralId = '', allocationId = '', appointmentId = ''] = named.exec(text) ?? [];
    return { startsAt, durationMinutes: Number(minutes), referralId, allocationId, appointmentId };
  });
const diaryDay = z.object({ version: z.int(), entries: z.set(entry) });

export const entryText = ({ startsAt, durationMinutes, referralId, allocationId, appointmentId }: DiaryEntry): string =>
  [startsAt, durationMinutes, referralId, allocationId, appointmentId].join('#');

/** The state, with what the diary of the allocation's caseworker has at a time. */
export async function withDiary(
  get: Get,
  table: string,
  state: ReferralState,
  { startsAt, durationMinutes }: Partial<Slot>,
): Promise<ReferralState> {
  const { allocation, appointment } = state;
  const [from, minutes] = [startsAt ?? appointment?.startsAt, durationMinutes ?? appointment?.durationMinutes];
  if (!allocation?.caseworkerId || from === undefined || minutes === undefined) return state;
  const { caseworkerId, providerId } = allocation;
  const slot = { startsAt: from, durationMinutes: minutes };
  const found = await Promise.all(
    diaryDaysOf(slot).map(async (day): Promise<DiaryDay> => {
      const item = await get(table, keys.diary(providerId, caseworkerId, day));
      const { version, entries } = item ? diaryDay.parse(item) : { version: 0, entries: new Set<DiaryEntry>() };
      return { day, version, entries: [...entries] };
    }),
  );
  return { ...state, diary: await standing(get, table, state.referral, { caseworkerId, slot, days: found }) };
}

/** Freeing a time writes nothing here: whether what stands here is still booked, its referral says, read strongly. */
async function standing(
  get: Get,
  table: string,
  own: Referral,
  { caseworkerId, slot, days }: { caseworkerId: string; slot: Slot; days: DiaryDay[] },
): Promise<Diary> {
  const all = days.flatMap(({ entries }) => entries);
  const others = all.filter(({ referralId }) => referralId !== own.id);
  const overlapping = new Map(others.filter((one) => overlaps(one, slot)).map((one) => [entryText(one), one]));
  const isLive = async (one: DiaryEntry): Promise<boolean> => {
    const item = await get(table, keys.referral(one.referralId));
    return item !== undefined && holds(referral.parse(item), one, caseworkerId);
  };
  const over = new Set(all.filter((one) => one.referralId === own.id && !holds(own, one, caseworkerId)).map(entryText));
  for (const [text, one] of overlapping) if (!(await isLive(one))) over.add(text);
  const stands = (one: DiaryEntry): boolean => !over.has(entryText(one));
  return {
    caseworkerId,
    days: days.map((day) => ({ ...day, entries: day.entries.filter(stands) })),
    taken: [...overlapping.values()].filter(stands),
  };
}

const holds = ({ booked }: Referral, one: DiaryEntry, caseworkerId: string): boolean =>
  booked.some(
    (live) =>
      live.appointmentId === one.appointmentId && live.startsAt === one.startsAt && live.caseworkerId === caseworkerId,
  );
