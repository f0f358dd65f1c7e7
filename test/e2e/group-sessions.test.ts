import { randomUUID } from 'node:crypto';
import { addDays, addMinutes, hoursToMilliseconds } from 'date-fns';
import { beforeAll, describe, expect, it } from 'vitest';
import { Practitioner, type Provider, until } from '../../infra/local/actors.ts';
import { inParallel } from '../../infra/local/in-parallel.ts';
import { assignCaseworker, getAllocation } from '../../shared/contracts/routes/allocations.ts';
import {
  bookAppointment,
  cancelAppointment,
  changeAppointment,
  listAppointments,
  recordFeedback,
} from '../../shared/contracts/routes/appointments.ts';
import {
  cancelGroupSession,
  changeGroupSession,
  getGroupSession,
  planGroupSession,
} from '../../shared/contracts/routes/group-sessions.ts';
import { getReferralHistory, pauseReferral, withdrawReferral } from '../../shared/contracts/routes/referrals.ts';
import type { AreaId } from '../../shared/domain/areas.ts';
import {
  bookAppointment as decideBooking,
  cancelAppointment as decideCancelling,
} from '../../shared/domain/commands/appointments.ts';
import { application, stack } from './support/deployment.ts';
import { offeredTo, someone } from './support/journeys.ts';
import { aboveRetries } from './support/meddle.ts';
import { onlyServiceIn } from './support/services.ts';

/** L4: one provider works with people of two case systems, alone and in groups (ADR 26). */

const area: AreaId = 'wiltshire';
const tomorrow = addDays(new Date(), 1);
const systems = [new Practitioner(stack), new Practitioner(stack, 'other-practitioner')] as const;

interface Attendee {
  practitioner: Practitioner;
  referralId: string;
  crn: string;
  allocationId: string;
}
let provider: Provider;
let people: Attendee[];
let serviceId: string;

beforeAll(async () => {
  serviceId = await onlyServiceIn(area, 4);
  people = await inParallel([0, 1, 0, 1], 4, async (system) => {
    const practitioner = systems[system] ?? systems[0];
    const facts = someone().with({ area });
    const { id: referralId } = await practitioner.send(facts);
    await practitioner.confirmComplexity(referralId);
    provider = await offeredTo(referralId, 1, practitioner);
    const allocationId = await provider.acceptOffer(referralId);
    await provider.hold(allocationId, { purpose: 'supplier-assessment' }, new Date());
    await provider.submitPlan(allocationId, 3);
    const { id } = await practitioner.task(referralId, 'action-plan-approval');
    await practitioner.answer(id, { decision: 'approved' });
    return { practitioner, referralId, crn: facts.crn, allocationId };
  });
});

const person = (index: number): Attendee => {
  const found = people[index];
  if (!found) throw new Error('there are fewer people');
  return found;
};

const plan = (startsAt: Date, changes: object = {}) =>
  provider.api.call(planGroupSession, {
    idempotencyKey: randomUUID(),
    body: {
      serviceId,
      caseworkerId: `cw-${randomUUID()}`,
      outputRows: ['O17'],
      startsAt: startsAt.toISOString(),
      durationMinutes: 60,
      mode: 'in-person',
      place: 'Room 2',
      places: 4,
      ...changes,
    },
  });
async function planned(startsAt: Date, changes: object = {}): Promise<string> {
  const { status, body } = await plan(startsAt, changes);
  if (status !== 201) throw new Error(`${status} ${JSON.stringify(body)}`);
  return (body as { id: string }).id;
}
const groupOf = (groupId: string) => provider.api.must(getGroupSession, { params: { groupId } });
const seats = async (groupId: string) => (await groupOf(groupId)).body.seats;
const join = (groupId: string, { allocationId }: Attendee, session = 1) =>
  provider.api.call(bookAppointment, {
    params: { allocationId },
    idempotencyKey: randomUUID(),
    body: { purpose: 'session', session, groupId },
  });
async function joined(groupId: string, who: Attendee, session = 1) {
  const { status, body, etag } = await join(groupId, who, session);
  if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
  const { id: appointmentId } = body as { id: string };
  return { params: { allocationId: who.allocationId, appointmentId }, ifMatch: etag ?? '' };
}
const change = async (groupId: string, body: object) => {
  const { etag } = await groupOf(groupId);
  const request = { params: { groupId }, ifMatch: etag ?? '', body: { reason: 'other' as const, ...body } };
  await provider.api.must(changeGroupSession, request);
};
const by = { organisation: 'system', client: 'test' };
/** Referrals of somebody whose transaction is on its way when something else happens; their clock may be ahead (ms). */
function overtaken(meanwhile: () => Promise<unknown>, clockAhead = 0) {
  let isFirst = true;
  const meddle = aboveRetries(async ({ command, carryOut }) => {
    if (command === 'TransactWriteItemsCommand' && isFirst) {
      isFirst = false;
      await meanwhile();
    }
    return carryOut();
  });
  return application({ dynamo: meddle, clockAhead }).referrals;
}
const leave = async (groupId: string) => {
  const { etag } = await groupOf(groupId);
  await provider.api.must(cancelGroupSession, { params: { groupId }, ifMatch: etag ?? '', body: { reason: 'other' } });
  await until('an empty group', async () => ((await seats(groupId)).taken === 0 ? true : undefined));
};
const appointmentOf = async ({ allocationId, practitioner }: Attendee, appointmentId: string) => {
  const { body } = await practitioner.api.must(listAppointments, { params: { allocationId }, query: { limit: 100 } });
  return body.items.find(({ id }) => id === appointmentId);
};

describe('L4: a group session', () => {
  it('has its last place for one of four who ask at once, and for the next when somebody leaves', async () => {
    const groupId = await planned(tomorrow, { places: 1 });
    const asked = await Promise.all(people.map((one) => join(groupId, one)));
    expect(asked.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
    for (const { ok, body } of asked) {
      if (!ok) expect(body).toMatchObject({ type: '/problems/not-possible-now', errors: [{ pointer: '/groupId' }] });
    }
    expect(await seats(groupId)).toEqual({ taken: 1, free: 0 });
    const winner = asked.findIndex(({ ok }) => ok);
    const won = asked[winner]?.body as { id: string; version: number };
    await provider.api.must(cancelAppointment, {
      params: { allocationId: person(winner).allocationId, appointmentId: won.id },
      ifMatch: `"${won.version}"`,
      body: { reason: 'Has work' },
    });
    await joined(groupId, person((winner + 1) % 4));
    expect(await seats(groupId)).toEqual({ taken: 1, free: 0 });
    await leave(groupId);
  });

  it('of several places takes no more people than it has, whoever asks when', async () => {
    const groupId = await planned(addDays(tomorrow, 1), { places: 3 });
    const asked = await Promise.all(people.map((one) => join(groupId, one)));
    expect(asked.map(({ status }) => status).sort()).toEqual([200, 200, 200, 409]);
    const { body, etag } = await groupOf(groupId);
    expect(body.attendees).toHaveLength(3);
    const fewer = { params: { groupId }, ifMatch: etag ?? '', body: { places: 2, reason: 'other' as const } };
    expect((await provider.api.call(changeGroupSession, fewer)).status).toBe(409);
    await leave(groupId);
  });

  it('is decided at the commit: who comes second looks again, and is told that it is full, or gets the new time', async () => {
    const groupId = await planned(addDays(tomorrow, 6), { places: 1 });
    const booking = { purpose: 'session' as const, session: 1, groupId };
    const books = ({ referralId, allocationId }: Attendee, meanwhile: () => Promise<unknown>) =>
      overtaken(meanwhile).execute(
        referralId,
        { allocationId, groupId },
        (state, context) => decideBooking(state, booking, context),
        { by },
      );
    const second = await books(person(0), () => joined(groupId, person(1)));
    expect(second).toMatchObject({ refused: 'NotPossibleNow', faults: [{ pointer: '/groupId' }] });
    expect(await seats(groupId)).toEqual({ taken: 1, free: 0 });
    const to = addDays(tomorrow, 7).toISOString();
    await change(groupId, { places: 2 });
    const late = await books(person(2), () => change(groupId, { startsAt: to }));
    expect(late).toMatchObject({ state: { appointment: { startsAt: to } } });
    expect(await seats(groupId)).toEqual({ taken: 2, free: 0 });
    await leave(groupId);
  });

  it('is left as it stands at the commit: who leaves what has begun meanwhile keeps the seat', async () => {
    const groupId = await planned(addDays(tomorrow, 9));
    const { allocationId, appointmentId } = (await joined(groupId, person(0))).params;
    const moves = () => change(groupId, { startsAt: addDays(tomorrow, 8).toISOString() });
    const left = await overtaken(moves, hoursToMilliseconds(24 * 9 + 12)).execute(
      person(0).referralId,
      { allocationId, appointmentId },
      (state, context) => decideCancelling(state, { reason: 'Ill' }, context),
      { by },
    );
    expect(left).toMatchObject({ state: { appointment: { status: 'cancelled' } } });
    expect(await seats(groupId)).toMatchObject({ taken: 1 });
  });

  it('takes its caseworker’s time once: its people do not collide there, anything else does', async () => {
    const day = addDays(tomorrow, 2);
    const caseworker = { id: `cw-${randomUUID()}`, name: 'Jo Worker' };
    for (const { allocationId } of people) {
      const { etag } = await provider.api.must(getAllocation, { params: { allocationId } });
      await provider.api.must(assignCaseworker, { params: { allocationId }, ifMatch: etag ?? '', body: caseworker });
    }
    const groupId = await planned(day, { caseworkerId: caseworker.id });
    for (const one of people) await joined(groupId, one);
    expect((await plan(addMinutes(day, 30), { caseworkerId: caseworker.id })).status).toBe(409);
    const { allocationId } = person(0);
    const alone = (startsAt: Date) =>
      provider.api.call(bookAppointment, {
        params: { allocationId },
        idempotencyKey: randomUUID(),
        body: { purpose: 'session', session: 2, startsAt: startsAt.toISOString(), durationMinutes: 60, mode: 'phone' },
      });
    const clash = await alone(addMinutes(day, 30));
    expect(clash.status).toBe(409);
    expect(JSON.stringify(clash.body)).toContain(groupId);
    const after = await alone(addMinutes(day, 60));
    expect(after.status).toBe(200);
    // It cannot be moved to there either, and it is free where it was once it has moved away.
    const move = async (startsAt: Date) => {
      const { etag } = await groupOf(groupId);
      const body = { startsAt: startsAt.toISOString(), reason: 'place-unavailable' as const };
      return provider.api.call(changeGroupSession, { params: { groupId }, ifMatch: etag ?? '', body });
    };
    expect((await move(addMinutes(day, 30))).status).toBe(409);
    expect((await move(addMinutes(day, 240))).status).toBe(202);
    expect((await plan(addMinutes(day, -30), { caseworkerId: caseworker.id })).status).toBe(201);
    await leave(groupId);
  });

  it('that moves takes each appointment along by an event of its own, in a sequence without gaps, and so when it is cancelled', async () => {
    const day = addDays(tomorrow, 3);
    const groupId = await planned(day);
    const attending = [person(0), person(1)];
    const bookings = await Promise.all(attending.map((one) => joined(groupId, one)));
    const [own] = bookings;
    const alone = { startsAt: addDays(day, 1).toISOString(), reason: 'Ill', requestedBy: 'person' as const };
    if (own) expect((await provider.api.call(changeAppointment, { ...own, body: alone })).status).toBe(409);

    const to = addMinutes(day, 120).toISOString();
    const { etag } = await groupOf(groupId);
    await provider.api.must(changeGroupSession, {
      params: { groupId },
      ifMatch: etag ?? '',
      body: { startsAt: to, place: 'Room 9', reason: 'place-unavailable' },
    });
    for (const [index, one] of attending.entries()) {
      const id = bookings[index]?.params.appointmentId ?? '';
      await until('the move', async () => {
        const shown = await appointmentOf(one, id);
        return shown?.startsAt === to && shown.place === 'Room 9' ? true : undefined;
      });
    }
    await leave(groupId);
    for (const [index, one] of attending.entries()) {
      const id = bookings[index]?.params.appointmentId ?? '';
      expect(await appointmentOf(one, id)).toMatchObject({ status: 'cancelled' });
      const all = await historyOf(one);
      expect(all.map(({ sequence }) => sequence)).toEqual(all.map((_, n) => n + 1));
      const about = all.filter(({ data }) => data.appointmentId === id).map(({ type }) => type);
      expect(about).toEqual(['appointment.booked.v1', 'appointment.rescheduled.v1', 'appointment.cancelled.v1']);
    }
  });

  it('is attended by each alone, and nobody who attends is told of another', async () => {
    const startsAt = addMinutes(new Date(), -1);
    const groupId = await planned(startsAt);
    const [one, other] = [person(0), person(1)];
    const booked = await joined(groupId, one);
    const another = await joined(groupId, other);
    await provider.api.must(recordFeedback, {
      ...booked,
      body: { attendance: 'yes', activities: [], rarDay: true, notes: 'Spoke up' },
    });
    expect(await appointmentOf(other, another.params.appointmentId)).toMatchObject({
      status: 'booked',
      feedback: null,
    });
    expect((await groupOf(groupId)).body.attendees).toHaveLength(2);
    for (const [own, theirs, mine] of [
      [one, other, booked],
      [other, one, another],
    ] as const) {
      const shown = await appointmentOf(own, mine.params.appointmentId);
      expect(shown).toMatchObject({ format: 'group', groupId: null, place: 'Room 2' });
      const told = JSON.stringify([await historyOf(own), await own.practitioner.read(own.referralId), shown]);
      const ids = theirs === other ? another.params : booked.params;
      for (const secret of [theirs.referralId, theirs.crn, ids.allocationId, ids.appointmentId, groupId])
        expect(told).not.toContain(secret);
    }
  });

  it('gets its places back from who is paused and who is withdrawn', async () => {
    const groupId = await planned(addDays(tomorrow, 5));
    const [paused, withdrawn] = [person(2), person(3)];
    for (const one of [paused, withdrawn]) await joined(groupId, one);
    await withdrawn.practitioner.change(withdrawReferral, withdrawn.referralId, { reason: 'moved' });
    expect(await seats(groupId)).toEqual({ taken: 1, free: 3 });
    await paused.practitioner.change(pauseReferral, paused.referralId, { reason: 'recalled' });
    await until('the seat of who is paused', async () => ((await seats(groupId)).free === 4 ? true : undefined));
    const all = await historyOf(paused);
    expect(all.at(-1)).toMatchObject({ type: 'appointment.cancelled.v1' });
  });
});

async function historyOf({ practitioner, referralId }: Attendee) {
  const params = { referralId };
  const { body } = await practitioner.api.must(getReferralHistory, { params, query: { limit: 100 } });
  return body.items;
}
