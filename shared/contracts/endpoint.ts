import type * as z from 'zod';
import type { Role } from '../domain/vocabulary.ts';
import type { ProblemType } from './problems.ts';

/**
 * One route as one object: routing, validation, OpenAPI, the role matrix, the typed client and the deployed function
 * all come from it. `name` is the operation id and the name of the file under `functions/api/` that answers it.
 */
export interface EndpointContract {
  name: string;
  /** The file under `functions/api/`, where it is not named after the endpoint. */
  servedBy?: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  /** With parameters in braces, as API Gateway and OpenAPI write them. */
  path: `/v1/${string}`;
  summary: string;
  /** `public` needs no token; `any` takes every role. */
  roles: readonly Role[] | 'any' | 'public';
  params?: z.ZodObject;
  query?: z.ZodObject;
  /** A schema that takes `undefined` makes the body optional. */
  body?: z.ZodType;
  /** Default `none`. */
  idempotencyKey?: 'required' | 'optional' | 'none';
  /** Whose ETag the caller must hold; `or-if-none-match`: or say `If-None-Match: *` to create. Default none. */
  ifMatch?: 'required' | 'or-if-none-match';
  /** What success may answer, by status. Everything else is a problem. */
  responses: Record<number, z.ZodType>;
  /** Another representation of success, for callers who ask for its type with `Accept`. It is never sent back. */
  alternate?: { mediaType: string; responses: Record<number, z.ZodType> };
  /** Headers that success answers with. An ETag is the resource's `version` in quotes. */
  responseHeaders?: readonly ('ETag' | 'Location')[];
  /** Problems this route may answer beside those that follow from its shape (`problemsOf`). */
  problems?: readonly ProblemType[];
}

export const defineEndpoint = <const C extends EndpointContract>(contract: C): C => contract;

/** Every problem that a route may answer: its own, and those that its roles, input and preconditions bring with them. */
export function problemsOf(contract: EndpointContract): ProblemType[] {
  const { roles, params, query, body, idempotencyKey = 'none', ifMatch, problems = [] } = contract;
  const when = (applies: unknown, ...types: ProblemType[]): ProblemType[] => (applies ? types : []);
  return [
    ...new Set<ProblemType>([
      ...when(roles !== 'public', 'unauthorized', 'forbidden', 'try-again'),
      ...when(params, 'not-found'),
      ...when(params || query || body, 'invalid-request'),
      ...when(body, 'malformed-json', 'payload-too-large', 'unsupported-media-type'),
      ...when(idempotencyKey === 'required', 'missing-header'),
      ...when(idempotencyKey !== 'none', 'invalid-request', 'request-in-progress', 'idempotency-key-reused'),
      ...when(ifMatch, 'invalid-request', 'precondition-required', 'stale'),
      ...when(ifMatch === 'or-if-none-match', 'already-exists'),
      ...problems,
      'internal-error',
    ]),
  ];
}
