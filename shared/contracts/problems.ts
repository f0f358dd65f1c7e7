import * as z from 'zod';
import type { RefusalCode } from '../domain/decision.ts';
import { needIds } from '../domain/vocabulary.ts';

/** Every problem that the API can answer (RFC 9457). A type is stable: callers decide by it, people read the title. */
export const problems = {
  'malformed-json': { status: 400, title: 'The body is not JSON' },
  'invalid-request': { status: 400, title: 'The request does not have the shape that it must have' },
  'missing-header': { status: 400, title: 'A required header is missing' },
  unauthorized: { status: 401, title: 'There is no valid token' },
  forbidden: { status: 403, title: 'This role may not do this' },
  'not-found': { status: 404, title: 'There is nothing here, or it is not yours' },
  'method-not-allowed': { status: 405, title: 'This resource does not have that method' },
  'already-answered-differently': { status: 409, title: 'The task has another answer already' },
  'task-lapsed': { status: 409, title: 'The task lapsed at its deadline' },
  'task-no-longer-open': { status: 409, title: 'The task is no longer open' },
  'referral-already-concluded': { status: 409, title: 'The referral has concluded' },
  'not-possible-now': { status: 409, title: 'This contradicts what has happened' },
  'request-in-progress': { status: 409, title: 'The same request is being worked on', retryAfter: 1 },
  stale: { status: 412, title: 'The resource has changed since it was read' },
  'already-exists': { status: 412, title: 'There is one already' },
  'payload-too-large': { status: 413, title: 'The body is larger than 256 KB' },
  'unsupported-media-type': { status: 415, title: 'The body must be sent as application/json' },
  'rule-refused': { status: 422, title: 'A rule refuses this' },
  ineligible: { status: 422, title: 'The referral is not eligible' },
  'idempotency-key-reused': { status: 422, title: 'The idempotency key was used for another request' },
  'precondition-required': { status: 428, title: 'If-Match is required' },
  'internal-error': { status: 500, title: 'Something went wrong here' },
  'try-again': { status: 503, title: 'Busy: the same request may be sent again', retryAfter: 1 },
} as const satisfies Record<string, ProblemDefinition>;

interface ProblemDefinition {
  status: number;
  title: string;
  /** Seconds, answered as `Retry-After`. */
  retryAfter?: number;
}

export type ProblemType = keyof typeof problems;
export const problemTypes = Object.keys(problems) as [ProblemType, ...ProblemType[]];

/** The problem's `type`, a relative reference as RFC 9457 has it. */
export const problemUri = (type: ProblemType): `/problems/${ProblemType}` => `/problems/${type}`;

/** What the domain refuses, as the caller is told. */
export const refusals = {
  ReferralAlreadyConcluded: 'referral-already-concluded',
  TaskNoLongerOpen: 'task-no-longer-open',
  TaskLapsed: 'task-lapsed',
  AlreadyAnsweredDifferently: 'already-answered-differently',
  NotPossibleNow: 'not-possible-now',
  Contradiction: 'rule-refused',
  Ineligible: 'ineligible',
  InvalidAnswer: 'rule-refused',
} as const satisfies Record<RefusalCode, ProblemType>;

/** One fault of what was sent; a problem lists them all. */
export const fault = z.strictObject({
  pointer: z.string().describe('JSON pointer into the body, or the name of a parameter or header'),
  fields: z.array(z.string()).optional().describe('Every fact that takes part, where several contradict each other'),
  detail: z.string(),
  rule: z.string().optional().describe('The rule that refuses it, for example E1'),
});
export type Fault = z.infer<typeof fault>;

/** What an eligibility check says of one need; a referral that is refused as ineligible says the same (E1–E6). */
export const needEligibility = z.strictObject({
  need: z.enum(needIds),
  result: z.enum(['eligible', 'needs-information', 'refused']),
  failed: z
    .array(
      z.strictObject({
        rule: z.string(),
        fields: z.array(z.string()).describe('The facts that decided it, as JSON pointers into the referral'),
        reason: z.string(),
        instead: z.string(),
      }),
    )
    .describe('Every rule that it fails, by which facts, why, and what to do instead'),
  missing: z.array(z.string()).describe('What would have to be known, as JSON pointers'),
});

/** An answer of type `application/problem+json`. Clients ignore members that they do not know, as RFC 9457 says. */
export const problem = z
  .looseObject({
    type: z.enum(problemTypes.map(problemUri)),
    title: z.string(),
    status: z.int(),
    detail: z.string().optional(),
    errors: z.array(fault).optional().describe('Every fault of the request'),
    needs: z.array(needEligibility).optional().describe('Every rule that each need fails, when not eligible'),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof problem>;

type Extras = Partial<Pick<Problem, 'errors' | 'needs'>>;

export const problemBody = (type: ProblemType, detail?: string, extras: Extras = {}): Problem => ({
  type: problemUri(type),
  title: problems[type].title,
  status: problems[type].status,
  ...(detail ? { detail } : {}),
  ...extras,
});

/** Thrown to answer with a problem. */
export class ProblemError extends Error {
  readonly type: ProblemType;
  readonly detail: string | undefined;
  readonly extras: Extras;

  constructor(type: ProblemType, detail?: string, extras: Extras = {}) {
    super(detail ?? problems[type].title);
    this.name = 'ProblemError';
    this.type = type;
    this.detail = detail;
    this.extras = extras;
  }
}
