import '../builders/function-environment.ts';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { bookAppointment } from '../../functions/api/book-appointment.ts';
import { cancelAppointment } from '../../functions/api/cancel-appointment.ts';
import { listAppointments } from '../../functions/api/list-appointments.ts';
import { getGroupSession, listGroupSessions } from '../../functions/api/list-group-sessions.ts';
import { listSessions } from '../../functions/api/list-sessions.ts';
import { cancelGroupSession, changeGroupSession, planGroupSession } from '../../functions/api/plan-group-session.ts';
import { recordFeedback } from '../../functions/api/record-feedback.ts';
import { sendReferral } from '../../functions/api/send-referral.ts';
import { followGroupSessions } from '../../functions/events/follow-group-sessions.ts';
import { sweep } from '../../functions/events/sweep.ts';
import type { EndpointContract } from '../../shared/contracts/endpoint.ts';
import { endpoints } from '../../shared/contracts/routes/index.ts';
import { answerPlanApproval, draftPlan, submitPlan } from '../../shared/domain/commands/action-plan.ts';
import { answerOffer } from '../../shared/domain/commands/answer-offer.ts';
import { bookAppointment as book, recordFeedback as tell } from '../../shared/domain/commands/appointments.ts';
import { pauseReferral, resumeReferral, withdrawReferral } from '../../shared/domain/commands/change-referral.ts';
import { confirmComplexity, recommendComplexity } from '../../shared/domain/commands/complexity.ts';
import { makeOffers } from '../../shared/domain/commands/make-offers.ts';
import { assignCaseworker } from '../../shared/domain/commands/provide-service.ts';
import { type Decide, isRefusal } from '../../shared/domain/decision.ts';
import { busEvent } from '../builders/bus-event.ts';
import { lambdaContext } from '../builders/lambda-context.ts';
import { Memory } from '../builders/memory.ts';
import { aReferral } from '../builders/referral-facts.ts';
import { serviceOf } from '../builders/services.ts';
import { anAssessment, feedback } from '../builders/story.ts';
import { friday, monday, thursday, wednesday } from '../builders/times.ts';
import { type Asking, ask, registered } from './request.ts';

const [north, south, providerA, providerB] = [
  'north-case-system',
  'south-case-system',
  'system-of-a',
  'system-of-b',
] as const;
const place = 'The Refuge, Room 2';
const group = {
  serviceId: 'service-of-provider-a',
  caseworkerId: 'cw-lead',
  outputRows: ['O14', 'O8'],
  startsAt: thursday('10:00').toISOString(),
  durationMinutes: 90,
  mode: 'in-person',
  place,
  places: 2,
};

interface Attendee {
  of: string;
  referralId: string;
  crn: string;
  allocationId: string;
}

/** People of two case systems whom one provider works with, and its group sessions. */
class Provider {
  readonly memory = registered(new Memory());
  readonly people: Attendee[] = [];
  #keys = 0;

  async works(...systems: string[]): Promise<this> {
    this.memory.offer(serviceOf('provider-a'));
    for (const [index, of] of systems.entries()) await this.#delivers(of, `X00000${index + 1}`);
    return this;
  }

  async #delivers(of: string, crn: string): Promise<void> {
    const { memory } = this;
    const sent = await this.call(sendReferral, endpoints.sendReferral, {
      as: of,
      body: aReferral().with({ crn, externalReference: `ref-${crn}` }),
    });
    const referralId = String(sent.body.id);
    const root = () => memory.roots.get(referralId)?.referral;
    const taskOf = (type: string) => root()?.openTasks.find((task) => task.type === type)?.id ?? '';
    const scope = () => {
      const allocationId = root()?.allocations[0]?.id;
      const appointmentId = root()?.booked[0]?.appointmentId;
      return { confidential: true, allocationId, appointmentId };
    };
    const does = <C>(decide: Decide<C>, command: C) => this.does(referralId, scope(), decide, command);
    const needs = [{ need: 'accommodation' as const, level: 'medium' as const }];
    await does(recommendComplexity, {});
    await does(confirmComplexity, { taskId: taskOf('complexity-confirmation'), needs });
    await does(makeOffers, { services: [serviceOf('provider-a')] });
    await does(answerOffer, { taskId: taskOf('offer'), answer: { decision: 'accepted' } });
    await does(book, anAssessment(memory.now));
    await does(tell, feedback());
    const need = 'accommodation' as const;
    const activity = { id: 'a1', need, desiredOutcomes: [], outputRow: 'O8', description: 'Together' };
    await does(draftPlan, { sessions: 4, activities: [activity] });
    await does(submitPlan, {});
    const approval = { taskId: taskOf('action-plan-approval'), answer: { decision: 'approved' as const } };
    await does(answerPlanApproval, approval);
    this.people.push({ of, referralId, crn, allocationId: scope().allocationId ?? '' });
  }

  async does<C>(referralId: string, scope: object, decide: Decide<C>, command: C): Promise<void> {
    const outcome = await this.memory.referrals.execute(
      referralId,
      scope,
      (state, context) => decide(state, command, context),
      { by: { organisation: 'system', client: 'test' } },
    );
    if (isRefusal(outcome)) throw new Error(`${outcome.refused}: ${outcome.detail}`);
  }

  call(make: (memory: Memory) => Parameters<typeof ask>[0], contract: EndpointContract, asking: Asking) {
    this.#keys += 1;
    const key = { 'idempotency-key': `key-${this.#keys}` };
    return ask(make(this.memory), contract, { as: providerA, ...asking, headers: { ...key, ...asking.headers } });
  }

  plan = (changes: object = {}, asking: Asking = {}) =>
    this.call(planGroupSession, endpoints.planGroupSession, { body: { ...group, ...changes }, ...asking });
  planned = async (changes: object = {}): Promise<string> => String((await this.plan(changes)).body.id);
  read = (groupId: string, as: string = providerA) =>
    this.call(getGroupSession, endpoints.getGroupSession, { as, params: { groupId } });
  change = (groupId: string, body: object, ifMatch = '"1"', as: string = providerA) =>
    this.call(changeGroupSession, endpoints.changeGroupSession, {
      as,
      params: { groupId },
      body: { reason: 'place-unavailable', ...body },
      headers: { 'if-match': ifMatch },
    });
  join = (groupId: string, person = this.person(0), session = 1) =>
    this.call(bookAppointment, endpoints.bookAppointment, {
      params: { allocationId: person.allocationId },
      body: { purpose: 'session', session, groupId },
    });
  appointments = ({ allocationId }: Attendee, as: string) =>
    this.call(listAppointments, endpoints.listAppointments, { as, params: { allocationId } });
  latest = async (person: Attendee) => (await this.appointments(person, providerA)).body.items?.at(-1) ?? {};
  seats = async (groupId: string) => (await this.read(groupId)).body.seats;

  person(index: number): Attendee {
    const found = this.people[index];
    if (!found) throw new Error('there are fewer people');
    return found;
  }

  /** What the bus brings of a type, the last of it; nothing: as the schedule runs it. */
  async follows(type?: string): Promise<unknown> {
    const event = this.memory.entries.findLast((entry) => entry.type === type);
    const message = event ? busEvent(event, type) : {};
    return followGroupSessions(this.memory)(message as never, lambdaContext);
  }
}

let at: Provider;
afterEach(() => void vi.useRealTimers());
beforeEach(async () => {
  at = await new Provider().works(north, south);
});

describe('L4: a group session', () => {
  it('is planned by its provider, and read by nobody else', async () => {
    const { status, body, headers } = await at.plan();
    expect({ status, etag: headers.etag, location: headers.location }).toEqual({
      status: 201,
      etag: '"1"',
      location: `/v1/group-sessions/${body.id}`,
    });
    expect(endpoints.planGroupSession.responses[201].safeParse(body).error).toBeUndefined();
    expect(body).toMatchObject({ place, seats: { taken: 0, free: 2 }, attendees: [] });
    expect((await at.read(String(body.id))).body).toEqual(body);
    expect(await at.read(String(body.id), providerB)).toMatchObject({ status: 404 });
    for (const as of [north, 'operations-console', 'court-reports'])
      expect(await at.read(String(body.id), as)).toMatchObject({ status: 403 });
    expect(await at.change(String(body.id), { places: 3 }, '"1"', providerB)).toMatchObject({ status: 404 });
    expect(await at.change(String(body.id), { places: 3 }, '"7"')).toMatchObject({ status: 412 });
    expect(await at.plan({}, { as: providerB })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/serviceId' }] },
    });
  });

  it('again under its key is the same one; another body is refused', async () => {
    const headers = { 'idempotency-key': 'mine' };
    const first = await at.plan({}, { headers });
    expect(await at.plan({}, { headers })).toEqual(first);
    expect(await at.plan({ places: 3 }, { headers })).toMatchObject({ status: 422 });
  });

  it('is listed with its places, from a time on, in the order in which they start', async () => {
    await at.planned({ startsAt: friday('10:00').toISOString() });
    await at.planned();
    const list = (query: Record<string, string>, as: string = providerA) =>
      at.call(listGroupSessions, endpoints.listGroupSessions, { as, query });
    const all = await list({});
    expect(endpoints.listGroupSessions.responses[200].safeParse(all.body).error).toBeUndefined();
    expect(all.body.items?.map(({ startsAt }) => startsAt)).toEqual([group.startsAt, friday('10:00').toISOString()]);
    expect((await list({ from: friday('09:00').toISOString() })).body.items).toHaveLength(1);
    expect((await list({}, providerB)).body.items).toEqual([]);
  });

  it('takes its caseworker’s time once, however many attend; nothing else of theirs may overlap it', async () => {
    for (const { referralId, allocationId } of at.people)
      await at.does(referralId, { allocationId }, assignCaseworker, { id: 'cw-lead', name: 'Jo' });
    const groupId = await at.planned();
    for (const person of at.people) expect(await at.join(groupId, person)).toMatchObject({ status: 200 });
    expect(await at.plan({ startsAt: thursday('11:00').toISOString() })).toMatchObject({ status: 409 });
    const alone = {
      purpose: 'session',
      session: 2,
      startsAt: thursday('11:00').toISOString(),
      durationMinutes: 60,
      mode: 'phone',
    };
    const params = { allocationId: at.person(0).allocationId };
    const clash = await at.call(bookAppointment, endpoints.bookAppointment, { params, body: alone });
    expect(clash).toMatchObject({
      status: 409,
      body: { errors: [{ pointer: '/startsAt' }, { pointer: '/startsAt' }] },
    });
    expect(await at.plan({ startsAt: thursday('11:30').toISOString() })).toMatchObject({ status: 201 });
  });
});

describe('L4: a seat in a group session', () => {
  it('is taken until there is none, and free again when somebody leaves or is withdrawn', async () => {
    const groupId = await at.planned({ places: 1 });
    const first = await at.join(groupId);
    expect(endpoints.bookAppointment.responses[200].safeParse(first.body).error).toBeUndefined();
    expect(first.body).toMatchObject({
      format: 'group',
      groupId,
      place,
      startsAt: group.startsAt,
      durationMinutes: 90,
    });
    expect(await at.join(groupId, at.person(1))).toMatchObject({
      status: 409,
      body: { errors: [{ pointer: '/groupId' }] },
    });
    expect((await at.read(groupId)).body).toMatchObject({
      seats: { taken: 1, free: 0 },
      attendees: [{ allocationId: at.person(0).allocationId, appointmentId: first.body.id }],
    });
    await at.call(cancelAppointment, endpoints.cancelAppointment, {
      params: { allocationId: at.person(0).allocationId, appointmentId: String(first.body.id) },
      body: { reason: 'Has work' },
      headers: { 'if-match': '"1"' },
    });
    expect(await at.join(groupId, at.person(1))).toMatchObject({ status: 200 });
    await at.does(at.person(1).referralId, { confidential: true }, withdrawReferral, { reason: 'moved' });
    expect(await at.seats(groupId)).toEqual({ taken: 0, free: 1 });
    expect(await at.latest(at.person(1))).toMatchObject({ status: 'cancelled' });
  });

  it('is in a group session of the provider’s own, by its id', async () => {
    const groupId = '11111111-1111-4111-8111-111111111111';
    expect(await at.join(groupId)).toMatchObject({ status: 422, body: { errors: [{ pointer: '/groupId' }] } });
    expect(await at.join('room-7')).toMatchObject({ status: 400 });
  });

  it('is given back by a pause, once the event has come, and is not taken again by resuming', async () => {
    const groupId = await at.planned();
    const { referralId } = at.person(0);
    await at.join(groupId);
    await at.does(referralId, {}, pauseReferral, { reason: 'recalled' });
    for (const _ of [1, 2]) await at.follows('referral.paused.v1');
    expect(await at.seats(groupId)).toEqual({ taken: 0, free: 2 });
    await at.does(referralId, {}, resumeReferral, {});
    expect(await at.latest(at.person(0))).toMatchObject({ status: 'cancelled' });
    expect(await at.join(groupId)).toMatchObject({ status: 200 });
  });
});

describe('L4: what becomes of a group session', () => {
  const friday10 = friday('10:00').toISOString();
  const both = async (groupId: string) => {
    for (const person of at.people) expect(await at.join(groupId, person)).toMatchObject({ status: 200 });
  };
  const happened = (referralId: string) =>
    at.memory.historyOf(referralId).map(({ type, sequence }) => [sequence, type]);

  it('each appointment in it follows, by one event in its own sequence, however often it is told', async () => {
    const groupId = await at.planned();
    await both(groupId);
    const before = at.people.map(({ referralId }) => happened(referralId).length);
    expect(await at.change(groupId, { startsAt: friday10, place: 'Room 9' })).toMatchObject({
      status: 202,
      body: { version: 2 },
    });
    for (const _ of [1, 2]) await at.follows('group-session.rescheduled.v1');
    for (const [index, person] of at.people.entries()) {
      expect(await at.latest(person)).toMatchObject({ startsAt: friday10, place: 'Room 9', status: 'booked' });
      const since = happened(person.referralId).slice(before[index]);
      expect(since.map(([, type]) => type)).toEqual(['appointment.rescheduled.v1', 'task.opened.v1']);
      expect(happened(person.referralId).map(([sequence]) => sequence)).toEqual(
        happened(person.referralId).map((_, n) => n + 1),
      );
    }
    expect(await at.seats(groupId)).toEqual({ taken: 2, free: 0 });
  });

  it('what the event did not bring about, the next minute does', async () => {
    const groupId = await at.planned();
    await both(groupId);
    await at.change(groupId, { startsAt: friday10 });
    const { referrals } = at.memory;
    const failing = {
      ...at.memory,
      referrals: { ...referrals, execute: async () => Promise.reject(new Error('busy')) },
    };
    const told = at.memory.entries.findLast(({ type }) => type === 'group-session.rescheduled.v1');
    const first = followGroupSessions({ ...failing, groupSessions: at.memory.groupSessions });
    await expect(first(busEvent(told) as never, lambdaContext)).rejects.toThrow('2 appointments');
    expect(await at.follows()).toEqual({ followed: 2 });
    expect(await at.follows()).toEqual({ followed: 0 });
    for (const person of at.people) expect(await at.latest(person)).toMatchObject({ startsAt: friday10 });
  });

  it('a follower whose time is up breaks off between two seats, and the next minute goes on', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    const groupId = await at.planned();
    await both(groupId);
    await at.change(groupId, { startsAt: friday10 });
    const { referrals, groupSessions } = at.memory;
    const execute: typeof referrals.execute = async (...command) => {
      vi.advanceTimersByTime(50_000);
      return referrals.execute(...command);
    };
    const slow = followGroupSessions({ groupSessions, referrals: { ...referrals, execute } });
    expect(await slow({} as never, lambdaContext)).toEqual({ followed: 1 });
    expect(await at.latest(at.person(1))).toMatchObject({ startsAt: group.startsAt });
    expect(await at.follows()).toEqual({ followed: 2 });
    for (const person of at.people) expect(await at.latest(person)).toMatchObject({ startsAt: friday10 });
    expect(await at.follows()).toEqual({ followed: 0 });
  });

  it('nobody is reminded of a time that it no longer has, nor of one that is cancelled', async () => {
    const groupId = await at.planned();
    await both(groupId);
    await at.change(groupId, { startsAt: friday10 });
    const reminded = () => at.memory.entries.filter(({ type }) => type === 'appointment.reminded.v1');
    const swept = async (now: Date) => {
      at.memory.now = now;
      const { failed } = await sweep(at.memory, new Metrics())({}, lambdaContext);
      expect(failed).toBe(0);
      return reminded().map(({ data }) => (data as { startsAt: string }).startsAt);
    };
    expect(await swept(wednesday('11:00'))).toEqual([]);
    await at.follows('group-session.rescheduled.v1');
    expect(await swept(wednesday('12:00'))).toEqual([]);
    expect(await swept(thursday('11:00'))).toEqual([friday10, friday10]);
  });

  it.each([
    ['swap times', [friday10, thursday('10:00').toISOString()]],
    ['make way for one another', [friday10, friday('14:00').toISOString()]],
  ])(
    'two that %s: nobody loses a seat by where an appointment still stands, whichever is told first',
    async (_, times) => {
      for (const first of [0, 1]) {
        at = await new Provider().works(north, south);
        const groups = [
          await at.planned({ places: 3 }),
          await at.planned({ startsAt: friday10, caseworkerId: 'cw-other', places: 3 }),
        ];
        for (const [index, groupId] of groups.entries()) await at.join(groupId, at.person(0), index + 1);
        const moved: string[] = [];
        for (const index of [1, 0]) {
          await at.change(groups[index] ?? '', { startsAt: times[index], caseworkerId: `cw-new-${index}` });
          moved[index] = groups[index] ?? '';
        }
        const told = (groupId: string | undefined) =>
          at.memory.entries.findLast(
            ({ type, data }) => type === 'group-session.rescheduled.v1' && data.groupId === groupId,
          );
        for (const index of [first, 1 - first])
          await followGroupSessions(at.memory)(busEvent(told(moved[index])) as never, lambdaContext);
        const { items } = (await at.appointments(at.person(0), providerA)).body;
        expect(items?.slice(-2)).toMatchObject(times.map((startsAt) => ({ startsAt, status: 'booked' })));
      }
    },
  );

  it('is cancelled, and each appointment with it', async () => {
    const groupId = await at.planned();
    await both(groupId);
    const cancelled = await at.call(cancelGroupSession, endpoints.cancelGroupSession, {
      params: { groupId },
      body: { reason: 'caseworker-unavailable' },
      headers: { 'if-match': '"1"' },
    });
    expect(cancelled).toMatchObject({ status: 202, body: { status: 'cancelled' } });
    await at.follows('group-session.cancelled.v1');
    for (const person of at.people) expect(await at.latest(person)).toMatchObject({ status: 'cancelled' });
    expect(await at.join(groupId)).toMatchObject({ status: 409 });
  });

  it.each([
    ['is ahead after the time that an appointment still has', friday10, thursday('10:30'), 1],
    [
      'has begun before the time that an appointment still has',
      wednesday('10:00').toISOString(),
      wednesday('10:30'),
      2,
    ],
  ])('one that %s: its own time says whose seat is given back', async (_, startsAt, now, taken) => {
    const groupId = await at.planned();
    await both(groupId);
    await at.change(groupId, { startsAt });
    at.memory.now = now;
    await at.does(at.person(0).referralId, { confidential: true }, withdrawReferral, { reason: 'moved' });
    expect(await at.seats(groupId)).toMatchObject({ taken });
  });

  it('one that is cancelled never begins: all seats are given back, however late they follow', async () => {
    const groupId = await at.planned();
    await both(groupId);
    await at.call(cancelGroupSession, endpoints.cancelGroupSession, {
      params: { groupId },
      body: { reason: 'other' },
      headers: { 'if-match': '"1"' },
    });
    at.memory.now = thursday('10:30');
    await at.follows();
    expect(await at.seats(groupId)).toMatchObject({ taken: 0 });
  });

  it('attendance is told for each alone; who attended stays known', async () => {
    const groupId = await at.planned();
    await both(groupId);
    at.memory.now = thursday('12:00');
    const { allocationId } = at.person(0);
    const told = await at.call(recordFeedback, endpoints.recordFeedback, {
      params: { allocationId, appointmentId: String((await at.latest(at.person(0))).id) },
      body: feedback({ attendance: 'late', rarDay: true }),
      headers: { 'if-match': '"1"' },
    });
    expect(told).toMatchObject({ status: 202, body: { status: 'held' } });
    expect(await at.latest(at.person(1))).toMatchObject({ status: 'booked', feedback: null });
    expect((await at.read(groupId)).body.attendees).toHaveLength(2);
  });
});

describe('L4, O14, O15: one who attends', () => {
  it('is told nothing of another: in no view, event, history or word that is kept of them', async () => {
    at.memory.now = monday('12:00');
    const groupId = await at.planned();
    for (const person of at.people) await at.join(groupId, person);
    await at.change(groupId, { startsAt: friday('10:00').toISOString() });
    await at.follows('group-session.rescheduled.v1');
    for (const [index, own] of at.people.entries()) {
      const other = at.person(1 - index);
      const organisation = own.of.replace('case-system', 'probation');
      const sessions = await at.call(listSessions, endpoints.listSessions, {
        as: own.of,
        params: { allocationId: own.allocationId },
      });
      const shown = await at.appointments(own, own.of);
      expect(shown.body.items?.at(-1)).toMatchObject({ format: 'group', groupId: null, place });
      expect(sessions.body.items?.[0]).toMatchObject({ appointment: { format: 'group', groupId: null } });
      const fed = at.memory.entries.filter(({ audience }) => audience.includes(organisation));
      const words = [...at.memory.written].filter(([key]) => key.startsWith(own.referralId));
      const everything = JSON.stringify([shown, sessions, fed, at.memory.historyOf(own.referralId), words]);
      const appointment = await at.latest(other);
      for (const secret of [
        other.crn,
        other.referralId,
        other.allocationId,
        String(appointment.id),
        `ref-${other.crn}`,
      ])
        expect(everything).not.toContain(secret);
      // Nor in which group, nor what it is about.
      for (const secret of [groupId, 'O14']) expect(everything).not.toContain(secret);
      expect(await at.appointments(other, own.of)).toMatchObject({ status: 404 });
    }
    const ofGroup = at.memory.entries.filter(({ type }) => type.startsWith('group-session.'));
    expect(ofGroup.map(({ audience }) => audience)).toEqual([['provider-a'], ['provider-a']]);
    for (const { crn, referralId } of at.people)
      for (const secret of [crn, referralId, place]) expect(JSON.stringify(ofGroup)).not.toContain(secret);
  });
});
