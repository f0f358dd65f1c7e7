import '../builders/function-environment.ts';
import { describe, expect, it } from 'vitest';
import { getService } from '../../functions/api/get-service.ts';
import { listServices } from '../../functions/api/list-services.ts';
import { putService } from '../../functions/api/put-service.ts';
import { stateAvailability } from '../../functions/api/state-availability.ts';
import { prefers } from '../../functions/middleware/media-type.ts';
import { endpoints } from '../../shared/contracts/routes/index.ts';
import { openReferralMediaType } from '../../shared/contracts/views/open-referral.ts';
import { Memory } from '../builders/memory.ts';
import { aService, descriptionOf, serviceOf } from '../builders/services.ts';
import { ask, registered } from './request.ts';

const openReferral = { accept: openReferralMediaType };

function aDirectory(): Memory {
  const memory = registered(new Memory());
  memory.offer(serviceOf('provider-a', { free: 3 }));
  const hub = { id: 'hub', name: 'The hub', area: 'west-yorkshire' } as const;
  memory.offer(
    serviceOf('provider-b', {
      sites: [hub],
      catchment: 'Leeds and Wakefield',
      subcontractors: ['charity-c'],
      serviceLevels: { T1: 3 },
      sexes: ['male'],
      accessibility: ['step-free-access'],
    }),
  );
  return memory;
}

const list = (headers: Record<string, string>, query: Record<string, string> = {}) =>
  ask(listServices(aDirectory()), endpoints.listServices, { as: 'court-reports', headers, query });
const get = (serviceId: string, headers: Record<string, string>) =>
  ask(getService(aDirectory()), endpoints.getService, { as: 'court-reports', headers, params: { serviceId } });

describe('O3: the directory in the shape of Open Referral UK', () => {
  it('is answered to who asks for its type, page by page', async () => {
    const { alternate } = endpoints.listServices;
    const whole = await list(openReferral, { area: 'west-yorkshire' });
    expect(whole.headers).toMatchObject({ 'content-type': openReferralMediaType, vary: 'accept' });
    const { contents, ...page } = alternate.responses[200].parse(whole.body);
    expect(contents.map(({ id }) => id)).toEqual(['service-of-provider-a', 'service-of-provider-b']);
    expect(page).toEqual({ size: 2, first_page: true, last_page: true, empty: false, cursor: null });

    const first = alternate.responses[200].parse(
      (await list(openReferral, { area: 'west-yorkshire', limit: '1' })).body,
    );
    expect(first).toMatchObject({ size: 1, first_page: true, last_page: false });
    const rest = await list(openReferral, { area: 'west-yorkshire', limit: '1', cursor: String(first.cursor) });
    expect(rest.body).toMatchObject({ size: 1, first_page: false, last_page: true });
  });

  it('has its names: organisation, areas, sites, schedule, eligibility, places and attributes', async () => {
    const { headers, body } = await get('service-of-provider-b', openReferral);
    expect(headers).toMatchObject({ 'content-type': openReferralMediaType, vary: 'accept' });
    expect(headers).not.toHaveProperty('etag');
    const service = endpoints.getService.alternate.responses[200].parse(body);
    expect(service).toMatchObject({
      id: 'service-of-provider-b',
      status: 'active',
      minimum_age: 18,
      organization: { id: 'provider-b', name: 'provider-b' },
      service_areas: [{ name: 'West Yorkshire', description: 'Leeds and Wakefield' }],
      service_at_locations: [
        { location: { id: 'service-of-provider-b/hub', accessibility: [{ description: 'step-free-access' }] } },
      ],
      schedules: [{ valid_from: '2025-04-01' }],
      capacities: [{ unit: { name: 'Place' }, available: 10, maximum: 10 }],
    });
    const said = service.attributes.map(({ link_type, value }) => `${link_type}=${value}`);
    expect(said).toEqual(
      expect.arrayContaining([
        'need=accommodation',
        'cohort=general',
        'sex=male',
        'subcontractor=charity-c',
        'service-level-T1=3',
      ]),
    );
    const ids = service.attributes.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('has one organisation of one provider, whatever its contracts, and a site of its own for each service', async () => {
    const memory = aDirectory();
    const hub = { id: 'hub', name: 'Another hub', area: 'west-yorkshire' } as const;
    const provider = { id: 'provider-b', name: 'provider-b' };
    const { contract } = aService('c');
    memory.offer(aService('c', { provider, sites: [hub], contract: { ...contract, reference: 'C-2' } }));
    const asking = { as: 'court-reports', headers: openReferral, query: { area: 'west-yorkshire' } };
    const { body } = await ask(listServices(memory), endpoints.listServices, asking);
    const { contents } = endpoints.listServices.alternate.responses[200].parse(body);
    const its = contents.filter(({ organization }) => organization.id === 'provider-b');
    expect(its).toHaveLength(2);
    expect(new Set(its.map(({ organization }) => organization.description)).size).toBe(1);
    expect(its.flatMap((one) => one.service_at_locations.map(({ location }) => location.id)).sort()).toEqual([
      'c/hub',
      'service-of-provider-b/hub',
    ]);
  });

  it('is our own shape for everyone else, with its ETag', async () => {
    const { headers, body } = await get('service-of-provider-b', { accept: '*/*' });
    expect(headers).toMatchObject({ 'content-type': 'application/json', vary: 'accept', etag: '"1"' });
    expect(endpoints.getService.responses[200].safeParse(body).error).toBeUndefined();
  });

  it.each([
    [undefined, false],
    ['*/*', false],
    ['application/json', false],
    [openReferralMediaType, true],
    [`${openReferralMediaType.toUpperCase()};q=0.5, text/html`, true],
    [`application/json, ${openReferralMediaType};q=0.9`, false],
    [`application/json;q=0.9, ${openReferralMediaType}`, true],
    [`${openReferralMediaType};q=0`, false],
    [`${openReferralMediaType};q=x`, false],
  ])('is what Accept: %s asks for: %s', (accept, expected) => {
    expect(prefers(accept, openReferralMediaType)).toBe(expected);
  });
});

describe('O4: what came of the work of a service', () => {
  /** Ten starts in May, of which none may be told alone, and as many in June, which is not over. */
  const inMay = { starts: 10, completions: 10, 'accepted#2': 10, 'attended#5': 10 };
  const told = async (memory: Memory) => {
    const params = { serviceId: 'service-of-provider-a' };
    const { body, status } = await ask(getService(memory), endpoints.getService, { as: 'court-reports', params });
    expect(status).toBe(200);
    return endpoints.getService.responses[200].parse(body).effectiveness;
  };
  const withFigures = (months: Record<string, Record<string, number>>): Memory => {
    const memory = aDirectory();
    memory.figures.set('service-of-provider-a', new Map(Object.entries(months)));
    return memory;
  };

  it('is told to everyone who may see the directory, of whole months that are over', async () =>
    expect(await told(withFigures({ '2026-05': inMay, '2026-06': { ...inMay, starts: 90 } }))).toEqual({
      from: '2024-06',
      to: '2026-05',
      minimumGroup: 10,
      notEnoughData: false,
      starts: 10,
      notStarted: 0,
      completions: 10,
      outcomes: { achieved: 0, partiallyAchieved: 0, notAchieved: 0 },
      medianDays: { toAcceptance: 2, toFirstAppointment: 5 },
    }));

  it('is not told of too few people: there is no number at all', async () => {
    const nothing = { from: '2024-06', to: '2026-05', minimumGroup: 10, notEnoughData: true };
    expect(await told(aDirectory())).toEqual(nothing);
    expect(await told(withFigures({ '2026-04': { starts: 5 }, '2026-05': { starts: 4 } }))).toEqual(nothing);
    expect(await told(withFigures({ '2024-05': inMay, '2026-06': inMay }))).toEqual(nothing);
  });
});

describe('O3: what a contract manager puts', () => {
  const put = (memory: Memory, body: object, headers: Record<string, string> = { 'if-none-match': '*' }) =>
    ask(putService(memory), endpoints.putService, {
      as: 'contract-office',
      params: { serviceId: 'homes' },
      headers,
      body,
    });

  it('is refused where a list says something twice', async () => {
    const twice = { ...descriptionOf(aService('homes')), areas: ['gwent', 'gwent'], sexes: ['male', 'male'] };
    const { status, body } = await put(aDirectory(), twice);
    expect([status, body.type]).toEqual([422, '/problems/rule-refused']);
    expect(body.errors?.map(({ pointer }) => pointer).sort()).toEqual(['/areas/1', '/sexes/1']);
  });
});

describe('O3: a service that is put as it stands', () => {
  const put = (memory: Memory, body: object, etag: string) =>
    ask(putService(memory), endpoints.putService, {
      as: 'contract-office',
      params: { serviceId: 'service-of-provider-a' },
      headers: { 'if-match': etag },
      body,
    });
  const same = descriptionOf(serviceOf('provider-a'));

  it('stays as it is: no new version, and so nothing is told', async () => {
    const { status, body, headers } = await put(aDirectory(), same, '"1"');
    expect([status, body.version, headers.etag]).toEqual([200, 1, '"1"']);
    expect(await put(aDirectory(), { ...same, name: 'Another' }, '"1"')).toMatchObject({ body: { version: 2 } });
  });

  it('is refused all the same to who has not seen its latest version', async () => {
    expect(await put(aDirectory(), same, '"2"')).toMatchObject({ status: 412, body: { type: '/problems/stale' } });
  });
});

describe('L3: the places that a provider states', () => {
  const stating = (memory = aDirectory()) => {
    let version = 1;
    return async (body: object) => {
      const answer = await ask(stateAvailability(memory), endpoints.stateAvailability, {
        as: 'system-of-a',
        params: { serviceId: 'service-of-provider-a' },
        headers: { 'if-match': `"${version}"` },
        body,
      });
      if (answer.status === 200) version += 1;
      return answer;
    };
  };
  const plannedIn = ({ body }: Awaited<ReturnType<ReturnType<typeof stating>>>) =>
    endpoints.stateAvailability.responses[200].parse(body).availability.planned;

  it('may be those of a day to come, which everyone sees beside those of now', async () => {
    const state = stating();
    await state({ places: 9, from: '2027-04-01' });
    const { body, headers } = await state({ places: 5, from: '2027-01-01' });
    expect(body).toMatchObject({
      availability: {
        places: 3,
        free: 3,
        planned: [
          { from: '2027-01-01', places: 5 },
          { from: '2027-04-01', places: 9 },
        ],
      },
    });
    expect(headers.etag).toBe('"3"');
    expect(plannedIn(await state({ places: 6, from: '2027-01-01' }))[0]).toEqual({ from: '2027-01-01', places: 6 });
    expect(plannedIn(await state({ places: null, from: '2027-01-01' }))).toEqual([{ from: '2027-04-01', places: 9 }]);
    expect(plannedIn(await state({ places: 4 }))).toHaveLength(1);
  });

  it('cannot be of today or earlier, nor taken back where none are planned', async () => {
    const state = stating();
    for (const [body, detail] of [
      [{ places: 5, from: '2026-06-15' }, 'is no day after 2026-06-15'],
      [{ places: 5, from: '2020-01-01' }, 'is no day after 2026-06-15'],
      [{ places: null, from: '2027-01-01' }, 'no places are planned from that day'],
    ] as const) {
      const { status, body: problem } = await state(body);
      expect([status, problem.type]).toEqual([422, '/problems/rule-refused']);
      expect(problem.errors).toMatchObject([{ pointer: '/from', detail: expect.stringContaining(detail) }]);
    }
    for (const body of [{ places: null }, { places: 1, from: 'spring' }, { places: -1, from: '2027-01-01' }]) {
      expect((await state(body)).status).toBe(400);
    }
  });

  it('may be planned for twenty-four days at a time', async () => {
    const state = stating();
    const days = Array.from({ length: 25 }, (_, at) => `2027-01-${String(at + 1).padStart(2, '0')}`);
    const answers: number[] = [];
    for (const from of days) answers.push((await state({ places: 1, from })).status);
    expect(answers).toEqual([...Array.from({ length: 24 }, () => 200), 422]);
  });
});
