import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import type { EndpointContract } from '../../shared/contracts/endpoint.ts';
import { endpoints } from '../../shared/contracts/routes/index.ts';
import { parts, type Schema } from './json-schema.ts';

const all: [name: string, endpoint: EndpointContract][] = Object.values(endpoints).map((of) => [of.name, of]);

const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): Schema => z.toJSONSchema(schema, { io }) as Schema;

/**
 * Objects that take a property which they do not name. Where names and values are codes, the catalogue says which; and
 * `data` of an event is held by its type.
 */
const openObjects = (schema: Schema): string[] =>
  [...parts(schema)]
    .filter(
      ([at, { type, additionalProperties, propertyNames }]) =>
        type === 'object' && additionalProperties !== false && !propertyNames && !/\/data$/.test(at),
    )
    .map(([at]) => at);

const isBounded = ({ enum: codes, format, pattern, maxLength, ...rest }: Schema): boolean =>
  codes !== undefined || format !== undefined || pattern !== undefined || maxLength !== undefined || 'const' in rest;

describe.each(all)('%s', (_name, { params, query, body, path, method, responses, roles, ...endpoint }) => {
  it('takes the parameters that its path names', () => {
    const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter);
    expect(Object.keys(params?.shape ?? {})).toEqual(named);
  });

  it('refuses unknown fields, and everything that is sent has a size limit', () => {
    for (const input of [params, query, body].filter((schema) => schema !== undefined)) {
      const schema = schemaOf(input, 'input');
      expect(openObjects(schema)).toEqual([]);
      const unbounded = [...parts(schema)].filter(
        ([, part]) =>
          (part.type === 'string' && !isBounded(part)) || (part.type === 'array' && part.maxItems === undefined),
      );
      expect(unbounded.map(([at]) => at)).toEqual([]);
    }
  });

  it('answers what its schema names and nothing else', () => {
    for (const schema of Object.values(responses)) {
      const described = schemaOf(schema, 'output');
      expect([...parts(described)].length).toBeGreaterThan(1);
      expect(openObjects(described)).toEqual(roles === 'public' ? [''] : []);
    }
  });

  it('has a body only where it changes or asks for something', () => {
    expect(body !== undefined).toBe(method !== 'GET');
    expect(endpoint.ifMatch === undefined || method !== 'GET').toBe(true);
  });
});

/** Every fault of a body, as pointers. */
const faultsOf = (schema: z.ZodType, body: unknown): string[] =>
  schema.safeParse(body).error?.issues.map(({ path }) => `/${path.join('/')}`) ?? [];

describe('Bodies', () => {
  it('L6: other reasons need their text, and no other does', () => {
    const { body } = endpoints.withdrawReferral;
    expect(faultsOf(body, { reason: 'other' })).toEqual(['/text']);
    expect(faultsOf(body, { reason: 'other', text: 'Moved abroad' })).toEqual([]);
    expect(faultsOf(body, { reason: 'died' })).toEqual([]);
    expect(faultsOf(body, { reason: 'plan-completed' })).toEqual(['/reason']);
    expect(faultsOf(endpoints.completeDelivery.body, { reason: 'plan-completed' })).toEqual([]);
  });

  it('E9: name both owners of a shared responsibility, by their codes, or none', () => {
    const amended = (opdOwners: object | null) => ({ changes: { opdOwners }, reason: 'Assessed' });
    const { body } = endpoints.amendReferral;
    expect(faultsOf(body, amended({ probation: 'north-probation', health: 'health-trust' }))).toEqual([]);
    expect(faultsOf(body, amended(null))).toEqual([]);
    expect(faultsOf(body, amended({ probation: 'north-probation' }))).toEqual(['/changes/opdOwners/health']);
    const written = amended({ probation: 'north-probation', health: 'The trust in Leeds' });
    expect(faultsOf(body, written)).toEqual(['/changes/opdOwners/health']);
  });

  it('list every fault at once', () => {
    const body = { purpose: 'chat', startsAt: 'tomorrow', durationMinutes: 0, mode: 'phone', extra: 1 };
    expect(faultsOf(endpoints.bookAppointment.body, body)).toEqual(['/purpose', '/startsAt', '/durationMinutes', '/']);
  });

  it('keep times as UTC, written in one way', () => {
    const said = { acceptedAt: '2026-03-02T09:30Z', explainedBy: 'A. Example', language: 'cy', format: 'spoken' };
    const { body } = endpoints.acceptEngagement;
    const written = { ...said, acceptedAt: '2026-03-02T09:30:00Z' };
    expect(body.parse(written).acceptedAt).toBe('2026-03-02T09:30:00.000Z');
    expect(faultsOf(body, { ...written, acceptedAt: '2026-03-02T09:30:00+01:00' })).toEqual(['/acceptedAt']);
    expect(faultsOf(body, { ...written, acceptedAt: '9999-12-31T23:59:59Z' })).toEqual(['/acceptedAt']);
  });

  it('of commands that say all in their path may be left out', () => {
    expect(faultsOf(endpoints.submitActionPlan.body, undefined)).toEqual([]);
    expect(faultsOf(endpoints.resumeReferral.body, {})).toEqual([]);
    expect(faultsOf(endpoints.resumeReferral.body, { now: true })).toEqual(['/']);
  });

  it('that change nothing are refused', () => {
    expect(faultsOf(endpoints.amendReferral.body, { changes: {}, reason: 'none' })).toEqual(['/changes']);
    expect(faultsOf(endpoints.changeAppointment.body, { reason: 'ill', requestedBy: 'person' })).toEqual(['/']);
    expect(faultsOf(endpoints.cancelAppointment.body, { requestedBy: 'person' })).toEqual(['/']);
    expect(faultsOf(endpoints.cancelAppointment.body, { reasonCode: 'sickness' })).toEqual([]);
  });
});

describe('Queries', () => {
  it('limit a list to 100, and to 50 unless told', () => {
    const { query } = endpoints.listReferrals;
    expect(query.parse({}).limit).toBe(50);
    expect(query.parse({ limit: '100' }).limit).toBe(100);
    for (const limit of ['0', '101', '-1', '1.5', 'all', '']) expect(faultsOf(query, { limit })).toEqual(['/limit']);
  });

  it('take true and false and nothing like it', () => {
    const { query } = endpoints.listServices;
    expect(query.parse({ availableOnly: 'true' }).availableOnly).toBe(true);
    expect(query.parse({ availableOnly: 'false' }).availableOnly).toBe(false);
    expect(faultsOf(query, { availableOnly: '1' })).toEqual(['/availableOnly']);
  });
});
