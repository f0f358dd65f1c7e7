import type { MiddlewareObj } from '@middy/core';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { isTransient } from '../../shared/adapters/transient.ts';
import { ProblemError, type ProblemType, problemBody, problems } from '../../shared/contracts/problems.ts';
import { logger } from './observe.ts';

/** Errors of ours and of the libraries, by name, as what the caller is told. */
const byName: Record<string, ProblemType> = {
  NotFound: 'not-found',
  IdempotencyKeyReused: 'idempotency-key-reused',
  TooMuchContention: 'try-again',
  TransientFault: 'try-again',
  PlaceTaken: 'try-again',
};

/** Answers every error as a problem (RFC 9457). What nobody foresaw is logged by name and never shown. */
export const problemAnswers = (): MiddlewareObj => ({
  onError: (request) => {
    const { error } = request;
    const problem = problemOf(error);
    if (problems[problem.type].status >= 500) {
      logger.error('request failed', { errorName: error?.name, stack: framesOf(error) });
    }
    request.response = answer(problem);
  },
});

/** Where it happened, without the message: that may quote what somebody sent. */
const framesOf = (error: Error | null | undefined): string[] =>
  (error?.stack ?? '')
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .slice(0, 8);

function problemOf(error: (Error & { statusCode?: number }) | null | undefined): ProblemError {
  if (error instanceof ProblemError) return error;
  if (error?.name === 'InvalidCursor') {
    return new ProblemError('invalid-request', undefined, {
      errors: [{ pointer: '?/cursor', detail: 'not one that was given out' }],
    });
  }
  // What the JSON body parser throws for a body that is not JSON, or not sent as JSON.
  if (error?.statusCode === 415) return new ProblemError('unsupported-media-type');
  if (error?.statusCode === 422) return new ProblemError('malformed-json');
  if (error && isTransient(error)) return new ProblemError('try-again');
  return new ProblemError(byName[error?.name ?? ''] ?? 'internal-error');
}

export function answer({ type, detail, extras }: ProblemError, headers: Record<string, string> = {}) {
  const { status, ...definition } = problems[type];
  const retryAfter: Record<string, string> =
    'retryAfter' in definition ? { 'retry-after': String(definition.retryAfter) } : {};
  return {
    statusCode: status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...retryAfter, ...headers },
    body: JSON.stringify(problemBody(type, detail, extras)),
  } satisfies APIGatewayProxyStructuredResultV2;
}
