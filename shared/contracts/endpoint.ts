import type * as z from 'zod';
import type { Role } from '../domain/vocabulary.ts';
import type { ProblemType } from './problems.ts';

/**
 * One route as one object: routing, validation, OpenAPI, the role matrix, the typed client and the deployed function
 * all come from it. `name` is the operation id and the name of the file under `functions/api/` that answers it.
 */
export interface EndpointContract {
  name: string;
  method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  /** With parameters in braces, as API Gateway and OpenAPI write them. */
  path: `/v1/${string}`;
  summary: string;
  /** `public` needs no token; `any` takes every role. */
  roles: readonly Role[] | 'any' | 'public';
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: z.ZodType;
  /** Default `none`. */
  idempotencyKey?: 'required' | 'optional' | 'none';
  /** Whose ETag the caller must hold; default none. */
  ifMatch?: 'required';
  responses: Record<number, z.ZodType>;
  /** Problems this route may answer beside those that every route may. */
  problems?: readonly ProblemType[];
}

export const defineEndpoint = <const C extends EndpointContract>(contract: C): C => contract;
