import '../builders/function-environment.ts';
import { addHours, subHours, subMinutes } from 'date-fns';
import { beforeEach, describe, expect, it } from 'vitest';
import { type ReminderPorts, remind } from '../../functions/middleware/reminders.ts';
import { allocations as allocationsOf } from '../../shared/adapters/allocations.ts';
import { groupSessionReader } from '../../shared/adapters/group-sessions.ts';
import { keys } from '../../shared/adapters/keys.ts';
import { referrals as referralsOf } from '../../shared/adapters/referrals.ts';
import { reminders as remindersOf } from '../../shared/adapters/reminders.ts';
import { bookAppointment, cancelAppointment, changeAppointment } from '../../shared/domain/commands/appointments.ts';
import type { Decide } from '../../shared/domain/decision.ts';
import type { Referral } from '../../shared/domain/referral.ts';
import { MemoryTables } from '../builders/memory-table.ts';
import { aReferralState, aSession } from '../builders/story.ts';
import { monday, thursday } from '../builders/times.ts';

const start = thursday('10:00');
const dayBefore = subHours(start, 24);
const leadHours = 24;
const by = { organisation: 'system', client: 'sweeper' };

/** A referral in delivery with one session booked, on the adapters' own writes: only the tables are in memory. */
class Session {
  readonly tables = new MemoryTables();
  now = monday('09:00');
  readonly #story = aReferralState().delivering();
  readonly #ids = { referralId: this.#story.referral.id, allocationId: this.#story.at('delivery')[0]?.id ?? '' };

  get ports(): ReminderPorts {
    const { client } = this.tables;
    const clock = { now: async () => this.now };
    const [referrals, allocations] = [referralsOf({ client, clock }), allocationsOf(client)];
    return { clock, referrals, allocations, reminders: remindersOf(client), groupSessions: groupSessionReader(client) };
  }

  get item() {
    return this.tables.items('record', keys.allocation(this.#ids.allocationId).pk, 'APPOINTMENT#')[0] ?? {};
  }

  get told(): number {
    return this.tables.all('record').filter(({ type }) => type === 'appointment.reminded.v1').length;
  }

  async booked(): Promise<this> {
    const { allocation } = this.#story.state({ allocationId: this.#ids.allocationId });
    this.stands({});
    this.tables.put('record', { ...keys.allocation(this.#ids.allocationId), ...allocation });
    return this.does(bookAppointment, aSession(1, start));
  }

  async does<Command>(decide: Decide<Command>, command: Command): Promise<this> {
    const { referralId, allocationId } = this.#ids;
    const appointmentId = this.item.id as string | undefined;
    const scope = { allocationId, appointmentId, diary: aSession(1, start) };
    await this.ports.referrals.execute(referralId, scope, (state, context) => decide(state, command, context), { by });
    return this;
  }

  /** The referral, by whatever has changed it. */
  stands(change: Partial<Referral>): void {
    const key = keys.referral(this.#ids.referralId);
    const [found = this.#story.referral] = this.tables.items('record', key.pk, 'REFERRAL');
    this.tables.put('record', { ...key, ...found, ...change });
  }

  /** What one sweep finds, and whether it reminded of it. */
  async swept(at: Date): Promise<boolean[]> {
    this.now = at;
    const { items } = await this.ports.reminders.startingBy(addHours(at, leadHours), { limit: 100 });
    const done: boolean[] = [];
    for (const due of items) done.push(await remind(this.ports, due, leadHours, by));
    return done;
  }
}

describe('L4: the sweeper reminds of an appointment', () => {
  let session: Session;
  beforeEach(async () => {
    session = await new Session().booked();
  });

  it('when its time has come, and then finds it no more', async () => {
    expect(await session.swept(subMinutes(dayBefore, 1))).toEqual([]);
    expect(await session.swept(addHours(dayBefore, 1))).toEqual([true]);
    expect(session.item).toMatchObject({ status: 'booked', version: 1, remindedAt: session.now.toISOString() });
    expect(session.item).not.toHaveProperty('workKey');
    expect(await session.swept(addHours(dayBefore, 2))).toEqual([]);
    expect(session.told).toBe(1);
  });

  it('anew where it was moved to', async () => {
    await session.swept(addHours(dayBefore, 1));
    const later = addHours(start, 96);
    await session.does(changeAppointment, { startsAt: later.toISOString(), reason: 'Ill', requestedBy: 'person' });
    expect(await session.swept(addHours(dayBefore, 2))).toEqual([]);
    expect(await session.swept(subHours(later, 23))).toEqual([true]);
    expect(session.told).toBe(2);
  });

  it('that was cancelled: never, and never looks for it again', async () => {
    await session.does(cancelAppointment, { reasonCode: 'not-needed' });
    expect(session.item).not.toHaveProperty('workKey');
    expect(await session.swept(addHours(dayBefore, 1))).toEqual([]);
  });

  it('that the end of its delivery overtook: never, and looks for it once', async () => {
    session.stands({ booked: [] });
    expect(await session.swept(addHours(dayBefore, 1))).toEqual([false]);
    expect(session.item).not.toHaveProperty('workKey');
    expect([await session.swept(addHours(dayBefore, 2)), session.told]).toEqual([[], 0]);
  });

  it('of a paused referral once it goes on, and looks once an hour until then', async () => {
    session.stands({ paused: { at: dayBefore.toISOString(), reason: 'hospital' } });
    expect(await session.swept(addHours(dayBefore, 1))).toEqual([false]);
    expect(await session.swept(addHours(dayBefore, 1.5))).toEqual([]);
    expect(await session.swept(addHours(dayBefore, 2.1))).toEqual([false]);
    session.stands({ paused: null });
    expect(await session.swept(addHours(dayBefore, 3.2))).toEqual([true]);
    expect(session.told).toBe(1);
  });

  it('of a referral that goes on shortly before it starts: what is left of the time is halved at every look', async () => {
    session.stands({ paused: { at: dayBefore.toISOString(), reason: 'hospital' } });
    expect(await session.swept(subMinutes(start, 60))).toEqual([false]);
    expect(await session.swept(subMinutes(start, 31))).toEqual([]);
    expect(await session.swept(subMinutes(start, 29))).toEqual([false]);
    session.stands({ paused: null });
    expect(await session.swept(subMinutes(start, 14))).toEqual([true]);
    expect(session.told).toBe(1);
  });

  it('of a referral that stays paused: never, once it should have begun', async () => {
    session.stands({ paused: { at: dayBefore.toISOString(), reason: 'hospital' } });
    await session.swept(addHours(dayBefore, 1));
    expect(await session.swept(addHours(start, 1))).toEqual([false]);
    expect(session.item).not.toHaveProperty('workKey');
    expect(session.told).toBe(0);
  });

  it('and leaves what was moved meanwhile to where it is now', async () => {
    const [due] = (await session.ports.reminders.startingBy(addHours(start, 1), { limit: 100 })).items;
    await session.does(changeAppointment, {
      startsAt: addHours(start, 96).toISOString(),
      reason: 'Ill',
      requestedBy: 'person',
    });
    if (due) await session.ports.reminders.drop(due);
    expect(session.item).toHaveProperty('workKey');
  });
});
