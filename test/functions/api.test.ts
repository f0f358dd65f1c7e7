import '../builders/function-environment.ts';
import { describe, expect, it } from 'vitest';
import { amendReferral } from '../../functions/api/amend-referral.ts';
import { assignCaseworker } from '../../functions/api/assign-caseworker.ts';
import { bookAppointment } from '../../functions/api/book-appointment.ts';
import { checkEligibility } from '../../functions/api/check-eligibility.ts';
import { getReferral } from '../../functions/api/get-referral.ts';
import { getReferralHistory } from '../../functions/api/get-referral-history.ts';
import { getTask } from '../../functions/api/get-task.ts';
import { listEvents } from '../../functions/api/list-events.ts';
import { listReferrals } from '../../functions/api/list-referrals.ts';
import { listTasks } from '../../functions/api/list-tasks.ts';
import { putService } from '../../functions/api/put-service.ts';
import { redrive } from '../../functions/api/redrive.ts';
import { republish } from '../../functions/api/republish.ts';
import { respondToTask } from '../../functions/api/respond-to-task.ts';
import { sendReferral } from '../../functions/api/send-referral.ts';
import { stateAvailability } from '../../functions/api/state-availability.ts';
import { handler as unknownRoute } from '../../functions/api/unknown-route.ts';
import { withdrawReferral } from '../../functions/api/withdraw-referral.ts';
import { endpoints } from '../../shared/contracts/routes/index.ts';
import { recommendComplexity } from '../../shared/domain/commands/complexity.ts';
import { keepClocks } from '../../shared/domain/commands/keep-clocks.ts';
import { makeOffers } from '../../shared/domain/commands/make-offers.ts';
import type { Decide } from '../../shared/domain/decision.ts';
import type { Service } from '../../shared/domain/service.ts';
import type { TaskType } from '../../shared/domain/task-types.ts';
import { Memory } from '../builders/memory.ts';
import { aNeed, aReferral } from '../builders/referral-facts.ts';
import { descriptionOf, serviceOf } from '../builders/services.ts';
import { anAssessment } from '../builders/story.ts';
import { type Answered, type Asking, ask, registered } from './request.ts';

/** The service as one case system and its providers use it, function by function. */
class Deployment {
  readonly memory = registered(new Memory());
  referralId = '';

  async send(facts: object = aReferral(), key = 'key-1', asking: Asking = {}): Promise<Answered> {
    const answered = await ask(sendReferral(this.memory), endpoints.sendReferral, {
      body: facts,
      headers: { 'idempotency-key': key },
      ...asking,
    });
    this.referralId ||= String(answered.body.id ?? '');
    return answered;
  }

  read = (as = 'north-case-system'): Promise<Answered> =>
    ask(getReferral(this.memory), endpoints.getReferral, { as, params: { referralId: this.referralId } });

  withdraw = (headers: Record<string, string>, body: object = { reason: 'moved' }, as = 'north-case-system') =>
    ask(withdrawReferral(this.memory), endpoints.withdrawReferral, {
      as,
      params: { referralId: this.referralId },
      body,
      headers,
    });

  respond = (taskId: string, body: unknown, as = 'north-case-system') =>
    ask(respondToTask(this.memory), endpoints.respondToTask, { as, params: { taskId }, body });

  taskOf(type: TaskType): string {
    const task = [...this.memory.taskRecords.values()].findLast((one) => one.type === type);
    if (!task) throw new Error(`there is no ${type}`);
    return task.id;
  }

  /** What the system does by itself. */
  system<C>(decide: Decide<C>, command: C) {
    return this.memory.referrals.execute(
      this.referralId,
      { confidential: true },
      (state, context) => decide(state, command, context),
      { by: { organisation: 'system', client: 'referral-lifecycle' } },
    );
  }

  async offered(): Promise<this> {
    await this.send();
    await this.system(recommendComplexity, {});
    const needs = [{ need: 'accommodation', level: 'medium' }];
    await this.respond(this.taskOf('complexity-confirmation'), { needs });
    await this.system(makeOffers, { services: [serviceOf('provider-a')] });
    return this;
  }

  async accepted(): Promise<this> {
    await this.offered();
    await this.respond(this.taskOf('offer'), { decision: 'accepted' }, 'system-of-a');
    return this;
  }

  get allocationId(): string {
    return [...this.memory.allocationsById.keys()][0] ?? '';
  }
}

describe('Sending a referral (L1)', () => {
  it('is accepted, with where it is and its version', async () => {
    const service = new Deployment();
    const { status, headers, body } = await service.send();
    expect(status).toBe(202);
    expect(headers).toMatchObject({ location: `/v1/referrals/${body.id}`, etag: '"1"' });
    expect(body).toMatchObject({ crn: 'X320741', stage: 'complexity-allocation', openTasks: [] });
    expect(endpoints.sendReferral.responses[202].safeParse(body).error).toBeUndefined();
  });

  it('again under its key gives the same reply and no second referral; another body is refused', async () => {
    const service = new Deployment();
    const first = await service.send();
    const again = await service.send();
    expect(again).toEqual(first);
    expect(service.memory.roots.size).toBe(1);
    expect(await service.send(aReferral().with({ area: 'lancashire' }))).toMatchObject({ status: 422 });
  });

  it('by another client under the same key is another referral, and its possible duplicate is reported', async () => {
    const service = new Deployment();
    await service.send();
    const other = await service.send(aReferral(), 'key-1', { as: 'south-case-system' });
    expect(other.body.possibleDuplicates).toMatchObject([{ id: service.referralId }]);
  });

  it('that is not eligible is refused with every rule per need, and nothing is kept', async () => {
    const service = new Deployment();
    const { status, body } = await service.send(
      aReferral().with({ sentence: { requirements: ['curfew'], rarDays: null } }),
    );
    expect(status).toBe(422);
    expect(body).toMatchObject({
      type: '/problems/ineligible',
      needs: [{ failed: [{ rule: 'E1' }, { rule: 'E2', fields: ['/sentence/requirements'] }] }],
    });
    expect(service.memory.roots.size).toBe(0);
  });
});

describe('Asking what would be open (E1–E6, O3)', () => {
  const open = { places: 10, free: 10, waiting: 0, status: 'available' };
  const asked = async (facts: object, as = 'court-reports') => {
    const { memory } = new Deployment();
    memory.offer(serviceOf('provider-a', { free: 0 }));
    memory.offer(serviceOf('provider-b', { maximumAge: 25 }));
    memory.offer(serviceOf('womens', { cohort: 'women', suitability: '' }));
    memory.offer(serviceOf('far', { areas: ['gwent'] }));
    const { status, body } = await ask(checkEligibility(memory), endpoints.checkEligibility, { as, body: facts });
    expect(endpoints.checkEligibility.responses[200].safeParse(body).error).toBeUndefined();
    expect(status).toBe(200);
    return endpoints.checkEligibility.responses[200].parse(body);
  };
  const ofAMan = () =>
    aReferral().with({ person: { sex: 'male' }, needs: [aNeed('accommodation', { followedBy: null })] });

  it.each(['court-reports', 'north-case-system'])(
    'tells %s where, with which places, and why not elsewhere',
    async (as) => {
      const { result, needs } = await asked(ofAMan(), as);
      expect(result).toBe('eligible');
      expect(needs).toEqual([
        {
          need: 'accommodation',
          result: 'eligible',
          failed: [],
          missing: [],
          followedBy: null,
          complexity: expect.objectContaining({ recommended: null, atMost: 'high', reasons: [] }),
          openIn: null,
          missingForServices: [],
          services: [
            {
              id: 'service-of-provider-a',
              name: 'Service service-of-provider-a',
              provider: { id: 'provider-a', name: 'provider-a' },
              availability: { places: 0, free: 0, waiting: 0, status: 'full' },
              cohort: 'general',
              contract: { opens: '2025-04-01', closes: null },
              suitability: 'Anyone who needs it',
            },
          ],
          notOpen: [
            {
              id: 'service-of-provider-b',
              name: 'Service service-of-provider-b',
              provider: { id: 'provider-b', name: 'provider-b' },
              reasons: [{ code: 'age', detail: 'It takes people from 18 up to 25; the person is 36.' }],
            },
            {
              id: 'service-of-womens',
              name: 'Service service-of-womens',
              provider: { id: 'womens', name: 'womens' },
              reasons: [{ code: 'cohort', detail: 'It is for women only.' }],
            },
          ],
        },
      ]);
    },
  );

  it('E6: shows a woman the women’s services first, and says when they are that', async () => {
    const { needs } = await asked(aReferral());
    const [first, ...others] = needs[0]?.services ?? [];
    expect(first).toMatchObject({ id: 'service-of-womens', cohort: 'women', availability: open });
    expect(first).not.toHaveProperty('suitability');
    expect(others.map(({ cohort }) => cohort)).toEqual(['general']);
  });

  it('E5: says which areas the dated list opens, and lists no service for a need that is refused', async () => {
    const { needs } = await asked({
      ...ofAMan(),
      needs: [aNeed('finance-benefit-debt'), aNeed('dependency-recovery')],
    });
    expect(needs).toMatchObject([
      { result: 'refused', failed: [{ rule: 'E5', fields: ['/area', '/needs/0/need'] }], services: [], notOpen: [] },
      { result: 'eligible', services: [{ id: 'service-of-provider-a' }] },
    ]);
    expect(needs[0]?.openIn).toEqual(expect.arrayContaining(['gwent', 'hampshire', 'metropolitan-police']));
    expect(needs[1]?.openIn).toEqual(expect.arrayContaining(['west-yorkshire', 'durham']));
  });

  it('without an area refuses nothing, lists nothing, and says what it would have to know', async () => {
    const { result, needs } = await asked(ofAMan().with({ area: null }));
    expect(result).toBe('eligible');
    expect(needs).toMatchObject([{ missing: [], missingForServices: ['/area'], services: [], notOpen: [] }]);
  });

  it('E3: says which primary intervention follows', async () => {
    const support = { reason: 'supports-engagement-with-primary', followedBy: 'accredited-programme' } as const;
    const { needs } = await asked(ofAMan().with({ needs: [aNeed('accommodation', support)] }));
    expect(needs).toMatchObject([{ result: 'eligible', followedBy: 'accredited-programme' }]);
  });

  it('with facts that contradict each other is refused, with every fact that takes part', async () => {
    const facts = aReferral().with({ sentence: { requirements: [] }, needs: [aNeed(), aNeed()] });
    const { status, body } = await ask(checkEligibility(registered(new Memory())), endpoints.checkEligibility, {
      as: 'court-reports',
      body: facts,
    });
    expect(status).toBe(422);
    expect(body.errors).toMatchObject([
      { rule: 'E1', fields: ['/sentence/rarDays', '/sentence/requirements'] },
      { rule: 'L1', fields: ['/needs/1/need', '/needs/0/need'] },
    ]);
  });
});

describe('Changing a referral', () => {
  it('needs the version that was read; a stale one changes nothing', async () => {
    const service = new Deployment();
    await service.send();
    expect(await service.withdraw({})).toMatchObject({ status: 428 });
    expect(await service.withdraw({ 'if-match': '"99"' })).toMatchObject({ status: 412 });
    expect(service.memory.historyOf(service.referralId)).toHaveLength(1);
    const { status, headers, body } = await service.withdraw({ 'if-match': '"1"' });
    expect([status, body.stage, headers.etag]).toEqual([202, 'concluded', `"${body.version}"`]);
  });

  it('is for the case system that sent it: to anyone else it does not exist', async () => {
    const service = new Deployment();
    await service.send();
    expect(await service.withdraw({ 'if-match': '"1"' }, undefined, 'south-case-system')).toMatchObject({
      status: 404,
    });
    expect(await service.withdraw({ 'if-match': '"1"' }, undefined, 'system-of-a')).toMatchObject({ status: 403 });
  });

  it('with the reason "other" needs words', async () => {
    const service = new Deployment();
    await service.send();
    const { body } = await service.withdraw({ 'if-match': '"1"' }, { reason: 'other' });
    expect(body.errors).toMatchObject([{ pointer: '/text' }]);
  });

  it('that has concluded is refused as that', async () => {
    const service = new Deployment();
    await service.send();
    const { headers } = await service.withdraw({ 'if-match': '"1"' });
    const again = await service.withdraw({ 'if-match': String(headers.etag) });
    expect(again).toMatchObject({ status: 409, body: { type: '/problems/referral-already-concluded' } });
  });

  it('lists every fault of an amendment as a rule refuses it', async () => {
    const service = new Deployment();
    await service.send();
    const { status, body } = await ask(amendReferral(service.memory), endpoints.amendReferral, {
      params: { referralId: service.referralId },
      headers: { 'if-match': '"1"' },
      body: {
        changes: {
          complexity: [{ need: 'accommodation', level: 'high', reason: 'x' }],
          needs: [{ need: 'dependency-recovery' }],
        },
        reason: 'x',
      },
    });
    expect(status).toBe(422);
    expect(body.errors).toHaveLength(2);
  });
});

describe('Reading a referral (rule 9)', () => {
  it('is for its sender and for operations, each with its own view; to others it does not exist', async () => {
    const service = new Deployment();
    await service.send();
    expect((await service.read()).body).toMatchObject({ crn: 'X320741', reasonForReferral: expect.any(String) });
    const operations = await service.read('operations-console');
    expect(operations.body).toMatchObject({ attention: null, executions: [{ machine: 'referral-lifecycle' }] });
    expect(operations.body).not.toHaveProperty('person');
    expect(await service.read('south-case-system')).toMatchObject({ status: 404 });
    expect(await service.read('system-of-a')).toMatchObject({ status: 404 });
    expect(await service.read('court-reports')).toMatchObject({ status: 403 });
  });

  it('by a provider shows what its offer lets it know', async () => {
    const service = await new Deployment().offered();
    expect((await service.read('system-of-a')).body).toMatchObject({ standing: 'offered', ageBand: '35-44' });
    expect(await service.read('system-of-b')).toMatchObject({ status: 404 });
    await service.respond(service.taskOf('offer'), { decision: 'declined', reason: 'other' }, 'system-of-a');
    const past = await service.read('system-of-a');
    expect(past.body).toMatchObject({ standing: 'past', answers: [{ answer: 'declined' }] });
    expect(past.body).not.toHaveProperty('area');
  });

  it('has a version for those whose own it is: what others answer is not to be told by asking again', async () => {
    const service = await new Deployment().offered();
    expect((await service.read('system-of-a')).headers).not.toHaveProperty('etag');
    await service.respond(service.taskOf('offer'), { decision: 'declined', reason: 'other' }, 'system-of-a');
    expect((await service.read('system-of-a')).headers).not.toHaveProperty('etag');
    const accepting = await new Deployment().offered();
    await accepting.respond(accepting.taskOf('offer'), { decision: 'accepted' }, 'system-of-a');
    const { headers, body } = await accepting.read('system-of-a');
    expect(headers.etag).toBe(`"${body.version}"`);
  });

  it('in a list, a provider finds no CRN that it is not told', async () => {
    const service = await new Deployment().offered();
    const list = (query: Record<string, string>) =>
      ask(listReferrals(service.memory), endpoints.listReferrals, { as: 'system-of-a', query });
    expect((await list({})).body.items).toMatchObject([{ standing: 'offered' }]);
    expect((await list({ crn: 'X320741' })).body.items).toEqual([]);
  });

  it('its history shows who acted to their own organisation only', async () => {
    const service = await new Deployment().accepted();
    const history = (as: string) =>
      ask(getReferralHistory(service.memory), endpoints.getReferralHistory, {
        as,
        params: { referralId: service.referralId },
      });
    const own = (await history('north-case-system')).body.items ?? [];
    expect(own.map(({ sequence }) => sequence)).toEqual(own.map((_, index) => index + 1));
    expect(own.find(({ type }) => type === 'offer.accepted.v1')?.by).toEqual({
      organisation: 'provider-a',
      client: '',
    });
    const providers = (await history('system-of-a')).body.items ?? [];
    expect(providers.map(({ type }) => type)).not.toContain('referral.sent.v1');
  });

  it('its events tell a provider no CRN before it accepts', async () => {
    const service = await new Deployment().accepted();
    const { body } = await ask(listEvents(service.memory), endpoints.listEvents, { as: 'system-of-a' });
    const crnOf = (type: string) => body.items?.find((event) => event.type === type)?.crn;
    expect(crnOf('offer.made.v1')).toBeNull();
    expect(crnOf('allocation.started.v1')).toBe('X320741');
  });
});

describe('Answering a task: the callback (rule 3)', () => {
  it('given twice alike has one effect and one reply; given differently it is refused', async () => {
    const service = await new Deployment().offered();
    const taskId = service.taskOf('offer');
    const first = await service.respond(taskId, { decision: 'accepted' }, 'system-of-a');
    const events = service.memory.historyOf(service.referralId).length;
    expect(first).toMatchObject({ status: 202, body: { status: 'answered', answer: { decision: 'accepted' } } });
    expect(await service.respond(taskId, { decision: 'accepted' }, 'system-of-a')).toEqual(first);
    const other = await service.respond(taskId, { decision: 'declined', reason: 'other' }, 'system-of-a');
    expect(other).toMatchObject({ status: 409, body: { type: '/problems/already-answered-differently' } });
    expect(service.memory.historyOf(service.referralId)).toHaveLength(events);
  });

  it('is for its owner: another provider finds nothing, and operations may look but not answer', async () => {
    const service = await new Deployment().offered();
    const taskId = service.taskOf('offer');
    expect(await service.respond(taskId, { decision: 'accepted' }, 'system-of-b')).toMatchObject({ status: 404 });
    expect(await service.respond(taskId, { decision: 'accepted' })).toMatchObject({ status: 404 });
    expect(await service.respond(taskId, { decision: 'accepted' }, 'operations-console')).toMatchObject({
      status: 403,
    });
    const look = await ask(getTask(service.memory), endpoints.getTask, {
      as: 'operations-console',
      params: { taskId },
    });
    expect(look.body).toMatchObject({ type: 'offer', answer: null, subject: { sex: null, ageBand: null } });
  });

  it('after its deadline is told so, before and after the sweeper has seen it', async () => {
    const service = await new Deployment().offered();
    const taskId = service.taskOf('offer');
    service.memory.now = new Date('2026-06-18T09:00:00Z');
    const lapsed = { status: 409, body: { type: '/problems/task-lapsed' } };
    expect(await service.respond(taskId, { decision: 'accepted' }, 'system-of-a')).toMatchObject(lapsed);
    await service.system(keepClocks, { taskId });
    expect(await service.respond(taskId, { decision: 'accepted' }, 'system-of-a')).toMatchObject(lapsed);
  });

  it('that a withdrawal has overtaken is no longer open', async () => {
    const service = await new Deployment().offered();
    const { headers } = await service.read();
    await service.withdraw({ 'if-match': String(headers.etag) });
    const late = await service.respond(service.taskOf('offer'), { decision: 'accepted' }, 'system-of-a');
    expect(late).toMatchObject({ status: 409, body: { type: '/problems/task-no-longer-open' } });
  });

  it('of the wrong shape lists every fault, by the type that the task has', async () => {
    const service = await new Deployment().offered();
    const { status, body } = await service.respond(
      service.taskOf('offer'),
      { decision: 'declined', reason: 'too far', colour: 'red' },
      'system-of-a',
    );
    expect(status).toBe(400);
    expect(body.errors?.map(({ pointer }) => pointer).sort()).toEqual(['/colour', '/reason']);
  });

  it('that names a service by hand is refused where there is none, and the task stays open for another', async () => {
    const service = new Deployment();
    await service.send();
    await service.system(recommendComplexity, {});
    const needs = [{ need: 'accommodation', level: 'medium' }];
    await service.respond(service.taskOf('complexity-confirmation'), { needs });
    await service.system(makeOffers, { services: [] });
    service.memory.offer(serviceOf('far'));
    const taskId = service.taskOf('manual-allocation');
    const choose = (serviceId: string) =>
      service.respond(taskId, { serviceId, reason: 'Agreed by telephone' }, 'operations-console');
    const said = service.memory.historyOf(service.referralId).length;
    expect(await choose('service-of-fra')).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/serviceId', rule: 'L3' }] },
    });
    expect(service.memory.historyOf(service.referralId)).toHaveLength(said);
    const chosen = await choose('service-of-far');
    expect(chosen).toMatchObject({ status: 202, body: { status: 'answered' } });
    service.memory.services.clear();
    expect(await choose('service-of-far')).toEqual(chosen);
  });

  it('that the allocation answers by its own commands is not answered here', async () => {
    const service = await new Deployment().accepted();
    const answered = await service.respond(service.taskOf('supplier-assessment'), {}, 'system-of-a');
    expect(answered).toMatchObject({ status: 409, body: { type: '/problems/not-possible-now' } });
  });

  it('of what does not exist is not found', async () =>
    expect(await new Deployment().respond(crypto.randomUUID(), { decision: 'accepted' }, 'system-of-a')).toMatchObject({
      status: 404,
    }));

  it('lists to each organisation its own, and to operations everyone’s', async () => {
    const service = await new Deployment().offered();
    const list = async (as: string) =>
      (await ask(listTasks(service.memory), endpoints.listTasks, { as })).body.items?.map(({ type }) => type);
    expect(await list('system-of-a')).toEqual(['offer']);
    expect(await list('system-of-b')).toEqual([]);
    expect(await list('operations-console')).toEqual(['offer']);
  });
});

describe('Work on an allocation', () => {
  const booking = (service: Deployment, asking: Asking = {}) =>
    ask(bookAppointment(service.memory), endpoints.bookAppointment, {
      as: 'system-of-a',
      params: { allocationId: service.allocationId },
      body: { ...anAssessment(service.memory.now), place: 'The library' },
      headers: { 'idempotency-key': 'booking-1' },
      ...asking,
    });

  it('booked again under its key is the same appointment, and its words come back to who may read them', async () => {
    const service = await new Deployment().accepted();
    const first = await booking(service);
    expect(first).toMatchObject({ status: 200, body: { purpose: 'supplier-assessment', place: 'The library' } });
    expect((await booking(service)).body.id).toBe(first.body.id);
    expect(service.memory.appointmentsById.size).toBe(1);
  });

  it('is for its provider, on the version that it has read', async () => {
    const service = await new Deployment().accepted();
    expect(await booking(service, { as: 'system-of-b' })).toMatchObject({ status: 404 });
    const assign = (version: string) =>
      ask(assignCaseworker(service.memory), endpoints.assignCaseworker, {
        as: 'system-of-a',
        params: { allocationId: service.allocationId },
        body: { id: 'cw-1', name: 'Jo Worker' },
        headers: { 'if-match': version },
      });
    expect(await assign('"9"')).toMatchObject({ status: 412 });
    expect(await assign('"1"')).toMatchObject({
      status: 200,
      headers: { etag: '"2"' },
      body: { caseworker: { name: 'Jo Worker' } },
    });
  });
});

describe('The directory (O3)', () => {
  const described = descriptionOf(serviceOf('provider-a'));
  const put = (memory: Memory, body: Partial<Service>, headers: Record<string, string>) =>
    ask(putService(memory), endpoints.putService, {
      as: 'contract-office',
      params: { serviceId: 'homes' },
      body: { ...described, ...body },
      headers,
    });

  it('takes a service in once, and changes it on the version that was read', async () => {
    const { memory } = new Deployment();
    expect(await put(memory, {}, {})).toMatchObject({ status: 428 });
    expect(await put(memory, {}, { 'if-match': '"1"' })).toMatchObject({ status: 404 });
    expect(await put(memory, {}, { 'if-none-match': '*' })).toMatchObject({ status: 201, headers: { etag: '"1"' } });
    expect(await put(memory, {}, { 'if-none-match': '*' })).toMatchObject({
      status: 412,
      body: { type: '/problems/already-exists' },
    });
    expect(await put(memory, { name: 'Homes' }, { 'if-match': '"1"' })).toMatchObject({ status: 200 });
    expect(await put(memory, {}, { 'if-match': '"1"' })).toMatchObject({
      status: 412,
      body: { type: '/problems/stale' },
    });
  });

  it('refuses a service that contradicts itself, with every fault', async () => {
    const { memory } = new Deployment();
    const contract = { ...described.contract, closes: '2020-01-01' };
    const wrong = { needs: ['womens-accommodation' as const], minimumAge: 30, maximumAge: 20, contract };
    const { status, body } = await put(memory, wrong, { 'if-none-match': '*' });
    expect(status).toBe(422);
    expect(body.errors?.map(({ pointer }) => pointer)).toEqual(['/needs/0', '/maximumAge', '/contract/closes']);
  });

  it('O3, E6: says whom it is for, and takes a women’s service for women alone', async () => {
    const { memory } = new Deployment();
    const { sexes: _both, ...silent } = described;
    const putSilent = (changes: Partial<Service>) =>
      ask(putService(memory), endpoints.putService, {
        as: 'contract-office',
        params: { serviceId: `homes-${changes.cohort}-${changes.sexes}` },
        body: { ...silent, ...changes },
        headers: { 'if-none-match': '*' },
      });
    expect((await putSilent({})).body.sexes).toEqual(['female', 'male']);
    expect((await putSilent({ cohort: 'women', needs: ['womens-accommodation'] })).body.sexes).toEqual(['female']);
    expect((await putSilent({ sexes: ['male'] })).body.sexes).toEqual(['male']);
    const { status, body } = await putSilent({ cohort: 'women', needs: ['womens-accommodation'], sexes: ['male'] });
    expect([status, body.errors?.map(({ pointer }) => pointer)]).toEqual([422, ['/sexes']]);
  });

  it('lets a provider state the places of its own service only', async () => {
    const { memory } = new Deployment();
    memory.offer(serviceOf('provider-a'));
    const state = (as: string) =>
      ask(stateAvailability(memory), endpoints.stateAvailability, {
        as,
        params: { serviceId: 'service-of-provider-a' },
        body: { places: 3 },
        headers: { 'if-match': '"1"' },
      });
    expect(await state('system-of-b')).toMatchObject({ status: 404 });
    expect(await state('system-of-a')).toMatchObject({ status: 200, body: { availability: { places: 3, free: 3 } } });
    expect(await state('system-of-a')).toMatchObject({ status: 412 });
  });
});

describe('Operations', () => {
  const operate = { as: 'operations-console' };

  it('redrive the executions that are not over, and the history says so', async () => {
    const service = await new Deployment().accepted();
    const body = { taskId: service.taskOf('supplier-assessment'), reason: 'Stuck since Monday' };
    const answered = await ask(redrive(service.memory), endpoints.redrive, { ...operate, body });
    expect(answered).toMatchObject({
      status: 202,
      body: { referralId: service.referralId, executions: [service.referralId, service.allocationId] },
    });
    expect(service.memory.records.get(service.allocationId)?.segment).toBe(2);
    expect(service.memory.historyOf(service.referralId).at(-1)?.type).toBe('execution.redriven.v1');
  });

  it('say which referral, one that exists and is not over', async () => {
    const service = new Deployment();
    const asked = (body: object) => ask(redrive(service.memory), endpoints.redrive, { ...operate, body });
    expect(await asked({ reason: 'x' })).toMatchObject({ status: 400 });
    expect(await asked({ reason: 'x', referralId: crypto.randomUUID() })).toMatchObject({ status: 404 });
    await service.send();
    await service.withdraw({ 'if-match': '"1"' });
    expect(await asked({ reason: 'x', referralId: service.referralId })).toMatchObject({ status: 409 });
  });

  it('send the events of one referral again, however many, or what has not left', async () => {
    const service = await new Deployment().accepted();
    const asked = (body: object) => ask(republish(service.memory), endpoints.republish, { ...operate, body });
    const count = service.memory.historyOf(service.referralId).length;
    expect(await asked({ referralId: service.referralId, reason: 'x' })).toMatchObject({
      status: 202,
      body: { count },
    });
    expect(new Set(service.memory.requeued).size).toBe(count);
    expect((await asked({ reason: 'x' })).body).toMatchObject({ referralId: null, count: count + 1 });
  });
});

describe('A route that nobody takes', () => {
  const at = (method: 'GET' | 'PUT', path: `/v1/${string}`) => ask(unknownRoute, { method, path });

  it('with a path that is known answers which methods it has', async () =>
    expect(await at('PUT', '/v1/referrals')).toMatchObject({ status: 405, headers: { allow: 'GET, POST' } }));

  it('with a path that is not leads nowhere', async () => {
    expect(await at('GET', '/v1/nowhere')).toMatchObject({ status: 404, body: { type: '/problems/not-found' } });
    expect(await at('GET', '/v1/openapiXjson')).toMatchObject({ status: 404 });
  });
});
