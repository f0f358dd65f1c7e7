import asyncApiSpecification from '@asyncapi/specs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { asyncApiDocument } from '../../shared/contracts/asyncapi.ts';
import { problemsOf } from '../../shared/contracts/endpoint.ts';
import { scopeOf } from '../../shared/contracts/oauth-scopes.ts';
import { openApiDocument } from '../../shared/contracts/openapi.ts';
import { problems, problemUri } from '../../shared/contracts/problems.ts';
import { allEndpoints } from '../../shared/contracts/routes/index.ts';
import { eventTypes } from '../../shared/domain/events.ts';
import { roles } from '../../shared/domain/vocabulary.ts';

const deployment = { apiUrl: 'https://api.example.org', tokenUrl: 'https://auth.example.org/oauth2/token' };

interface Operation {
  operationId: string;
  security: Record<string, string[]>[];
  parameters?: { in: string; name: string; required?: boolean }[];
  requestBody?: { required: boolean };
  responses: Record<string, { description: string; content: Record<string, unknown> }>;
}
const openApi = JSON.parse(JSON.stringify(openApiDocument(deployment))) as {
  paths: Record<string, Record<string, Operation>>;
};
const operationOf = ({ method, path }: { method: string; path: string }): Operation =>
  openApi.paths[path]?.[method.toLowerCase()] as Operation;

describe('The OpenAPI document', () => {
  it('is valid OpenAPI 3.1', async () => {
    const { valid, errors } = await new Validator().validate(JSON.parse(JSON.stringify(openApiDocument(deployment))));
    expect(errors).toBeUndefined();
    expect(valid).toBe(true);
  });

  it('is the same every time', () => {
    expect(JSON.stringify(openApiDocument(deployment))).toBe(JSON.stringify(openApiDocument(deployment)));
  });

  it('gives every operation an id of its own, the name of its contract', () => {
    const ids = Object.values(openApi.paths).flatMap((path) => Object.values(path).map((of) => of.operationId));
    expect(ids.toSorted()).toEqual(allEndpoints.map(({ name }) => name).toSorted());
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each(allEndpoints.map((endpoint) => [endpoint.name, endpoint] as const))(
    'says of %s who may call it, and every problem that it may answer',
    (_name, endpoint) => {
      const { security, responses } = operationOf(endpoint);
      const allowed = endpoint.roles === 'any' ? roles : endpoint.roles === 'public' ? [] : endpoint.roles;
      expect(security).toEqual(allowed.map((role) => ({ client: [scopeOf(role)] })));
      for (const type of problemsOf(endpoint)) {
        const response = responses[problems[type].status];
        expect(response?.description).toContain(problemUri(type));
        expect(Object.keys(response?.content ?? {})).toContain('application/problem+json');
      }
    },
  );

  it('has the paths and preconditions of the API contract', () => {
    const listed = allEndpoints.map((endpoint) => {
      const { parameters = [], requestBody } = operationOf(endpoint);
      const headers = parameters
        .filter((parameter) => parameter.in === 'header' && /^I/.test(parameter.name))
        .map(({ name, required }) => (required ? name : `${name}?`));
      const body = requestBody ? [requestBody.required ? 'body' : 'body?'] : [];
      return [`${endpoint.method} ${endpoint.path}`, ...body, ...headers].join(' · ');
    });
    expect(listed).toMatchInlineSnapshot(`
      [
        "GET /v1/openapi.json",
        "GET /v1/asyncapi.json",
        "GET /v1/catalogue",
        "GET /v1/services",
        "GET /v1/services/changes",
        "GET /v1/services/{serviceId}",
        "PUT /v1/services/{serviceId} · body · If-Match? · If-None-Match?",
        "PATCH /v1/services/{serviceId}/availability · body · If-Match",
        "POST /v1/eligibility-checks · body",
        "POST /v1/referrals · body · Idempotency-Key",
        "PUT /v1/referrals/{referralId} · body · Idempotency-Key? · If-Match",
        "POST /v1/referrals/{referralId}/submission · body? · Idempotency-Key? · If-Match",
        "GET /v1/referrals",
        "GET /v1/referrals/{referralId}",
        "GET /v1/referrals/{referralId}/history",
        "GET /v1/referrals/{referralId}/clocks",
        "POST /v1/referrals/{referralId}/amendments · body · Idempotency-Key? · If-Match",
        "POST /v1/referrals/{referralId}/withdrawal · body · Idempotency-Key? · If-Match",
        "POST /v1/referrals/{referralId}/pause · body · Idempotency-Key? · If-Match",
        "POST /v1/referrals/{referralId}/resume · body? · Idempotency-Key? · If-Match",
        "POST /v1/referrals/{referralId}/extension · body · Idempotency-Key? · If-Match",
        "POST /v1/referrals/{referralId}/early-end · body · Idempotency-Key? · If-Match",
        "POST /v1/referrals/{referralId}/reopening · body · Idempotency-Key? · If-Match",
        "POST /v1/referrals/{referralId}/transfer · body · Idempotency-Key? · If-Match",
        "GET /v1/referrals/{referralId}/rankings",
        "POST /v1/referrals/{referralId}/risk-reports · body · Idempotency-Key",
        "GET /v1/referrals/{referralId}/risk-reports",
        "POST /v1/referrals/{referralId}/messages · body · Idempotency-Key",
        "GET /v1/referrals/{referralId}/messages",
        "POST /v1/referrals/{referralId}/messages/{messageId}/receipt · body?",
        "GET /v1/referrals/{referralId}/equality-monitoring",
        "PUT /v1/referrals/{referralId}/equality-monitoring · body",
        "GET /v1/tasks",
        "GET /v1/tasks/{taskId}",
        "POST /v1/tasks/{taskId}/response · body",
        "GET /v1/allocations/{allocationId}",
        "PUT /v1/allocations/{allocationId}/caseworker · body · Idempotency-Key? · If-Match",
        "PUT /v1/allocations/{allocationId}/engagement · body · Idempotency-Key? · If-Match",
        "POST /v1/allocations/{allocationId}/completion · body · Idempotency-Key? · If-Match",
        "POST /v1/allocations/{allocationId}/appointments · body · Idempotency-Key",
        "GET /v1/allocations/{allocationId}/appointments",
        "PATCH /v1/allocations/{allocationId}/appointments/{appointmentId} · body · Idempotency-Key? · If-Match",
        "POST /v1/allocations/{allocationId}/appointments/{appointmentId}/cancellation · body · Idempotency-Key? · If-Match",
        "POST /v1/allocations/{allocationId}/appointments/{appointmentId}/feedback · body · Idempotency-Key? · If-Match",
        "GET /v1/allocations/{allocationId}/sessions",
        "POST /v1/group-sessions · body · Idempotency-Key",
        "GET /v1/group-sessions",
        "GET /v1/group-sessions/{groupId}",
        "PATCH /v1/group-sessions/{groupId} · body · If-Match",
        "POST /v1/group-sessions/{groupId}/cancellation · body · If-Match",
        "GET /v1/allocations/{allocationId}/action-plan",
        "PUT /v1/allocations/{allocationId}/action-plan · body · Idempotency-Key? · If-Match",
        "POST /v1/allocations/{allocationId}/action-plan/submission · body? · Idempotency-Key? · If-Match",
        "GET /v1/allocations/{allocationId}/end-of-service-report",
        "PUT /v1/allocations/{allocationId}/end-of-service-report · body · Idempotency-Key? · If-Match",
        "POST /v1/allocations/{allocationId}/end-of-service-report/submission · body? · Idempotency-Key? · If-Match",
        "POST /v1/allocations/{allocationId}/case-notes · body · Idempotency-Key",
        "GET /v1/allocations/{allocationId}/case-notes",
        "POST /v1/allocations/{allocationId}/onward-links · body · Idempotency-Key",
        "GET /v1/allocations/{allocationId}/onward-links",
        "PATCH /v1/allocations/{allocationId}/onward-links/{linkId} · body · Idempotency-Key? · If-Match",
        "GET /v1/events",
        "GET /v1/webhooks",
        "GET /v1/webhook",
        "PUT /v1/webhook · body",
        "POST /v1/webhook/rotation · body?",
        "POST /v1/webhook/removal · body?",
        "GET /v1/webhook/dead-letters",
        "POST /v1/webhook/replay · body?",
        "POST /v1/operations/redrive · body",
        "POST /v1/operations/release · body",
        "POST /v1/operations/republish · body",
        "POST /v1/record-exports · body",
        "PUT /v1/legal-holds · body",
      ]
    `);
  });
});

describe('V: the OpenAPI document', () => {
  it('says what a webhook is sent', () => {
    const { webhooks } = JSON.parse(JSON.stringify(openApiDocument(deployment)));
    const { parameters, requestBody } = webhooks.event.post;
    expect(parameters.map(({ name }: { name: string }) => name)).toEqual([
      'webhook-id',
      'webhook-timestamp',
      'webhook-signature',
    ]);
    expect(JSON.stringify(requestBody)).toContain('#/components/schemas/Event');
  });
});

describe('The AsyncAPI document', () => {
  it('is valid AsyncAPI 3.0', () => {
    const ajv = new Ajv({ strict: false, allErrors: true });
    formats.default(ajv);
    const isValid = ajv.compile(asyncApiSpecification.schemasWithoutId['3.0.0']);
    isValid(JSON.parse(JSON.stringify(asyncApiDocument())));
    expect(isValid.errors).toBeNull();
  });

  it('is the same every time', () => {
    expect(JSON.stringify(asyncApiDocument())).toBe(JSON.stringify(asyncApiDocument()));
  });

  it('has a message for every event', () => {
    const { components, channels } = asyncApiDocument();
    expect(Object.keys(components.messages)).toEqual(eventTypes);
    expect(Object.keys(components.schemas)).toEqual(eventTypes);
    expect(Object.keys(channels.events.messages)).toEqual(eventTypes);
  });
});
