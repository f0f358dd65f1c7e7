import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EndpointContract } from '../../shared/contracts/endpoint.ts';
import { problem } from '../../shared/contracts/problems.ts';
import { allEndpoints, endpoints } from '../../shared/contracts/routes/index.ts';
import { tablesOf } from './support/b-record.ts';
import {
  aCrn,
  aMansReferral,
  aNeed,
  justNow,
  outcomesOf,
  pathOf,
  type RawResponse,
  theWorld,
  type World,
} from './support/b-world.ts';

/** api.md: bad input is a 4xx problem that lists all its faults, never a 5xx, and nothing of it is stored. */

let world: World;

/** One referral in delivery, so that every route has something real that a bad request could have changed. */
interface Standing {
  crn: string;
  referralId: string;
  allocationId: string;
  appointmentId: string;
  messageId: string;
  linkId: string;
  groupId: string;
  taskId: string;
  serviceId: string;
  etags: { referral: string; allocation: string; appointment: string; link: string; group: string; service: string };
}
let standing: Standing;
const facts = aMansReferral();

beforeAll(async () => {
  world = await theWorld();
  const { practitioner, northern } = world;
  const { id: referralId } = await practitioner.send(facts);
  await practitioner.confirmComplexity(referralId);
  const allocationId = await northern.acceptOffer(referralId);
  const booked = await northern.api.must(endpoints.bookAppointment, {
    params: { allocationId },
    idempotencyKey: randomUUID(),
    body: { purpose: 'supplier-assessment', startsAt: justNow().toISOString(), durationMinutes: 30, mode: 'phone' },
  });
  const sent = await practitioner.api.must(endpoints.sendMessage, {
    params: { referralId },
    idempotencyKey: randomUUID(),
    body: { to: { allocationId }, text: 'He starts work on Monday' },
  });
  const link = await northern.api.must(endpoints.makeOnwardLink, {
    params: { allocationId },
    idempotencyKey: randomUUID(),
    body: { organisation: 'A credit union', kind: 'signposted', need: 'accommodation', followUpOn: '2099-01-01' },
  });
  const group = await northern.api.must(endpoints.planGroupSession, {
    idempotencyKey: randomUUID(),
    body: aGroup(),
  });
  const open = await practitioner.send(aMansReferral());
  const { id: taskId } = await practitioner.task(open.id, 'complexity-confirmation');
  const serviceId = `inputs-${randomUUID().slice(0, 8)}`;
  const like = await northern.api.must(endpoints.getService, { params: { serviceId: 'northern-accommodation' } });
  const { id: _id, availability: _places, effectiveness: _figures, version: _version, ...described } = like.body;
  const service = await world.as('contract-manager').must(endpoints.putService, {
    params: { serviceId },
    ifNoneMatch: '*',
    body: { ...described, areas: ['norfolk'] },
  });
  const referral = await practitioner.read(referralId);
  const allocation = await northern.api.must(endpoints.getAllocation, { params: { allocationId } });
  standing = {
    crn: facts.crn,
    referralId,
    allocationId,
    appointmentId: booked.body.id,
    messageId: sent.body.id,
    linkId: link.body.id,
    groupId: group.body.id,
    taskId,
    serviceId,
    etags: {
      referral: referral.etag,
      allocation: allocation.etag ?? '',
      appointment: booked.etag ?? '',
      link: link.etag ?? '',
      group: group.etag ?? '',
      service: service.etag ?? '',
    },
  };
});

const aGroup = () => ({
  serviceId: 'northern-accommodation',
  caseworkerId: `cw-${randomUUID()}`,
  outputRows: ['O9' as const],
  startsAt: '2090-01-02T10:00:00.000Z',
  durationMinutes: 60,
  mode: 'phone' as const,
  places: 3,
});

/** A body that each route takes, and as whom. A new route with a body must say here what it takes. */
const bodies: Record<string, { as: string; body: () => unknown }> = {
  'put-service': {
    as: 'contract-manager',
    body: () => ({
      name: 'Changed',
      provider: { id: 'northern-pathways', name: 'Northern Pathways' },
      needs: ['accommodation'],
      cohort: 'general',
      areas: ['norfolk'],
      minimumAge: 18,
      maximumAge: null,
      sentenceTypes: ['licence'],
      settings: ['community'],
      suitability: '',
      deliveryModes: [],
      languages: [],
      accessibility: [],
      contract: {
        reference: 'R',
        opens: '2024-01-01',
        closes: null,
        sessionsPerLevel: { low: 1, medium: 2, high: 3 },
      },
    }),
  },
  'state-availability': { as: 'provider:northern-pathways', body: () => ({ places: 3 }) },
  'check-eligibility': { as: 'court', body: () => ({ ...facts, crn: aCrn() }) },
  'send-referral': { as: 'practitioner', body: () => ({ ...facts, crn: aCrn() }) },
  'change-draft': { as: 'practitioner', body: () => ({ ...facts }) },
  'submit-draft': { as: 'practitioner', body: () => ({}) },
  'amend-referral': {
    as: 'practitioner',
    body: () => ({ changes: { risk: { seriousHarm: 'low' } }, reason: 'Assessed again' }),
  },
  'withdraw-referral': { as: 'practitioner', body: () => ({ reason: 'moved' }) },
  'extend-referral': { as: 'practitioner', body: () => ({ endDate: '2029-01-31', reason: 'Extended by the court' }) },
  'end-referral-early': { as: 'practitioner', body: () => ({ reason: 'moved' }) },
  'transfer-referral': { as: 'practitioner', body: () => ({ area: 'gwent', reason: 'Has moved' }) },
  'reopen-referral': { as: 'operations', body: () => ({ reason: 'Withdrawn by mistake' }) },
  'pause-referral': { as: 'practitioner', body: () => ({ reason: 'hospital' }) },
  'put-equality-monitoring': {
    as: 'practitioner',
    body: () => ({ disability: 'no-condition', ethnicity: 'prefer-not-to-say' }),
  },
  'resume-referral': { as: 'practitioner', body: () => ({}) },
  'report-risk': {
    as: 'provider:northern-pathways',
    body: () => ({ concern: 'Has made threats', observedAt: justNow().toISOString() }),
  },
  'send-message': {
    as: 'practitioner',
    body: () => ({ to: { allocationId: standing.allocationId }, text: 'He starts work on Monday' }),
  },
  'read-message': { as: 'provider:northern-pathways', body: () => ({}) },
  'respond-to-task': {
    as: 'practitioner',
    body: () => ({ needs: [{ need: 'accommodation', level: 'high', reason: 'Known well' }] }),
  },
  'assign-caseworker': { as: 'provider:northern-pathways', body: () => ({ id: 'cw-1', name: 'A Caseworker' }) },
  'accept-engagement': {
    as: 'provider:northern-pathways',
    body: () => ({ acceptedAt: justNow().toISOString(), explainedBy: 'A', language: 'en', format: 'spoken' }),
  },
  'complete-delivery': { as: 'provider:northern-pathways', body: () => ({ reason: 'moved' }) },
  'book-appointment': {
    as: 'provider:northern-pathways',
    body: () => ({
      purpose: 'supplier-assessment',
      startsAt: justNow().toISOString(),
      durationMinutes: 10,
      mode: 'phone',
    }),
  },
  'change-appointment': {
    as: 'provider:northern-pathways',
    body: () => ({ place: 'There', reason: 'Asked for', requestedBy: 'person' }),
  },
  'plan-group-session': { as: 'provider:northern-pathways', body: aGroup },
  'change-group-session': {
    as: 'provider:northern-pathways',
    body: () => ({ places: 4, reason: 'other' }),
  },
  'cancel-group-session': { as: 'provider:northern-pathways', body: () => ({ reason: 'safety' }) },
  'cancel-appointment': { as: 'provider:northern-pathways', body: () => ({ reason: 'Ill' }) },
  'record-feedback': {
    as: 'provider:northern-pathways',
    body: () => ({ attendance: 'yes', activities: [], rarDay: false, notes: 'Came' }),
  },
  'put-action-plan': {
    as: 'provider:northern-pathways',
    body: () => ({
      sessions: 2,
      activities: [
        { id: 'a', need: 'accommodation', desiredOutcomes: [], outputRow: 'O9', description: 'Look for a room' },
      ],
    }),
  },
  'submit-action-plan': { as: 'provider:northern-pathways', body: () => ({}) },
  'put-end-of-service-report': {
    as: 'provider:northern-pathways',
    body: () => ({ outcomes: [{ id: outcomesOf(facts)[0], level: 'achieved', evidence: 'A tenancy' }] }),
  },
  'write-case-note': {
    as: 'provider:northern-pathways',
    body: () => ({ subject: 'A call', text: 'Came on time', outputRow: 'O9' }),
  },
  'make-onward-link': {
    as: 'provider:northern-pathways',
    body: () => ({
      organisation: 'A credit union',
      kind: 'signposted',
      need: 'accommodation',
      followUpOn: '2099-01-01',
    }),
  },
  'follow-up-onward-link': {
    as: 'provider:northern-pathways',
    body: () => ({ followedUpAt: justNow().toISOString(), result: 'Has opened an account' }),
  },
  'submit-end-of-service-report': { as: 'provider:northern-pathways', body: () => ({}) },
  'put-webhook': {
    as: 'practitioner',
    body: () => ({ url: 'https://hooks.example.org/referrals', types: ['referral.sent.v1'] }),
  },
  'rotate-webhook-secret': { as: 'practitioner', body: () => ({}) },
  'remove-webhook': { as: 'operations', body: () => ({ organisation: 'nobody' }) },
  'replay-dead-letters': { as: 'operations', body: () => ({ organisation: 'nobody' }) },
  'make-record-export': { as: 'practitioner', body: () => ({ crn: standing.crn, reason: 'complaint' }) },
  'put-legal-hold': { as: 'operations', body: () => ({ crn: aCrn(), held: false, reason: 'litigation' }) },
  redrive: { as: 'operations', body: () => ({ referralId: standing.referralId, reason: 'Try' }) },
  release: { as: 'operations', body: () => ({ referralId: standing.referralId, reason: 'Try' }) },
  republish: { as: 'operations', body: () => ({ referralId: standing.referralId, reason: 'Try' }) },
};

const paramsOf = (): Record<string, string> => ({
  referralId: standing.referralId,
  allocationId: standing.allocationId,
  appointmentId: standing.appointmentId,
  messageId: standing.messageId,
  linkId: standing.linkId,
  groupId: standing.groupId,
  taskId: standing.taskId,
  serviceId: standing.serviceId,
});

/** The ETag that the route asks for: with it, nothing but the body stands between a request and the record. */
function etagFor({ path }: EndpointContract): string {
  const { etags } = standing;
  if (path.includes('{appointmentId}')) return etags.appointment;
  if (path.includes('{linkId}')) return etags.link;
  if (path.includes('{groupId}')) return etags.group;
  if (path.includes('{allocationId}')) return etags.allocation;
  return path.includes('{serviceId}') ? etags.service : etags.referral;
}

function headersFor(contract: EndpointContract): Record<string, string> {
  return {
    'content-type': 'application/json',
    ...(contract.idempotencyKey ? { 'idempotency-key': randomUUID() } : {}),
    ...(contract.ifMatch ? { 'if-match': etagFor(contract) } : {}),
  };
}

const send = (contract: EndpointContract, body: string | Uint8Array<ArrayBuffer>, headers = headersFor(contract)) =>
  world.raw({
    as: bodies[contract.name]?.as ?? '',
    method: contract.method,
    path: pathOf(contract, paramsOf()),
    body,
    headers,
  });

/** A refusal that is the caller's to mend, as a problem. */
function expectProblem(response: RawResponse, what: string, statuses: number[], type?: string): void {
  const { status, headers, json, text } = response;
  expect({ what, status, text: statuses.includes(status) ? '' : text }).toEqual({
    what,
    status: statuses.includes(status) ? status : statuses,
    text: '',
  });
  expect(headers.get('content-type')).toContain('application/problem+json');
  expect(json).toMatchObject({ status, title: expect.any(String), type: expect.stringMatching(/^\/problems\//) });
  if (type) expect({ what, type: json?.type }).toEqual({ what, type: `/problems/${type}` });
}

const errorsOf = ({ json }: RawResponse) =>
  (json?.errors ?? []) as { pointer: string; detail: string; rule?: string }[];

/** All that the record holds of what these requests are about. */
async function stored() {
  const tables = tablesOf(world.stack);
  const { referralId, allocationId, taskId, serviceId, crn } = standing;
  const [referral, allocation, task, service, person, equality] = await Promise.all([
    tables.record(`REFERRAL#${referralId}`),
    tables.record(`ALLOCATION#${allocationId}`),
    tables.record(`TASK#${taskId}`),
    tables.record(`SERVICE#${serviceId}`),
    tables.private(`CRN#${crn}`),
    tables.private(`EQUALITY#${crn}`),
  ]);
  // Whether an event has left the outbox says nothing about what was stored.
  return [...referral, ...allocation, ...task, ...service, ...person, ...equality].map(
    ({ workKey: _key, workAt: _at, requeuedAt: _again, ...item }) => item,
  );
}

const withBody = allEndpoints.filter(({ body }) => body !== undefined);
const takesNone = (contract: EndpointContract): boolean => contract.body?.safeParse(undefined).success === true;

const nested = (levels: number): string => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
const nestedList = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;

describe.each(withBody)('The body of $method $path', (contract) => {
  const valid = () => bodies[contract.name]?.body() as Record<string, unknown>;

  it('is refused with all its faults when it is bad, and nothing of it is stored', async () => {
    const before = await stored();
    const invalid = ['invalid-request'] as const;

    for (const [what, body] of [
      ['not JSON', '{"reason": '],
      ['JSON twice', '{}{}'],
      ['text', 'reason=moved'],
      ['bytes', new Uint8Array([0xff, 0xfe, 0x00, 0x80])],
    ] as const) {
      expectProblem(await send(contract, body), what, [400], 'malformed-json');
    }
    expectProblem(await send(contract, `{"a":"${'x'.repeat(257 * 1024)}"}`), 'too large', [413], 'payload-too-large');
    for (const body of [nested(1000), nestedList(1000), nested(20_000)]) {
      expectProblem(await send(contract, body), 'deeply nested', [400]);
    }
    for (const body of ['[]', '"text"', '42', 'true', ...(takesNone(contract) ? [] : ['null', '{}'])]) {
      const isAskedForNothing = body === '{}' && contract.body?.safeParse({}).success;
      if (!isAskedForNothing) expectProblem(await send(contract, body), body, [400], invalid[0]);
    }
    for (const type of ['text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
      const headers = { ...headersFor(contract), 'content-type': type };
      const response = await send(contract, JSON.stringify(valid()), headers);
      expectProblem(response, type, [415], 'unsupported-media-type');
    }
    const { 'content-type': _none, ...untyped } = headersFor(contract);
    const bytes = new TextEncoder().encode(JSON.stringify(valid()));
    expectProblem(await send(contract, bytes, untyped), 'no content type', [415], 'unsupported-media-type');
    if (!takesNone(contract)) expectProblem(await send(contract, ''), 'empty', [400]);

    const unknown = { x1: 1, x2: '2', x3: null, x4: [], x5: {} };
    const five = await send(contract, JSON.stringify({ ...valid(), ...unknown }));
    expectProblem(five, 'five unknown fields', [400], 'invalid-request');
    expect(
      errorsOf(five)
        .map(({ pointer }) => pointer)
        .sort(),
    ).toEqual(['/x1', '/x2', '/x3', '/x4', '/x5']);

    for (const key of ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty']) {
      const [open, rest] = ['{', JSON.stringify(valid()).slice(1)];
      const poisoned = `${open}"${key}":{"admin":true}${rest === '}' ? '' : ','}${rest}`;
      expectProblem(await send(contract, poisoned), key, [400]);
    }

    for (const field of Object.keys(valid())) {
      const wrong = { ...valid(), [field]: { wrong: ['type'] } };
      const response = await send(contract, JSON.stringify(wrong));
      expectProblem(response, `wrong type of ${field}`, [400], 'invalid-request');
      expect(errorsOf(response).some(({ pointer }) => pointer.startsWith(`/${field}`) || pointer === '')).toBe(true);
    }
    expect(await stored()).toEqual(before);
  });
});

it('every route with a body is tried', () => {
  expect(Object.keys(bodies).sort()).toEqual(withBody.map(({ name }) => name).sort());
});

describe('Faults of one body', () => {
  it('are listed all at once, each with its pointer, beside those of the headers', async () => {
    const crn = aCrn();
    const bad = {
      ...facts,
      crn,
      area: 'atlantis',
      setting: 7,
      person: { ...facts.person, dateOfBirth: '1990-02-31' },
      needs: [{ ...aNeed('accommodation'), need: 'somewhere' }],
      nickname: 'Al',
    };
    const response = await send(endpoints.sendReferral, JSON.stringify(bad), {
      ...headersFor(endpoints.sendReferral),
      'idempotency-key': 'with a space',
    });
    expectProblem(response, 'six faults', [400], 'invalid-request');
    expect(
      errorsOf(response)
        .map(({ pointer }) => pointer)
        .sort(),
    ).toEqual(['/area', '/needs/0/need', '/nickname', '/person/dateOfBirth', '/setting', 'Idempotency-Key'].sort());
    expect(await tablesOf(world.stack).private(`CRN#${crn}`)).toEqual([]);
    const { body } = await world.practitioner.api.must(endpoints.listReferrals, { query: { crn } });
    expect(body.items).toEqual([]);
  });

  it('that contradict each other are refused by rule (422), each with its pointer', async () => {
    const crn = aCrn();
    const response = await send(
      endpoints.sendReferral,
      JSON.stringify({
        ...facts,
        crn,
        person: { ...facts.person, dateOfBirth: '2200-01-01' },
        sentence: { ...facts.sentence, startDate: '2200-01-01', requirements: ['unpaid-work'], proposed: true },
        opdOwners: { probation: 'pp-1', health: 'nhs-1' },
        needs: [
          { ...aNeed('accommodation'), followedBy: 'structured-intervention', desiredOutcomes: ['no-such-outcome'] },
          aNeed('accommodation'),
        ],
      }),
    );
    expectProblem(response, 'contradictions', [422], 'rule-refused');
    expect(
      errorsOf(response)
        .map(({ pointer, rule }) => `${rule} ${pointer}`)
        .sort(),
    ).toEqual([
      'C1 /needs/0/desiredOutcomes/0',
      'E1 /sentence/proposed',
      'E1 /sentence/rarDays',
      'E3 /needs/0/followedBy',
      'E9 /opdOwners',
      'L1 /needs/1/need',
      'L1 /person/dateOfBirth',
      'L1 /sentence/endDate',
    ]);
    expect(await tablesOf(world.stack).private(`CRN#${crn}`)).toEqual([]);
  });

  it('that make it ineligible are refused with every failed rule and what to do instead', async () => {
    const crn = aCrn();
    const ineligible = {
      ...facts,
      crn,
      sentence: { ...facts.sentence, requirements: ['curfew'], rarDays: null },
      requestedWork: 'staff-training',
    };
    const response = await send(endpoints.sendReferral, JSON.stringify(ineligible));
    expectProblem(response, 'ineligible', [422], 'ineligible');
    const [need] = problem.parse(response.json).needs ?? [];
    expect(need?.failed.map(({ rule, fields }) => [rule, ...fields])).toEqual([
      ['E1', '/sentence/type', '/sentence/requirements'],
      ['E2', '/sentence/requirements'],
      ['E4', '/requestedWork'],
    ]);
    for (const { reason, instead } of need?.failed ?? []) expect(reason && instead).toBeTruthy();
    expect(await tablesOf(world.stack).private(`CRN#${crn}`)).toEqual([]);
  });
});

describe('Headers', () => {
  const posts = allEndpoints.filter(({ idempotencyKey }) => idempotencyKey === 'required');
  it.each(posts)('Idempotency-Key is required by $method $path and must be readable', async (contract) => {
    const body = JSON.stringify(bodies[contract.name]?.body());
    const { 'idempotency-key': _key, ...without } = headersFor(contract);
    expectProblem(await send(contract, body, without), 'missing', [400], 'missing-header');
    for (const key of ['with a space', 'x'.repeat(201), 'é']) {
      const response = await send(contract, body, { ...without, 'idempotency-key': key });
      expectProblem(response, key, [400], 'invalid-request');
      expect(errorsOf(response)).toMatchObject([{ pointer: 'Idempotency-Key' }]);
    }
  });

  const changes = allEndpoints.filter(({ ifMatch }) => ifMatch !== undefined);
  it.each(changes)('If-Match is required by $method $path, must be an ETag, and the current one', async (contract) => {
    const before = await stored();
    const body = JSON.stringify(bodies[contract.name]?.body());
    const { 'if-match': _tag, ...without } = headersFor(contract);
    expectProblem(await send(contract, body, without), 'missing', [428], 'precondition-required');
    for (const tag of ['1', '*', 'W/"1"', '"abc"', '"1", "2"', '""', `"${'9'.repeat(40)}"`]) {
      const response = await send(contract, body, { ...without, 'if-match': tag });
      expectProblem(response, tag, [400], 'invalid-request');
      expect(errorsOf(response)).toMatchObject([{ pointer: 'If-Match' }]);
    }
    const stale = await send(contract, body, { ...without, 'if-match': '"999999"' });
    expectProblem(stale, 'stale', [412], 'stale');
    expect(await stored()).toEqual(before);
  });
});

const gets = allEndpoints.filter(({ method, roles }) => method === 'GET' && roles !== 'public');
/** Has a webhook while its queries are tried. */
const subscribed = 'health-owner';
function reader({ roles, path }: EndpointContract): string {
  if (path.startsWith('/v1/webhook/')) return subscribed;
  if (roles === 'any' || roles === 'public') return 'practitioner';
  if (roles.includes('provider')) return 'provider:northern-pathways';
  return roles.includes('practitioner') ? 'practitioner' : (roles[0] ?? '');
}

describe('Ids in a path', () => {
  const withParams = allEndpoints.filter(({ params }) => params !== undefined);
  it.each(withParams)('that name nothing are not found at $method $path', async (contract) => {
    const names = [...contract.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');
    const as = bodies[contract.name]?.as ?? reader(contract);
    const bad = ['none', '%00', '%2e%2e%2f', '%F0%9F%A6%8A', '%25', 'x'.repeat(300), "1'%20OR%201=1", randomUUID()];
    for (const name of names) {
      for (const id of bad) {
        const path = names.reduce(
          (so, each) => so.replace(`{${each}}`, each === name ? id : (paramsOf()[each] ?? '')),
          contract.path as string,
        );
        const body = contract.body ? JSON.stringify(bodies[contract.name]?.body()) : undefined;
        const headers = headersFor(contract);
        const request = { as, method: contract.method, path, ...(body === undefined ? {} : { body, headers }) };
        expectProblem(await world.raw(request), path, [404], 'not-found');
      }
    }
  });

  it('a service cannot be called what the directory calls something else', async () => {
    const response = await world.raw({
      as: 'contract-manager',
      method: 'PUT',
      path: '/v1/services/changes',
      body: JSON.stringify(bodies['put-service']?.body()),
      headers: { 'content-type': 'application/json', 'if-none-match': '*' },
    });
    expectProblem(response, 'changes', [404]);
  });
});

describe('Queries', () => {
  const lists = gets.filter(({ query }) => query && 'limit' in query.shape);
  // Nobody listens there.
  beforeAll(() => world.as(subscribed).must(endpoints.putWebhook, { body: { url: 'http://127.0.0.1:9/' } }));
  afterAll(() => world.as(subscribed).must(endpoints.removeWebhook, {}));

  it.each(lists)('of $path: limits, cursors and names that are none are refused', async (contract) => {
    const cursorName = contract.name === 'list-events' ? 'after' : 'cursor';
    const as = reader(contract);
    const path = pathOf(contract, paramsOf());
    for (const query of [
      'limit=0',
      'limit=101',
      'limit=-1',
      'limit=1.5',
      'limit=ten',
      'limit=',
      'limit=1&limit=2',
      'colour=red',
    ]) {
      const response = await world.raw({ as, method: 'GET', path: `${path}?${query}` });
      expectProblem(response, query, [400], 'invalid-request');
      expect(errorsOf(response)).toMatchObject([{ pointer: `?/${query.split('=')[0]}` }]);
    }
    const forged = [
      {},
      { pk: `REFERRAL#${randomUUID()}`, sk: 'EVENT#00000001' },
      { after: 7 },
      { after: '' },
      { after: '~' },
      { position: 'A' },
      { position: 'COUNTEQ' },
      { position: '' },
      { position: { S: 'x' } },
      [],
      null,
      'text',
    ].map((key) => Buffer.from(JSON.stringify(key)).toString('base64url'));
    for (const cursor of ['garbage', '%00', 'e30', 'x'.repeat(2001), ...forged]) {
      const response = await world.raw({ as, method: 'GET', path: `${path}?${cursorName}=${cursor}` });
      expectProblem(response, `${path}?${cursorName}=${cursor}`, [400], 'invalid-request');
    }
  });

  it('filters that mean nothing are refused, all at once', async () => {
    const path = '/v1/services?area=atlantis&need=money&sex=x&age=old&sentence=long&setting=moon&availableOnly=maybe';
    const response = await world.raw({ as: 'court', method: 'GET', path });
    expectProblem(response, path, [400], 'invalid-request');
    expect(errorsOf(response)).toHaveLength(7);
    for (const query of ['crn=1', 'stage=gone', 'status=x', 'attention=1', 'externalReference=a b']) {
      const found = await world.raw({ as: 'operations', method: 'GET', path: `/v1/referrals?${query}` });
      expectProblem(found, query, [400], 'invalid-request');
    }
    for (const query of ['type=x', 'status=x', 'dueBefore=soon', 'overdue=1', 'owner=me']) {
      const found = await world.raw({ as: 'operations', method: 'GET', path: `/v1/tasks?${query}` });
      expectProblem(found, query, [400], 'invalid-request');
    }
    expectProblem(await world.raw({ as: 'court', method: 'GET', path: '/v1/catalogue?at=once' }), 'at', [400]);
    expectProblem(await world.raw({ as: 'court', method: 'GET', path: '/v1/catalogue?at=1999-01-01' }), 'at', [404]);
  });

  it('a cursor that goes on from after the latest deadline that is asked for finds nothing', async () => {
    const cursor = Buffer.from(JSON.stringify({ after: '2199-01-01T00:00:00.000Z#x' })).toString('base64url');
    for (const as of ['operations', 'practitioner']) {
      const path = `/v1/tasks?dueBefore=2027-01-01T00:00:00Z&cursor=${cursor}`;
      const { status } = await world.raw({ as, method: 'GET', path });
      expect([200, 400]).toContain(status);
    }
  });
});

describe('What no route takes', () => {
  it('a request for what a browser may do is refused', async () => {
    const { status } = await world.raw({ method: 'OPTIONS', path: '/v1/referrals' });
    expect([403, 405]).toContain(status);
  });

  it('an unknown path is a problem, with or without a token', async () => {
    for (const path of [
      '/',
      '/v1',
      '/v1/',
      '/v2/referrals',
      '/v1/referrals/',
      '/v1/nothing',
      '/v1/referrals/a/b/c/d',
      '/%00',
    ]) {
      for (const as of [undefined, 'practitioner']) {
        const response = await world.raw({ method: 'GET', path, ...(as ? { as } : {}) });
        expectProblem(response, path, [404], 'not-found');
      }
    }
  });

  const paths = [...new Set(allEndpoints.map(({ path }) => path))];
  it.each(paths)('another method than those of %s is answered with Allow', async (path) => {
    const known = allEndpoints.filter((endpoint) => endpoint.path === path).map(({ method }) => method as string);
    // OPTIONS reaches the application on AWS only: the emulator answers it by itself, with 403.
    // `/v1/services/changes` also fits the path of a service of that name, which may be put.
    const others = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter(
      (method) => !known.includes(method) && !(path === '/v1/services/changes' && method === 'PUT'),
    );
    for (const method of others) {
      const response = await world.raw({
        as: 'practitioner',
        method,
        path: pathOf({ path } as EndpointContract, paramsOf()),
      });
      expectProblem(response, `${method} ${path}`, [405], 'method-not-allowed');
      for (const each of known) expect(response.headers.get('allow')?.split(', ')).toContain(each);
    }
    const head = await world.raw({
      as: 'practitioner',
      method: 'HEAD',
      path: pathOf({ path } as EndpointContract, paramsOf()),
    });
    expect(head.status).toBe(405);
    expect(head.text).toBe('');
  });

  it('answers are never kept or sniffed', async () => {
    for (const path of ['/v1/catalogue', '/v1/nothing']) {
      const { headers } = await world.raw({ as: 'court', method: 'GET', path });
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
    }
  });
});
