import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import type * as z from 'zod';
import type { EndpointContract } from '../../shared/contracts/endpoint.ts';
import { entityTag, idempotencyKey, ifNoneMatch, traceparent } from '../../shared/contracts/headers.ts';
import { type Fault, ProblemError } from '../../shared/contracts/problems.ts';
import { prefers } from './media-type.ts';

type Parsed<S> = S extends z.ZodType ? z.output<S> : undefined;

/** A request that has the shape that its contract asks for. */
export interface RequestOf<C extends EndpointContract> {
  params: Parsed<C['params']>;
  query: Parsed<C['query']>;
  body: Parsed<C['body']>;
  idempotencyKey: string | undefined;
  /** The version that the caller has seen; null: it means to create. */
  ifMatch: number | null | undefined;
  traceparent: string | undefined;
  /** Whether the caller would rather have the contract's other representation. */
  asAlternate: boolean;
}

/** What the gateway passes on, with the body parsed already. */
export type ParsedEvent = Omit<APIGatewayProxyEventV2, 'body'> & { body?: unknown };

/** Parses a request by its contract. Everything that is wrong with it is said at once. */
export function parseRequest<C extends EndpointContract>(contract: C, event: ParsedEvent): RequestOf<C> {
  const { headers } = event;
  // A path that cannot name anything names nothing: 404, as for any other name that is not there.
  const params = contract.params?.safeParse(event.pathParameters ?? {});
  if (params && !params.success) throw new ProblemError('not-found');
  const faults: Fault[] = [];
  const query = check(contract.query, event.queryStringParameters ?? {}, faults, '?');
  const body = check(contract.body, event.body ?? undefined, faults, '');
  const key = keyHeader(contract, headers['idempotency-key'], faults);
  const ifMatch = matchHeader(contract, headers, faults);
  if (faults.length > 0) throw new ProblemError('invalid-request', 'Every fault is listed.', { errors: faults });
  requirePresent(contract, key, ifMatch);
  const trace = traceparent.safeParse(headers.traceparent);
  return {
    params: params?.data as Parsed<C['params']>,
    query: query as Parsed<C['query']>,
    body: body as Parsed<C['body']>,
    idempotencyKey: key,
    ifMatch,
    // A broken trace context is dropped, as W3C says: it never fails a request.
    traceparent: trace.success ? trace.data : undefined,
    asAlternate: contract.alternate !== undefined && prefers(headers.accept, contract.alternate.mediaType),
  };
}

function check(schema: z.ZodType | undefined, value: unknown, faults: Fault[], prefix: string): unknown {
  if (!schema) return undefined;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  faults.push(...faultsOf(result.error, prefix));
  return undefined;
}

/** A schema's issues as faults with JSON pointers; each unknown field is a fault of its own. */
export function faultsOf(error: z.ZodError, prefix = ''): Fault[] {
  return error.issues.flatMap((issue) => {
    const pointer =
      prefix + issue.path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ pointer: `${pointer}/${key}`, detail: 'unknown field' }));
    }
    return [{ pointer, detail: issue.message }];
  });
}

function keyHeader({ idempotencyKey: use = 'none' }: EndpointContract, value: string | undefined, faults: Fault[]) {
  if (use === 'none' || value === undefined) return undefined;
  const parsed = idempotencyKey.safeParse(value);
  if (parsed.success) return parsed.data;
  faults.push({ pointer: 'Idempotency-Key', detail: '1 to 200 visible ASCII characters' });
  return undefined;
}

function matchHeader(
  { ifMatch: use }: EndpointContract,
  headers: ParsedEvent['headers'],
  faults: Fault[],
): number | null | undefined {
  if (!use) return undefined;
  if (use === 'or-if-none-match' && headers['if-none-match'] !== undefined) {
    if (ifNoneMatch.safeParse(headers['if-none-match']).success) return null;
    faults.push({ pointer: 'If-None-Match', detail: 'only * is understood' });
  }
  const value = headers['if-match'];
  if (value === undefined) return undefined;
  const tag = entityTag.safeParse(value);
  if (tag.success) return Number(tag.data.slice(1, -1));
  faults.push({ pointer: 'If-Match', detail: 'an ETag that was answered before, quotes included' });
  return undefined;
}

function requirePresent(contract: EndpointContract, key: string | undefined, ifMatch: number | null | undefined): void {
  if (contract.idempotencyKey === 'required' && key === undefined) {
    throw new ProblemError('missing-header', 'Idempotency-Key is required.', {
      errors: [{ pointer: 'Idempotency-Key', detail: 'is required' }],
    });
  }
  if (contract.ifMatch && ifMatch === undefined) {
    throw new ProblemError('precondition-required', 'Send the ETag that you read as If-Match.');
  }
}
