import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { until } from '../../infra/local/actors.ts';
import { endpoints } from '../../shared/contracts/routes/index.ts';
import type { ServiceChange, ServiceInput, ServiceView } from '../../shared/contracts/views/service.ts';
import { aMansReferral, aNeed, theWorld, type World } from './support/b-world.ts';

/** O3, O4, L3: what exists, for whom, with how many places at this moment, and what has changed. */

let world: World;
const mark = randomUUID().slice(0, 8);

/** The area that only this file puts services into. */
const area = 'wiltshire';

const described: ServiceInput = {
  name: 'A room of your own',
  provider: { id: 'northern-pathways', name: 'Northern Pathways' },
  needs: ['accommodation'],
  cohort: 'general',
  areas: [area],
  minimumAge: 18,
  maximumAge: 25,
  sentenceTypes: ['community-order'],
  settings: ['community'],
  suitability: 'Young adults',
  deliveryModes: ['in-person'],
  languages: ['en'],
  accessibility: [],
  subcontractors: [],
  sites: [{ id: 'hub', name: 'The hub', area }],
  catchment: 'Within a bus ride of Swindon',
  waitingList: true,
  serviceLevels: { T1: 3 },
  contract: {
    reference: 'DIRECTORY-1',
    opens: '2024-01-01',
    closes: null,
    sessionsPerLevel: { low: 1, medium: 2, high: 3 },
  },
};

const manager = () => world.as('contract-manager');
const create = (serviceId: string, body: ServiceInput = described) =>
  manager().must(endpoints.putService, { params: { serviceId }, ifNoneMatch: '*', body });
const read = async (serviceId: string) => world.as('court').must(endpoints.getService, { params: { serviceId } });

async function statePlaces(serviceId: string, places: number) {
  const { etag } = await read(serviceId);
  const request = { params: { serviceId }, ifMatch: etag ?? '', body: { places } };
  return world.northern.api.must(endpoints.stateAvailability, request);
}

async function list(query: Record<string, string>): Promise<ServiceView[]> {
  const found: ServiceView[] = [];
  let cursor: string | undefined;
  do {
    const { body } = await world
      .as('court')
      .must(endpoints.listServices, { query: { ...query, limit: 2, ...(cursor ? { cursor } : {}) } });
    found.push(...body.items);
    cursor = body.cursor ?? undefined;
  } while (cursor);
  return found.filter(({ id }) => id.endsWith(mark));
}

beforeAll(async () => {
  world = await theWorld();
});

describe('A service', () => {
  const serviceId = `put-${mark}`;

  it('is onboarded once, without places; it is the provider that states them', async () => {
    const created = await create(serviceId);
    expect(created.status).toBe(201);
    expect(created.body).toEqual({
      ...described,
      sexes: ['female', 'male'],
      id: serviceId,
      version: 1,
      availability: { places: 0, free: 0, waiting: 0, status: 'full', planned: [] },
    });
    const again = await manager().call(endpoints.putService, {
      params: { serviceId },
      ifNoneMatch: '*',
      body: described,
    });
    expect(again).toMatchObject({ status: 412, body: { type: '/problems/already-exists' } });
    const stated = await statePlaces(serviceId, 3);
    expect(stated.body).toMatchObject({ version: 2, availability: { places: 3, free: 3, status: 'available' } });
    expect((await read(serviceId)).body).toEqual({ ...stated.body, effectiveness: expect.any(Object) });
  });

  it('is changed by who has seen its latest version', async () => {
    const { etag } = await read(serviceId);
    const params = { serviceId };
    const changed: ServiceInput = { ...described, name: 'Two rooms', areas: [area, 'dorset'] };
    const saved = await manager().must(endpoints.putService, { params, ifMatch: etag ?? '', body: changed });
    expect(saved.status).toBe(200);
    expect(saved.body).toMatchObject({ ...changed, version: 3, availability: { places: 3, free: 3 } });
    const late = await manager().call(endpoints.putService, { params, ifMatch: etag ?? '', body: described });
    expect(late).toMatchObject({ status: 412, body: { type: '/problems/stale' } });
    const lateToo = await world.northern.api.call(endpoints.stateAvailability, {
      params,
      ifMatch: etag ?? '',
      body: { places: 9 },
    });
    expect(lateToo).toMatchObject({ status: 412, body: { type: '/problems/stale' } });
    expect((await list({ area: 'dorset' })).map(({ id }) => id)).toEqual([serviceId]);

    const back = await manager().must(endpoints.putService, { params, ifMatch: saved.etag ?? '', body: described });
    expect(back.body.areas).toEqual([area]);
    expect(await list({ area: 'dorset' })).toEqual([]);
  });

  it('that does not exist is neither read nor changed', async () => {
    const params = { serviceId: `none-${mark}` };
    const attempts = [
      await world.as('court').call(endpoints.getService, { params }),
      await manager().call(endpoints.putService, { params, ifMatch: '"1"', body: described }),
      await world.northern.api.call(endpoints.stateAvailability, { params, ifMatch: '"1"', body: { places: 1 } }),
    ];
    expect(attempts.map(({ status }) => status)).toEqual([404, 404, 404]);
  });

  it('that contradicts itself is refused with every rule', async () => {
    const { status, body } = await manager().call(endpoints.putService, {
      params: { serviceId: `wrong-${mark}` },
      ifNoneMatch: '*',
      body: {
        ...described,
        needs: ['accommodation', 'womens-accommodation'],
        maximumAge: 17,
        contract: { ...described.contract, closes: '2023-12-31' },
      },
    });
    expect(status).toBe(422);
    const { errors } = body as { errors: { pointer: string; rule?: string }[] };
    expect(errors.map(({ pointer }) => pointer)).toEqual(['/needs/1', '/maximumAge', '/contract/closes']);
    expect(errors[0]?.rule).toBe('E6');
  });

  it('changed by two at once is changed by one of them', async () => {
    const { etag } = await read(serviceId);
    const answers = await Promise.all(
      [1, 2, 3, 4].map((places) =>
        world.northern.api.call(endpoints.stateAvailability, {
          params: { serviceId },
          ifMatch: etag ?? '',
          body: { places },
        }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412]);
  });
});

describe('The directory', () => {
  beforeAll(async () => {
    const women = { ...described, cohort: 'women' as const, needs: ['womens-accommodation' as const] };
    await create(`women-${mark}`, { ...women, minimumAge: null, maximumAge: null });
    await create(`men-${mark}`, { ...described, sexes: ['male'] });
    await create(`old-${mark}`, { ...described, minimumAge: 50, maximumAge: null });
    await create(`licence-${mark}`, { ...described, sentenceTypes: ['licence'], settings: ['custody'] });
    await create(`work-${mark}`, { ...described, needs: ['education-training-employment'] });
    await create(`closed-${mark}`, { ...described, contract: { ...described.contract, closes: '2024-12-31' } });
    await create(`later-${mark}`, { ...described, contract: { ...described.contract, opens: '2199-01-01' } });
    await create(`free-${mark}`);
    await statePlaces(`free-${mark}`, 1);
  });

  const all = ['free', 'licence', 'men', 'old', 'put', 'women', 'work'];
  it.each<[string, Record<string, string>, string[]]>([
    ['an area, without what has closed or not opened', {}, all],
    ['a need', { need: 'accommodation' }, ['free', 'licence', 'men', 'old', 'put']],
    ["a man: no women's services", { sex: 'male' }, ['free', 'licence', 'men', 'old', 'put', 'work']],
    ['a woman: hers, and those for everyone', { sex: 'female' }, ['free', 'licence', 'old', 'put', 'women', 'work']],
    ['an age', { age: '60' }, ['old', 'women']],
    ['a sentence', { sentence: 'licence' }, ['licence']],
    ['a setting', { setting: 'custody' }, ['licence']],
    ['places that are free', { availableOnly: 'true' }, ['free', 'put']],
    [
      'all of it together',
      { need: 'accommodation', sex: 'male', age: '20', setting: 'community' },
      ['free', 'men', 'put'],
    ],
  ])('is filtered by %s', async (_, query, expected) => {
    const found = await list({ area, ...query });
    expect(found.map(({ id }) => id).sort()).toEqual(expected.map((name) => `${name}-${mark}`));
  });

  it('is also listed whole, page by page', async () => {
    expect((await list({ need: 'education-training-employment' })).map(({ id }) => id)).toEqual([`work-${mark}`]);
  });

  it('tells what changed, oldest first, and from the last cursor only what is new', async () => {
    const changes = async (from?: string) => {
      const found: ServiceChange[] = [];
      let cursor = from;
      for (;;) {
        const { body } = await world
          .as('court')
          .must(endpoints.listServiceChanges, { query: { limit: 50, ...(cursor ? { cursor } : {}) } });
        found.push(...body.items);
        cursor = body.cursor ?? cursor;
        if (body.items.length === 0) return { found, cursor };
      }
    };
    const ofService = (id: string, { found }: { found: ServiceChange[] }) => [
      ...new Map(found.filter(({ serviceId }) => serviceId === id).map((change) => [change.id, change])).values(),
    ];
    const serviceId = `put-${mark}`;
    const own = await until('its changes', async () => {
      const so = ofService(serviceId, await changes());
      return so.length >= 5 ? so : undefined;
    });
    expect(own.map(({ type, sequence }) => `${sequence} ${type}`)).toEqual([
      '1 service.published.v1',
      '2 capacity.stated.v1',
      '3 service.changed.v1',
      '4 service.changed.v1',
      '5 capacity.stated.v1',
    ]);
    expect(own[2]?.data).toMatchObject({ serviceId, fields: expect.arrayContaining(['name', 'areas']) });

    await until(
      'the changes of the others',
      async () => ofService(`free-${mark}`, await changes()).length >= 2 || undefined,
    );
    const { cursor } = await changes();
    await statePlaces(serviceId, 7);
    const fresh = await until('the newest change', async () => {
      const so = ofService(serviceId, await changes(cursor));
      return so.length > 0 ? so : undefined;
    });
    expect(fresh.map(({ data }) => data)).toEqual([{ serviceId, providerId: 'northern-pathways', places: 7 }]);
  });
});

describe('L3: places', () => {
  const serviceId = `places-${mark}`;
  const other = 'hertfordshire';
  const availability = async () => (await read(serviceId)).body.availability;
  const facts = () => aMansReferral().with({ area: other, needs: [aNeed('accommodation', serviceId)] });

  async function offered(): Promise<{ referralId: string; taskId: string }> {
    const { id: referralId } = await world.practitioner.send(facts());
    await world.practitioner.confirmComplexity(referralId);
    const { id: taskId } = await world.northern.task(referralId, 'offer');
    return { referralId, taskId };
  }

  it('are held by an offer, freed by its refusal, taken by its acceptance, and freed when the work ends', async () => {
    const always = { minimumAge: null, maximumAge: null };
    await create(serviceId, { ...described, ...always, areas: [other] });
    await statePlaces(serviceId, 2);
    const [first, second] = [await offered(), await offered()];
    expect(await availability()).toEqual({ places: 2, free: 0, waiting: 0, status: 'full', planned: [] });

    await world.northern.answer(first.taskId, { decision: 'declined', reason: 'not-suitable' });
    expect(await availability()).toEqual({ places: 2, free: 1, waiting: 0, status: 'available', planned: [] });
    await world.northern.answer(second.taskId, { decision: 'accepted' });
    expect(await availability()).toEqual({ places: 2, free: 1, waiting: 0, status: 'available', planned: [] });

    const stated = await statePlaces(serviceId, 0);
    expect(stated.body.availability).toEqual({ places: 0, free: 0, waiting: 0, status: 'full', planned: [] });
    await world.practitioner.change(endpoints.withdrawReferral, second.referralId, { reason: 'moved' });
    await world.practitioner.concluded(second.referralId);
    expect(await availability()).toEqual({ places: 0, free: 0, waiting: 0, status: 'full', planned: [] });
    await statePlaces(serviceId, 1);
    expect(await availability()).toEqual({ places: 1, free: 1, waiting: 0, status: 'available', planned: [] });
  });

  it('of a withdrawn offer are free at once', async () => {
    const { referralId } = await offered();
    expect(await availability()).toMatchObject({ free: 0 });
    await world.practitioner.change(endpoints.withdrawReferral, referralId, { reason: 'need-met-elsewhere' });
    expect(await availability()).toMatchObject({ free: 1 });
    expect((await world.practitioner.concluded(referralId)).endState).toBe('cancelled');
  });

  it('that are full are not offered: who asks waits, which the directory shows, and is offered what comes free', async () => {
    const holder = await offered();
    const { id } = await world.practitioner.send(facts());
    await world.practitioner.confirmComplexity(id);
    await until(
      'the waiting list',
      async () => (await world.practitioner.read(id)).status === 'waiting-list' || undefined,
    );
    expect(await availability()).toEqual({ places: 1, free: 0, waiting: 1, status: 'full', planned: [] });
    await world.practitioner.change(endpoints.withdrawReferral, holder.referralId, { reason: 'moved' });
    await world.northern.task(id, 'offer');
    await world.practitioner.change(endpoints.withdrawReferral, id, { reason: 'moved' });
  });
});

describe('E1–E6, O3: what would be open to a person', () => {
  it.each(['court', 'practitioner'])(
    'names to %s the services that would take a need, and why others would not',
    async (role) => {
      const { body } = await world.as(role).must(endpoints.checkEligibility, {
        body: aMansReferral().with({ area, person: { dateOfBirth: '2004-01-01' }, needs: [aNeed('accommodation')] }),
      });
      expect(body).toMatchObject({
        result: 'eligible',
        needs: [{ need: 'accommodation', result: 'eligible', failed: [], openIn: null, missingForServices: [] }],
      });
      const [{ services = [], notOpen = [] } = {}] = body.needs;
      const ours = ({ id }: { id: string }) => id.endsWith(mark);
      expect(
        services
          .filter(ours)
          .map(({ id }) => id)
          .sort(),
      ).toEqual([`free-${mark}`, `men-${mark}`, `put-${mark}`]);
      const reasons = notOpen.filter(ours).map(({ id, reasons }) => [id, ...reasons.map(({ code }) => code)]);
      expect(reasons.sort()).toEqual([
        [`closed-${mark}`, 'closed'],
        [`later-${mark}`, 'not-open-yet'],
        [`licence-${mark}`, 'setting', 'sentence'],
        [`old-${mark}`, 'age'],
      ]);
    },
  );
});
