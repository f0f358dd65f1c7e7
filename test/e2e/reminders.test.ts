import { randomUUID } from 'node:crypto';
import { addHours } from 'date-fns';
import { describe, expect, it } from 'vitest';
import { remind } from '../../functions/middleware/reminders.ts';
import { allocations as allocationsOf } from '../../shared/adapters/allocations.ts';
import { groupSessionReader } from '../../shared/adapters/group-sessions.ts';
import { reminders as remindersOf } from '../../shared/adapters/reminders.ts';
import { bookAppointment } from '../../shared/contracts/routes/appointments.ts';
import { getReferralHistory, listClocks } from '../../shared/contracts/routes/referrals.ts';
import { application } from './support/deployment.ts';
import { offered, practitioner, someone } from './support/journeys.ts';
import { swept } from './support/sweeper.ts';

const leadHours = 24;
const hour = 3_600_000;

/** What the sweeper would do about one appointment so many hours from now: nobody else's clock moves. */
async function sweptIn(hours: number, appointmentId: string): Promise<boolean[]> {
  const { db, clock, referrals } = application({ clockAhead: hours * hour });
  const ports = {
    clock,
    referrals,
    allocations: allocationsOf(db),
    reminders: remindersOf(db),
    groupSessions: groupSessionReader(db),
  };
  const until = addHours(await clock.now(), leadHours);
  const done: boolean[] = [];
  let cursor: string | null | undefined;
  do {
    const page = await ports.reminders.startingBy(until, { limit: 100, cursor: cursor ?? undefined });
    const own = page.items.filter((due) => due.appointmentId === appointmentId);
    for (const due of own)
      done.push(await remind(ports, due, leadHours, { organisation: 'system', client: 'sweeper' }));
    cursor = page.cursor;
  } while (cursor);
  return done;
}

describe('L4: an appointment that comes near', () => {
  it('is told once, a day before, to the case system and to its provider; and both can read its clocks', async () => {
    const { referralId, provider } = await offered(someone());
    const allocationId = await provider.acceptOffer(referralId);
    const { body } = await provider.api.must(bookAppointment, {
      params: { allocationId },
      idempotencyKey: randomUUID(),
      body: {
        purpose: 'supplier-assessment',
        startsAt: addHours(new Date(), 30).toISOString(),
        durationMinutes: 60,
        mode: 'phone',
      },
    });
    await swept();
    expect(await sweptIn(5, body.id)).toEqual([]);
    expect(await sweptIn(7, body.id)).toEqual([true]);
    expect(await sweptIn(8, body.id)).toEqual([]);

    const params = { referralId };
    for (const { api } of [practitioner, provider]) {
      const history = await api.must(getReferralHistory, { params, query: { limit: 100 } });
      const told = history.body.items.filter(({ type }) => type === 'appointment.reminded.v1');
      expect(told.map(({ data }) => data)).toEqual([{ allocationId, appointmentId: body.id, startsAt: body.startsAt }]);
    }
    const clocks = async ({ api }: Pick<typeof practitioner, 'api'>) =>
      (await api.must(listClocks, { params, query: {} })).body.items.map(({ clock, result }) => [clock, result]);
    expect(await clocks(practitioner)).toEqual([
      ['T7', 'met'],
      ['T1', 'met'],
      ['T2', null],
    ]);
    expect(await clocks(provider)).toEqual([
      ['T1', 'met'],
      ['T2', null],
    ]);
  });
});
