import type { APIGatewayProxyEventV2WithJWTAuthorizer, Context } from 'aws-lambda';
import type { EndpointContract } from '../../shared/contracts/endpoint.ts';
import type { Role } from '../../shared/domain/vocabulary.ts';
import { lambdaContext } from '../builders/lambda-context.ts';
import type { Memory } from '../builders/memory.ts';

/** What the gateway passes on, and what it does not. */
export interface Asking {
  /** A client that the registry knows; the token has its scope. */
  as?: string;
  claims?: Record<string, string>;
  params?: Record<string, string>;
  query?: Record<string, string>;
  body?: unknown;
  headers?: Record<string, string>;
}

export interface Answered {
  status: number;
  headers: Record<string, unknown>;
  body: Record<string, unknown> & { errors?: { pointer: string; detail: string }[]; items?: Record<string, unknown>[] };
}

/** The organisations and clients of these tests: two case systems, two providers, operations. */
const clients: Record<string, { organisation: string; role: Role }> = {
  'north-case-system': { organisation: 'north-probation', role: 'practitioner' },
  'south-case-system': { organisation: 'south-probation', role: 'practitioner' },
  'system-of-a': { organisation: 'provider-a', role: 'provider' },
  'system-of-b': { organisation: 'provider-b', role: 'provider' },
  'operations-console': { organisation: 'operations', role: 'operations' },
  'contract-office': { organisation: 'commissioner', role: 'contract-manager' },
  'court-reports': { organisation: 'court', role: 'court' },
};

export const callers = new Map(Object.entries(clients).map(([client, caller]) => [client, { client, ...caller }]));

export function registered<M extends Memory>(memory: M): M {
  for (const [client, caller] of callers) memory.callers.set(client, caller);
  return memory;
}

type Route = Pick<EndpointContract, 'method' | 'path'>;
type Handler = (event: APIGatewayProxyEventV2WithJWTAuthorizer & { caller: never }, context: Context) => unknown;

function eventOf(
  { method, path }: Route,
  { as = 'north-case-system', claims, params = {}, query = {}, body, headers = {} }: Asking,
): APIGatewayProxyEventV2WithJWTAuthorizer {
  const scope = `referrals/${clients[as]?.role ?? 'practitioner'}`;
  const sent = typeof body === 'string' ? body : JSON.stringify(body);
  const rawPath = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => params[name] ?? '');
  return {
    version: '2.0',
    routeKey: `${method} ${path}`,
    rawPath,
    rawQueryString: new URLSearchParams(query).toString(),
    headers: { ...(sent === undefined ? {} : { 'Content-Type': 'application/json' }), ...headers },
    queryStringParameters: query,
    pathParameters: params,
    isBase64Encoded: false,
    ...(sent === undefined ? {} : { body: sent }),
    requestContext: {
      accountId: '111122223333',
      apiId: 'api',
      domainName: 'api.example',
      domainPrefix: 'api',
      http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'test' },
      requestId: 'request',
      routeKey: `${method} ${path}`,
      stage: '$default',
      time: '15/Jun/2026:09:00:00 +0000',
      timeEpoch: 0,
      authorizer: {
        principalId: '',
        integrationLatency: 0,
        jwt: { claims: claims ?? { client_id: as, scope }, scopes: [] },
      },
    },
  };
}

/** Asks a function as the gateway would, and reads its answer. */
export async function ask(handler: Handler, contract: Route, asking: Asking = {}): Promise<Answered> {
  const event = eventOf(contract, asking) as Parameters<Handler>[0];
  const { statusCode, headers, body } = (await handler(event, lambdaContext)) as {
    statusCode: number;
    headers: Record<string, unknown>;
    body: string;
  };
  const isPage = String(headers['content-type']).startsWith('text/html');
  return { status: statusCode, headers, body: isPage ? { text: body } : JSON.parse(body) };
}
