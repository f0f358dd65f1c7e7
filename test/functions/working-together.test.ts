import '../builders/function-environment.ts';
import { addDays } from 'date-fns';
import { describe, expect, it } from 'vitest';
import { bookAppointment } from '../../functions/api/book-appointment.ts';
import { cancelAppointment } from '../../functions/api/cancel-appointment.ts';
import { changeAppointment } from '../../functions/api/change-appointment.ts';
import { getAllocation } from '../../functions/api/get-allocation.ts';
import { getTask } from '../../functions/api/get-task.ts';
import { listAppointments } from '../../functions/api/list-appointments.ts';
import { listServices } from '../../functions/api/list-services.ts';
import { recordFeedback } from '../../functions/api/record-feedback.ts';
import { respondToTask } from '../../functions/api/respond-to-task.ts';
import { sendReferral } from '../../functions/api/send-referral.ts';
import { endpoints } from '../../shared/contracts/routes/index.ts';
import { answerPlanApproval, draftPlan, submitPlan } from '../../shared/domain/commands/action-plan.ts';
import { answerOffer } from '../../shared/domain/commands/answer-offer.ts';
import { withdrawReferral } from '../../shared/domain/commands/change-referral.ts';
import { confirmComplexity, recommendComplexity } from '../../shared/domain/commands/complexity.ts';
import { makeOffers } from '../../shared/domain/commands/make-offers.ts';
import { completeDelivery } from '../../shared/domain/commands/provide-service.ts';
import type { Decide } from '../../shared/domain/decision.ts';
import type { TaskType } from '../../shared/domain/task-types.ts';
import { providerAccessDays } from '../../shared/domain/views/referral-view.ts';
import { Memory } from '../builders/memory.ts';
import { aReferral } from '../builders/referral-facts.ts';
import { serviceOf } from '../builders/services.ts';
import { anAssessment, feedback } from '../builders/story.ts';
import { tuesday, wednesday } from '../builders/times.ts';
import { type Answered, ask, registered } from './request.ts';

const provider = { as: 'system-of-a' };

/** A referral that provider A has accepted, over the functions that both sides use from then on. */
class Allocation {
  readonly memory = registered(new Memory());
  referralId = '';

  get params() {
    return { allocationId: [...this.memory.allocationsById.keys()][0] ?? '' };
  }

  taskOf(type: TaskType): string {
    return [...this.memory.taskRecords.values()].findLast((task) => task.type === type)?.id ?? '';
  }

  does<C>(decide: Decide<C>, command: C) {
    const scope = { confidential: true, ...(this.params.allocationId ? this.params : {}) };
    const by = { organisation: 'provider-a', client: 'system-of-a' };
    return this.memory.referrals.execute(this.referralId, scope, (...given) => decide(given[0], command, given[1]), {
      by,
    });
  }

  async accepted(): Promise<this> {
    const headers = { 'idempotency-key': 'sent' };
    const sent = await ask(sendReferral(this.memory), endpoints.sendReferral, { body: aReferral(), headers });
    this.referralId = String(sent.body.id);
    await this.does(recommendComplexity, {});
    const needs = [{ need: 'accommodation' as const, level: 'medium' as const }];
    await this.does(confirmComplexity, { taskId: this.taskOf('complexity-confirmation'), needs });
    await this.does(makeOffers, { services: [serviceOf('provider-a')] });
    await this.does(answerOffer, { taskId: this.taskOf('offer'), answer: { decision: 'accepted' } });
    return this;
  }

  async booked(day = tuesday('10:00')): Promise<Answered> {
    return ask(bookAppointment(this.memory), endpoints.bookAppointment, {
      ...provider,
      params: this.params,
      body: { ...anAssessment(day), place: 'The library' },
      headers: { 'idempotency-key': `booked-${day.toISOString()}` },
    });
  }

  appointments = (as: string) =>
    ask(listAppointments(this.memory), endpoints.listAppointments, { as, params: this.params });
}

describe('L4: an appointment, between the provider and the practitioner', () => {
  it('is cancelled for both by a withdrawal before it', async () => {
    const allocation = await new Allocation().accepted();
    await allocation.booked();
    await allocation.does(withdrawReferral, { reason: 'moved' });
    for (const as of ['north-case-system', 'system-of-a']) {
      expect((await allocation.appointments(as)).body.items).toMatchObject([{ status: 'cancelled' }]);
    }
  });

  it('keeps its place when it moves; under one key the reply is the same whatever version is named', async () => {
    const allocation = await new Allocation().accepted();
    const { body } = await allocation.booked();
    const moves = (version: string) =>
      ask(changeAppointment(allocation.memory), endpoints.changeAppointment, {
        ...provider,
        params: { ...allocation.params, appointmentId: String(body.id) },
        body: { startsAt: wednesday('10:00').toISOString(), reason: 'She is ill', requestedBy: 'person' },
        headers: { 'if-match': version, 'idempotency-key': 'moved' },
      });
    const moved = await moves('"1"');
    expect(moved).toMatchObject({ status: 200, body: { place: 'The library', startsAt: '2026-06-17T10:00:00.000Z' } });
    expect(await moves('"2"')).toEqual(moved);
  });

  it('is listed with its notes and concern to both, and without them to operations', async () => {
    const allocation = await new Allocation().accepted();
    const { body } = await allocation.booked();
    allocation.memory.now = wednesday('09:00');
    const concern = { kind: 'safety' as const, text: 'Spoke of a knife' };
    await ask(recordFeedback(allocation.memory), endpoints.recordFeedback, {
      ...provider,
      params: { ...allocation.params, appointmentId: String(body.id) },
      body: feedback({ concern }),
      headers: { 'if-match': '"1"' },
    });
    for (const as of ['system-of-a', 'north-case-system']) {
      const shown = await allocation.appointments(as);
      expect(endpoints.listAppointments.responses[200].safeParse(shown.body).error).toBeUndefined();
      expect(shown.body.items).toMatchObject([{ place: 'The library', feedback: { notes: 'Came on time', concern } }]);
    }
    const toOperations = JSON.stringify(await allocation.appointments('operations-console'));
    for (const word of ['library', 'Came on time', 'knife']) expect(toOperations).not.toContain(word);
  });

  it('that is cancelled says why to both, and to operations only the code', async () => {
    const allocation = await new Allocation().accepted();
    const { body } = await allocation.booked();
    const why = { requestedBy: 'person', reasonCode: 'work-or-caring' };
    const cancelled = await ask(cancelAppointment(allocation.memory), endpoints.cancelAppointment, {
      ...provider,
      params: { ...allocation.params, appointmentId: String(body.id) },
      body: { ...why, reason: 'Her daughter is ill' },
      headers: { 'if-match': '"1"' },
    });
    const cancellation = { at: expect.any(String), ...why, reason: 'Her daughter is ill' };
    expect(cancelled).toMatchObject({ status: 200, body: { status: 'cancelled', cancellation } });
    const shown = await allocation.appointments('north-case-system');
    expect(endpoints.listAppointments.responses[200].safeParse(shown.body).error).toBeUndefined();
    expect(shown.body.items).toMatchObject([{ cancellation }]);
    const toOperations = JSON.stringify(await allocation.appointments('operations-console'));
    expect(toOperations).toContain('work-or-caring');
    expect(toOperations).not.toContain('daughter');
  });
});

describe('L4: a person who does not come', () => {
  const missedTwice = async (): Promise<Allocation> => {
    const allocation = await new Allocation().accepted();
    for (const day of [tuesday('10:00'), wednesday('10:00')]) {
      allocation.memory.now = day;
      const { body } = await allocation.booked(day);
      await ask(recordFeedback(allocation.memory), endpoints.recordFeedback, {
        ...provider,
        params: { ...allocation.params, appointmentId: String(body.id) },
        body: feedback({ attendance: 'no' }),
        headers: { 'if-match': '"1"' },
      });
    }
    return allocation;
  };
  const answering = (allocation: Allocation, as: string, body: object) =>
    ask(respondToTask(allocation.memory), endpoints.respondToTask, {
      as,
      params: { taskId: allocation.taskOf('non-engagement') },
      body,
    });

  it("is the practitioner's task, with what was missed; operations see it, the provider is told by an event", async () => {
    const allocation = await missedTwice();
    const taskId = allocation.taskOf('non-engagement');
    const read = (as: string) => ask(getTask(allocation.memory), endpoints.getTask, { as, params: { taskId } });
    const shown = await read('north-case-system');
    expect(endpoints.getTask.responses[200].safeParse(shown.body).error).toBeUndefined();
    expect(shown.body).toMatchObject({ owner: 'practitioner', subject: { missed: [{}, {}] } });
    expect(await read('operations-console')).toMatchObject({ status: 200 });
    for (const other of ['south-case-system', 'system-of-a', 'system-of-b'])
      expect(await read(other)).toMatchObject({ status: 404 });
    const told = allocation.memory.entries.find(({ type }) => type === 'non-engagement.raised.v1');
    expect(told?.audience).toEqual(['north-probation', 'provider-a']);
  });

  it('is decided about once: the same answer gets the same reply, another is refused', async () => {
    const allocation = await missedTwice();
    const answer = { decision: 'continue', reason: 'secret-reason' };
    const first = await answering(allocation, 'north-case-system', answer);
    expect(first).toMatchObject({ status: 202, body: { status: 'answered', answer } });
    expect(await answering(allocation, 'north-case-system', answer)).toEqual(first);
    expect(await answering(allocation, 'north-case-system', { ...answer, decision: 'end' })).toMatchObject({
      status: 409,
    });
    expect(await answering(allocation, 'operations-console', answer)).toMatchObject({ status: 403 });
    expect(await answering(allocation, 'system-of-a', answer)).toMatchObject({ status: 404 });
    expect(JSON.stringify(allocation.memory.entries)).not.toContain('secret-reason');
  });

  it('and may end it: with nothing delivered the referral concludes', async () => {
    const allocation = await missedTwice();
    await answering(allocation, 'north-case-system', { decision: 'end', reason: 'Has moved away' });
    const { referral } = allocation.memory.roots.get(allocation.referralId) ?? {};
    expect(referral?.conclusion).toMatchObject({ endState: 'cancelled', endReason: 'not-engaged' });
  });
});

describe('T4: a returned plan', () => {
  it.each([
    ['', 'action-plan', []],
    [' of an assessment first, where none was held after all (T2)', 'supplier-assessment', ['no']],
  ] as const)('tells the provider why, in its new task%s, and operations not', async (_, asked, corrected) => {
    const allocation = await new Allocation().accepted();
    const { body } = await allocation.booked();
    allocation.memory.now = wednesday('09:00');
    const tells = (attendance: 'yes' | 'no', version: number) =>
      ask(recordFeedback(allocation.memory), endpoints.recordFeedback, {
        ...provider,
        params: { ...allocation.params, appointmentId: String(body.id) },
        body: feedback({ attendance }),
        headers: { 'if-match': `"${version}"` },
      });
    await tells('yes', 1);
    await allocation.does(draftPlan, { sessions: 2, activities: [] });
    await allocation.does(submitPlan, {});
    for (const attendance of corrected) expect(await tells(attendance, 2)).toMatchObject({ status: 202 });
    const answer = { decision: 'returned' as const, reason: 'Too few sessions' };
    await allocation.does(answerPlanApproval, { taskId: allocation.taskOf('action-plan-approval'), answer });
    const read = (as: string) =>
      ask(getTask(allocation.memory), endpoints.getTask, { as, params: { taskId: allocation.taskOf(asked) } });
    expect((await read('system-of-a')).body.subject).toEqual({ returnedFor: 'Too few sessions' });
    expect((await read('operations-console')).body.subject).toEqual({});
  });
});

describe('Rule 9: a provider, after its part has ended', () => {
  it('sees its allocation for 90 days; the practitioner as long as it is kept', async () => {
    const allocation = await new Allocation().accepted();
    await allocation.does(completeDelivery, { reason: 'moved' });
    const read = (as: string) =>
      ask(getAllocation(allocation.memory), endpoints.getAllocation, { as, params: allocation.params });
    expect(await read('system-of-a')).toMatchObject({ status: 200 });
    allocation.memory.now = addDays(allocation.memory.now, providerAccessDays);
    expect(await read('system-of-a')).toMatchObject({ status: 404 });
    expect(await allocation.booked()).toMatchObject({ status: 404 });
    expect(await read('north-case-system')).toMatchObject({ status: 200 });
  });
});

describe('O3: the directory', () => {
  const memory = registered(new Memory())
    .offer(serviceOf('homes', { needs: ['accommodation'] }))
    .offer(serviceOf('womens-homes', { needs: ['womens-accommodation'], cohort: 'women' }));
  memory.offer(serviceOf('mens-minds', { needs: ['emotional-wellbeing'], sexes: ['male'], areas: ['gwent'] }));
  const search = async (query: Record<string, string>): Promise<Answered> =>
    ask(listServices(memory), endpoints.listServices, { query });
  const ids = ({ body }: Answered) => body.items?.map(({ id }) => id);
  const area = String(serviceOf('homes').areas[0]);

  it("for a woman a women's service covers the general need too (E6)", async () => {
    expect(ids(await search({ need: 'accommodation', sex: 'female' }))).toEqual([
      'service-of-homes',
      'service-of-womens-homes',
    ]);
    expect(ids(await search({ need: 'accommodation', sex: 'male' }))).toEqual(['service-of-homes']);
    expect(ids(await search({ need: 'accommodation' }))).toEqual(['service-of-homes']);
  });

  it('has what is for men only for men, and for whom nothing is said of', async () => {
    const need = 'emotional-wellbeing';
    expect(ids(await search({ need, sex: 'male' }))).toEqual(['service-of-mens-minds']);
    expect(ids(await search({ need }))).toEqual(['service-of-mens-minds']);
    expect(ids(await search({ need, sex: 'female' }))).toEqual([]);
  });

  it('goes on after the service that a cursor names, also when that one has gone meanwhile', async () => {
    const first = await search({ area, limit: '1' });
    const cursor = String(first.body.cursor);
    memory.services.delete('service-of-homes');
    expect(ids(await search({ area, cursor }))).toEqual(['service-of-womens-homes']);
    expect(await search({ area, cursor: '!' })).toMatchObject({ status: 400 });
  });
});
