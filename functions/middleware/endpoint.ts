import middy, { type MiddlewareObj } from '@middy/core';
import httpHeaderNormalizer from '@middy/http-header-normalizer';
import httpJsonBodyParser from '@middy/http-json-body-parser';
import type { APIGatewayProxyEventV2WithJWTAuthorizer, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type * as z from 'zod';
import type { EndpointContract } from '../../shared/contracts/endpoint.ts';
import { ProblemError } from '../../shared/contracts/problems.ts';
import type { Caller, Ports } from '../../shared/ports.ts';
import { callerOf, mustHaveRole } from './caller.ts';
import { observe } from './observe.ts';
import { problemAnswers } from './problem-answers.ts';
import { type ParsedEvent, parseRequest, type RequestOf } from './request.ts';
import { securityHeaders } from './security-headers.ts';

/** What a handler answers: one of its contract's responses, or one of its other representation. */
export type ReplyOf<C extends EndpointContract> =
  | AnswerOf<C['responses'], { alternate?: false }>
  | (C extends { alternate: { responses: infer R } } ? AnswerOf<R, { alternate: true }> : never);

type AnswerOf<R, Representation> = {
  [Status in keyof R & number]: Representation & {
    status: Status;
    body: R[Status] extends z.ZodType ? z.input<R[Status]> : never;
    /** Answered as the ETag. */
    version?: number;
    location?: string;
  };
}[keyof R & number];

/** A request whose caller is known. */
type AuthorisedEvent = APIGatewayProxyEventV2WithJWTAuthorizer & { caller: Caller };
export type Asked<C extends EndpointContract> = RequestOf<C> & { caller: Caller };

/** Bodies over this are refused (api.md). */
const largestBody = 256 * 1024;

/**
 * One endpoint: everything between the gateway and the use case, in the order in which it happens. Who calls comes
 * first, so that nobody learns anything about the shape of a request that is not theirs to make.
 */
export function endpoint<C extends EndpointContract>(
  contract: C,
  { clients }: Pick<Ports, 'clients'>,
  handle: (request: Asked<C>) => Promise<ReplyOf<C>>,
) {
  return middy<AuthorisedEvent, APIGatewayProxyStructuredResultV2>()
    .use(observe(contract.name))
    .use(securityHeaders())
    .use(problemAnswers())
    .use(httpHeaderNormalizer())
    .before(async ({ event }) => {
      const caller = await callerOf(event, clients);
      mustHaveRole(contract, caller);
      event.caller = caller;
    })
    .use(jsonBody(contract))
    .handler(async (event) =>
      reply(contract, await handle({ ...parseRequest(contract, event as ParsedEvent), caller: event.caller })),
    );
}

/** Parses the body where the contract has one; a body that may be left out may be. */
function jsonBody({ body: schema }: EndpointContract): MiddlewareObj<AuthorisedEvent> {
  const parser = httpJsonBodyParser() as MiddlewareObj;
  return {
    before: async (request) => {
      const { body } = request.event;
      if (Buffer.byteLength(body ?? '') > largestBody) throw new ProblemError('payload-too-large');
      const isLeftOut = !body && schema?.safeParse(undefined).success;
      if (schema && !isLeftOut) await parser.before?.(request as never);
    },
  };
}

interface Reply {
  status: number;
  body: unknown;
  version?: number;
  location?: string;
  alternate?: boolean;
}

function reply({ alternate: other }: EndpointContract, { status, body, version, location, alternate }: Reply) {
  const isText = alternate && typeof body === 'string';
  return {
    statusCode: status,
    headers: {
      'content-type': alternate && other ? other.mediaType + (isText ? '; charset=utf-8' : '') : 'application/json',
      'cache-control': 'no-store',
      ...(other ? { vary: 'accept' } : {}),
      ...(version === undefined ? {} : { etag: `"${version}"` }),
      ...(location ? { location } : {}),
    },
    body: isText ? body : JSON.stringify(body),
  };
}

export const status = { ok: 200, created: 201, accepted: 202 } as const;
