import * as z from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiResponsesObject } from 'zod-openapi';
import { roles } from '../domain/vocabulary.ts';
import { type EndpointContract, problemsOf } from './endpoint.ts';
import { eventView } from './event.ts';
import { gatewayMessage, gatewayStatuses } from './gateway.ts';
import { entityTag, idempotencyKey, ifNoneMatch, onBehalfOf, traceparent } from './headers.ts';
import { readable } from './json-schema.ts';
import { scopeOf } from './oauth-scopes.ts';
import { type ProblemType, problem, problems, problemUri } from './problems.ts';
import { allEndpoints } from './routes/index.ts';

const description = `Referrals to Commissioned Rehabilitative Services, from the first check to the end of service report.

Whatever a person or another system must do is a task; \`POST /v1/tasks/{taskId}/response\` answers it.
Lists may lag a moment behind, single reads do not. Unknown fields are refused. An ETag is the resource's \`version\`
in quotes. Failures are \`application/problem+json\` (RFC 9457) that list every fault, save what the gateway
in front answers by itself as \`{"message"}\`: ${gatewayStatuses.join(', ')}. A body may have 256 KB.`;

export interface Deployment {
  apiUrl: string;
  tokenUrl: string;
}

/** The API as OpenAPI 3.1: the same document for the same deployment, always. */
export const openApiDocument = ({ apiUrl, tokenUrl }: Deployment) =>
  createDocument(
    {
      openapi: '3.1.0',
      info: { title: 'Referrals', version: '1.0.0', description, license: { name: 'MIT', identifier: 'MIT' } },
      servers: [{ url: apiUrl }],
      paths: pathsOf(allEndpoints),
      webhooks: { event: { post: notice } },
      components: {
        securitySchemes: {
          client: {
            type: 'oauth2',
            description: 'Client credentials; a client has one role. The token goes into `Authorization: Bearer`.',
            flows: {
              clientCredentials: {
                tokenUrl,
                scopes: Object.fromEntries(roles.map((role) => [scopeOf(role), `Act as ${role}`])),
              },
            },
          },
        },
      },
    },
    { override: ({ jsonSchema }) => readable(jsonSchema as z.core.JSONSchema.BaseSchema) },
  );

/** V: what a receiver is sent. */
const notice: ZodOpenApiOperationObject = {
  operationId: 'notice',
  summary: 'One event, as /v1/events shows it to you, sent to the url of your webhook (Standard Webhooks)',
  description:
    'At least once and in order; tell a repeat by `webhook-id`. Anything but a 2xx within five seconds is tried ' +
    'again for about an hour, then set aside; 410 disables the webhook.',
  security: [],
  requestParams: {
    header: z.object({
      'webhook-id': z.uuid().describe("The event's id"),
      'webhook-timestamp': z.string().describe('Seconds since 1970, of this attempt'),
      'webhook-signature': z.string().describe('`v1,` and a signature; several, with spaces between, after a rotation'),
    }),
  },
  requestBody: { required: true, content: { 'application/json': { schema: eventView } } },
  responses: { '2XX': { description: 'Taken' }, 410: { description: 'Send no more' } },
};

function pathsOf(endpoints: readonly EndpointContract[]): Record<string, Record<string, ZodOpenApiOperationObject>> {
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const endpoint of endpoints) {
    paths[endpoint.path] = { ...paths[endpoint.path], [endpoint.method.toLowerCase()]: operationOf(endpoint) };
  }
  return paths;
}

function operationOf(endpoint: EndpointContract): ZodOpenApiOperationObject {
  const { name, summary, roles: allowed, params, query, body, path } = endpoint;
  const mayCall = allowed === 'any' ? roles : allowed === 'public' ? [] : allowed;
  return {
    operationId: name,
    summary,
    tags: [path.split('/')[2] ?? name],
    security: mayCall.map((role) => ({ client: [scopeOf(role)] })),
    requestParams: {
      ...(params ? { path: params } : {}),
      ...(query ? { query } : {}),
      header: requestHeaders(endpoint),
    },
    ...(body
      ? {
          requestBody: {
            required: !(body instanceof z.ZodOptional),
            content: { 'application/json': { schema: body } },
          },
        }
      : {}),
    responses: responsesOf(endpoint),
  };
}

function requestHeaders({ idempotencyKey: key = 'none', ifMatch, roles: allowed }: EndpointContract): z.ZodObject {
  return z.object({
    ...(key === 'required' ? { 'Idempotency-Key': idempotencyKey } : {}),
    ...(key === 'optional' ? { 'Idempotency-Key': idempotencyKey.optional() } : {}),
    ...(ifMatch === 'required' ? { 'If-Match': entityTag } : {}),
    ...(ifMatch === 'or-if-none-match'
      ? { 'If-Match': entityTag.optional(), 'If-None-Match': ifNoneMatch.optional() }
      : {}),
    ...(allowed === 'public' ? {} : { 'X-On-Behalf-Of': onBehalfOf.optional() }),
    traceparent: traceparent.optional(),
  });
}

const descriptions: Record<string, string> = { 200: 'Done', 201: 'Created', 202: 'Done, and the work goes on' };
const answeredHeaders = { ETag: entityTag.optional(), Location: z.string() };

function responsesOf(endpoint: EndpointContract): ZodOpenApiResponsesObject {
  const names = endpoint.responseHeaders ?? [];
  const headers = names.length > 0 ? { headers: headersNamed(names) } : {};
  const answered = Object.entries(endpoint.responses).map(([status, schema]) => [
    status,
    { description: descriptions[status] ?? 'Done', content: contentOf(Number(status), schema, endpoint), ...headers },
  ]);
  return Object.fromEntries([...answered, ...refusalsOf(endpoint)]);
}

function contentOf(status: number, schema: z.ZodType, { alternate }: EndpointContract) {
  const other = alternate?.responses[status];
  return {
    'application/json': { schema },
    ...(alternate && other ? { [alternate.mediaType]: { schema: other } } : {}),
  };
}

const headersNamed = (names: readonly (keyof typeof answeredHeaders)[]): z.ZodObject =>
  z.object(Object.fromEntries(names.map((name) => [name, answeredHeaders[name]])));

function refusalsOf(endpoint: EndpointContract): [status: number, response: object][] {
  const types = problemsOf(endpoint);
  const byGateway = gatewayStatuses.filter((status) => status !== 401 || endpoint.roles !== 'public');
  const statuses = [...new Set([...types.map((type) => problems[type].status), ...byGateway])];
  return statuses.map((status) => {
    const ours = types.filter((type) => problems[type].status === status);
    const theirs = byGateway.includes(status);
    return [
      status,
      {
        description: [...ours.map(describe), ...(theirs ? ['From the gateway.'] : [])].join('\n\n'),
        content: {
          ...(ours.length > 0 ? { 'application/problem+json': { schema: problem } } : {}),
          ...(theirs ? { 'application/json': { schema: gatewayMessage } } : {}),
        },
        ...(ours.some((type) => 'retryAfter' in problems[type]) ? { headers: retryAfter } : {}),
      },
    ];
  });
}

const retryAfter = z.object({ 'Retry-After': z.string().optional().describe('Seconds') });

const describe = (type: ProblemType): string => `\`${problemUri(type)}\`: ${problems[type].title}.`;
