import * as z from 'zod';
import { type EndpointContract, problemsOf } from '../../shared/contracts/endpoint.ts';
import { gatewayMessage, gatewayStatuses } from '../../shared/contracts/gateway.ts';
import { type Problem, problem, problems, problemUri } from '../../shared/contracts/problems.ts';

type Input<S> = S extends z.ZodType ? z.input<S> : never;
type Output<S> = S extends z.ZodType ? z.output<S> : never;
type ParamsOf<C> = C extends { params: infer S } ? { params: Input<S> } : { params?: never };
type QueryOf<C> = C extends { query: infer S } ? { query?: Input<S> } : { query?: never };
type BodyOf<C> = C extends { body: infer S }
  ? undefined extends Input<S>
    ? { body?: Input<S> }
    : { body: Input<S> }
  : { body?: never };

/** What a contract takes. The headers that it may require are optional here, so that a test can leave them out. */
export type RequestTo<C extends EndpointContract> = ParamsOf<C> &
  QueryOf<C> &
  BodyOf<C> & {
    idempotencyKey?: string;
    ifMatch?: string;
    ifNoneMatch?: '*';
    headers?: Record<string, string>;
  };

interface Reply {
  headers: Headers;
  /** The ETag, to be sent back as `ifMatch`. */
  etag: string | undefined;
}

/** What a contract answers when it succeeds, by status. */
export type SuccessOf<C extends EndpointContract> = {
  [S in keyof C['responses'] & number]: Reply & { ok: true; status: S; body: Output<C['responses'][S]> };
}[keyof C['responses'] & number];

/** A problem, or the gateway's own message. */
export type Failure = Reply & { ok: false; status: number; body: Partial<Problem> & { message?: string | null } };

export type ResponseOf<C extends EndpointContract> = SuccessOf<C> | Failure;

/** The API answered something that its contract does not say. */
export class ContractViolation extends Error {
  /** Undefined: of a success. */
  readonly status: number | undefined;

  constructor(message: string, status?: number) {
    super(message);
    this.status = status;
  }
}

/** The API refused what should have succeeded. */
export class Refused extends Error {
  readonly status: number;
  readonly body: Failure['body'];

  constructor(contract: EndpointContract, { status, body }: Failure) {
    super(`${contract.name} was refused: ${status} ${JSON.stringify(body)}`);
    this.status = status;
    this.body = body;
  }
}

export interface ClientOptions {
  /** Without `/v1` and without a trailing slash. */
  apiUrl: string;
  /** None: only what is public. */
  token?: string | (() => string | Promise<string>);
}

export interface ApiClient {
  /** Sends a request and holds the response against the contract: throws `ContractViolation` where it differs. */
  call<C extends EndpointContract>(contract: C, request: RequestTo<C>): Promise<ResponseOf<C>>;
  /** The same, for what must succeed: throws `Refused` when it does not. */
  must<C extends EndpointContract>(contract: C, request: RequestTo<C>): Promise<SuccessOf<C>>;
}

/** A typed client of the API, made from its contracts. */
export function client({ apiUrl, token }: ClientOptions): ApiClient {
  async function call<C extends EndpointContract>(contract: C, request: RequestTo<C>): Promise<ResponseOf<C>> {
    const response = await fetch(urlOf(apiUrl, contract, request), {
      method: contract.method,
      headers: headersOf(request, typeof token === 'function' ? await token() : token),
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
    });
    const body = await jsonOf(contract, response);
    const { status, headers } = response;
    const reply = { status, headers, etag: headers.get('etag') ?? undefined };
    const schema = contract.responses[status];
    if (schema) checkSuccess(contract, schema, body, headers);
    else checkFailure(contract, status, body, headers);
    return { ...reply, ok: schema !== undefined, body } as ResponseOf<C>;
  }

  async function must<C extends EndpointContract>(contract: C, request: RequestTo<C>): Promise<SuccessOf<C>> {
    const response = await call(contract, request);
    if (!response.ok) throw new Refused(contract, response as Failure);
    return response as SuccessOf<C>;
  }

  return { call, must };
}

function urlOf(apiUrl: string, { path }: EndpointContract, { params = {}, query = {} }: AnyRequest): URL {
  const url = new URL(apiUrl + path.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(String(params[name]))));
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  return url;
}

interface AnyRequest {
  params?: Record<string, unknown>;
  query?: Record<string, unknown>;
  body?: unknown;
  idempotencyKey?: string;
  ifMatch?: string;
  ifNoneMatch?: '*';
  headers?: Record<string, string>;
}

function headersOf(request: AnyRequest, token: string | undefined): Record<string, string> {
  const { body, idempotencyKey, ifMatch, ifNoneMatch, headers } = request;
  return {
    ...(token ? { authorization: `Bearer ${token}` } : {}),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(idempotencyKey ? { 'idempotency-key': idempotencyKey } : {}),
    ...(ifMatch ? { 'if-match': ifMatch } : {}),
    ...(ifNoneMatch ? { 'if-none-match': ifNoneMatch } : {}),
    ...headers,
  };
}

async function jsonOf(contract: EndpointContract, response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    throw violation(contract, response.status, `is not JSON: ${text.slice(0, 500)}`);
  }
}

function checkSuccess(contract: EndpointContract, schema: z.ZodType, body: unknown, headers: Headers): void {
  const { error } = schema.safeParse(body);
  if (error) throw violation(contract, 'success', `does not have its shape:\n${z.prettifyError(error)}`, body);
  const { responseHeaders = [] } = contract;
  const { version } = body as { version?: number };
  if (responseHeaders.includes('ETag') && version !== undefined && headers.get('etag') !== `"${version}"`) {
    throw violation(contract, 'success', `has the ETag ${headers.get('etag')} at version ${version}`);
  }
  if (responseHeaders.includes('Location') && !headers.get('location')) {
    throw violation(contract, 'success', 'has no Location');
  }
}

function checkFailure(contract: EndpointContract, status: number, body: unknown, headers: Headers): void {
  if (gatewayStatuses.includes(status) && gatewayMessage.safeParse(body).success) return;
  const { data, error } = problem.safeParse(body);
  if (error) throw violation(contract, status, `is not a problem:\n${z.prettifyError(error)}`, body);
  const type = problemsOf(contract).find((candidate) => problemUri(candidate) === data.type);
  if (!type) throw violation(contract, status, `is a problem that the route does not declare: ${data.type}`, body);
  if (problems[type].status !== status) throw violation(contract, status, `is not the status of ${data.type}`);
  if (!headers.get('content-type')?.startsWith('application/problem+json')) {
    throw violation(contract, status, `has the content type ${headers.get('content-type')}`);
  }
  if ('retryAfter' in problems[type] && !headers.get('retry-after')) {
    throw violation(contract, status, 'has no Retry-After');
  }
}

const violation = (contract: EndpointContract, status: number | string, what: string, body?: unknown) =>
  new ContractViolation(
    `The response of ${contract.name} (${status}) ${what}${body === undefined ? '' : `\n${JSON.stringify(body)}`}`,
    typeof status === 'number' ? status : undefined,
  );
