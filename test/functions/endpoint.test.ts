import '../builders/function-environment.ts';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { endpoint, status } from '../../functions/middleware/endpoint.ts';
import { defineEndpoint } from '../../shared/contracts/endpoint.ts';
import {
  IdempotencyKeyReused,
  InvalidCursor,
  NotFound,
  PlaceTaken,
  SegmentSuperseded,
  TooMuchContention,
  TransientFault,
} from '../../shared/contracts/errors.ts';
import { ProblemError, type ProblemType, problem, problems, problemTypes } from '../../shared/contracts/problems.ts';
import { Memory } from '../builders/memory.ts';
import { type Answered, type Asking, ask, registered } from './request.ts';

const contract = defineEndpoint({
  name: 'try-things',
  method: 'POST',
  path: '/v1/things/{thingId}',
  summary: 'An endpoint with everything that one can ask for',
  roles: ['practitioner', 'operations'],
  params: z.strictObject({ thingId: z.uuid() }),
  query: z.strictObject({ limit: z.coerce.number().int().max(100).default(50) }),
  body: z.strictObject({ name: z.string().max(10), parts: z.array(z.strictObject({ n: z.int() })) }),
  idempotencyKey: 'required',
  ifMatch: 'required',
  responses: { 200: z.looseObject({}) },
});

const memory = registered(new Memory());
const good: Asking = {
  params: { thingId: crypto.randomUUID() },
  body: { name: 'thing', parts: [{ n: 1 }] },
  headers: { 'Idempotency-Key': 'key-1', 'If-Match': '"7"' },
};
const trying = (asking: Asking, happens: () => void = () => undefined): Promise<Answered> =>
  ask(
    endpoint(contract, memory, async (request) => {
      happens();
      return { status: status.ok, body: { ...request }, version: 8, location: '/v1/things/1' };
    }),
    contract,
    { ...good, ...asking },
  );

function expectProblem({ status: answered, headers, body }: Answered, type: ProblemType): void {
  expect(problem.safeParse(body).error).toBeUndefined();
  expect([body.type, answered]).toEqual([`/problems/${type}`, problems[type].status]);
  expect(headers['content-type']).toBe('application/problem+json');
  expect(headers['cache-control']).toBe('no-store');
}

describe('A good request', () => {
  it('reaches its use case parsed, with who asks', async () => {
    const {
      status: answered,
      body,
      headers,
    } = await trying({
      headers: { ...good.headers, 'X-On-Behalf-Of': 'pp-17', traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` },
    });
    expect(answered).toBe(200);
    expect(body).toMatchObject({
      params: good.params,
      body: good.body,
      query: { limit: 50 },
      idempotencyKey: 'key-1',
      ifMatch: 7,
      traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
      caller: { client: 'north-case-system', organisation: 'north-probation', role: 'practitioner', person: 'pp-17' },
    });
    expect(headers).toMatchObject({ etag: '"8"', location: '/v1/things/1', 'cache-control': 'no-store' });
  });

  it('is not failed by a broken trace context', async () =>
    expect((await trying({ headers: { ...good.headers, traceparent: 'nonsense' } })).status).toBe(200));

  it('is answered with the security headers of an API', async () =>
    expect(Object.keys((await trying({})).headers).map((name) => name.toLowerCase())).toEqual(
      expect.arrayContaining(['strict-transport-security', 'x-content-type-options', 'content-security-policy']),
    ));
});

describe('Rule 9: who may ask', () => {
  it.each<[string, Asking, ProblemType]>([
    ['a token that names no client', { claims: { scope: 'referrals/practitioner' } }, 'unauthorized'],
    ['a token with no claims at all', { claims: {} }, 'unauthorized'],
    [
      'a client that nobody registered',
      { claims: { client_id: 'stranger', scope: 'referrals/practitioner' } },
      'forbidden',
    ],
    ['a client without a scope', { claims: { client_id: 'north-case-system' } }, 'forbidden'],
    [
      'a client with the scope of another role',
      { claims: { client_id: 'north-case-system', scope: 'referrals/operations' } },
      'forbidden',
    ],
    [
      'a scope that only starts like it',
      { claims: { client_id: 'north-case-system', scope: 'referrals/practitioner-x' } },
      'forbidden',
    ],
    ['a role that may not', { as: 'system-of-a' }, 'forbidden'],
  ])('not %s', async (_, asking, type) => {
    let wasAsked = false;
    expectProblem(
      await trying(asking, () => {
        wasAsked = true;
      }),
      type,
    );
    expect(wasAsked).toBe(false);
  });

  it('a client with several scopes, where one is that of its role', async () => {
    const claims = { client_id: 'north-case-system', scope: 'openid referrals/practitioner' };
    expect((await trying({ claims })).status).toBe(200);
  });

  it('comes before what was asked: a stranger learns nothing of its shape', async () =>
    expectProblem(await trying({ as: 'system-of-a', body: '{' }), 'forbidden'));

  it('is refused when the person that it acts for is not an opaque id', async () =>
    expectProblem(await trying({ headers: { ...good.headers, 'X-On-Behalf-Of': 'Ann Example' } }), 'invalid-request'));
});

describe('What is wrong with a request', () => {
  it('is all said at once, each fault with its pointer', async () => {
    const answered = await trying({
      query: { limit: '1000', sort: 'up' },
      body: { name: 'far too long a name', parts: [{ n: 1 }, { n: 'two', extra: true }], colour: 'red', size: 3 },
      headers: { 'Idempotency-Key': 'spaces are not', 'If-Match': 'seven' },
    });
    expectProblem(answered, 'invalid-request');
    expect(answered.body.errors?.map(({ pointer }) => pointer).sort()).toEqual(
      [
        '/colour',
        '/name',
        '/parts/1/extra',
        '/parts/1/n',
        '/size',
        '?/limit',
        '?/sort',
        'Idempotency-Key',
        'If-Match',
      ].sort(),
    );
  });

  it.each<[string, Asking, ProblemType]>([
    ['not JSON', { body: '{"name":' }, 'malformed-json'],
    ['not said to be JSON', { headers: { ...good.headers, 'Content-Type': 'text/plain' } }, 'unsupported-media-type'],
    ['empty', { body: '' }, 'malformed-json'],
    ['not there', { body: undefined }, 'unsupported-media-type'],
    ['too large', { body: { name: 'a'.repeat(300_000), parts: [] } }, 'payload-too-large'],
    ['another thing altogether', { body: [] }, 'invalid-request'],
  ])('a body that is %s', async (_, asking, type) => {
    expectProblem(await trying(asking), type);
  });

  it('a name that cannot be one is not found, as any other that is not there', async () =>
    expectProblem(await trying({ params: { thingId: 'one' } }), 'not-found'));

  it('no idempotency key where there must be one', async () => {
    const answered = await trying({ headers: { 'If-Match': '"7"' } });
    expectProblem(answered, 'missing-header');
    expect(answered.body.errors).toMatchObject([{ pointer: 'Idempotency-Key' }]);
  });

  it('no version where there must be one', async () =>
    expectProblem(await trying({ headers: { 'Idempotency-Key': 'key-1' } }), 'precondition-required'));

  it.each(['7', 'W/"7"', '"seven"', '*', '""', `"${'9'.repeat(20)}"`])('the version %s', async (ifMatch) =>
    expectProblem(await trying({ headers: { ...good.headers, 'If-Match': ifMatch } }), 'invalid-request'),
  );
});

const named = (name: string): Error => Object.assign(new Error('with words that nobody must see'), { name });

describe('What goes wrong inside', () => {
  it.each<[Error, ProblemType]>([
    [new NotFound('x'), 'not-found'],
    [new IdempotencyKeyReused('x'), 'idempotency-key-reused'],
    [new InvalidCursor('x'), 'invalid-request'],
    [new TooMuchContention('x'), 'try-again'],
    [new TransientFault('x'), 'try-again'],
    [new PlaceTaken('x'), 'try-again'],
    [new SegmentSuperseded('x'), 'internal-error'],
    [named('ThrottlingException'), 'try-again'],
    [named('ProvisionedThroughputExceededException'), 'try-again'],
    [Object.assign(named('Anything'), { $metadata: { httpStatusCode: 503 } }), 'try-again'],
    [named('ResourceNotFoundException'), 'internal-error'],
    [new TypeError('x is not a function'), 'internal-error'],
  ])('%s is answered as its problem, without a word of what happened', async (error, type) => {
    const answered = await trying({}, () => {
      throw error;
    });
    expectProblem(answered, type);
    expect(JSON.stringify(answered.body)).not.toContain('words that nobody');
  });

  it.each(problemTypes)('%s has its status, and says when to come back where that helps', async (type) => {
    const answered = await trying({}, () => {
      throw new ProblemError(type, 'As it is.');
    });
    expectProblem(answered, type);
    const { retryAfter } = problems[type] as { retryAfter?: number };
    expect(answered.headers['retry-after']).toBe(retryAfter === undefined ? undefined : String(retryAfter));
  });
});
