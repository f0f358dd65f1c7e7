import { resolve } from 'node:path';
import * as z from 'zod';
import {
  type MatchingWeights,
  matchingWeights,
  type ParallelOffers,
  parallelOffers,
} from '../shared/contracts/matching-policy.ts';
import { minimumGroup } from '../shared/contracts/minimum-group.ts';
import { retentionMonths } from '../shared/contracts/retention-period.ts';
import { type Client, readClients } from './clients.ts';

const count = z.coerce.number().int().positive();
const list = z.string().transform((text) => text.split(',').map((item) => item.trim()));

/** Every setting of a deployment, and nothing else, comes from these variables. Parsed once, by `infra/app.ts`. */
const environment = z
  .object({
    /** `local` is the emulated AWS of `npm start`: what it cannot do is left out, and what it keeps can be thrown away. */
    REFERRALS_TARGET: z.enum(['aws', 'local']).default('aws'),
    /** Your own OpenID provider instead of a Cognito user pool: its issuer and where it gives out tokens, … */
    REFERRALS_ISSUER: z.url({ protocol: /^https$/ }).optional(),
    REFERRALS_TOKEN_URL: z.url({ protocol: /^https$/ }).optional(),
    /** … what its tokens name as audience … */
    REFERRALS_AUDIENCES: list.optional(),
    /** … and the claim that names the client. */
    REFERRALS_CLIENT_CLAIM: z.string().optional(),
    /** The user pool's clients: a JSON file (`infra/clients.ts`). */
    REFERRALS_CLIENTS: z.string().optional(),
    /** The token endpoint's domain prefix, unique in the region. Default: made from the account's number. */
    REFERRALS_TOKEN_DOMAIN: z.string().optional(),
    /** Requests a second that the API takes, and how many may come at once. */
    REFERRALS_RATE_LIMIT: count.default(50),
    REFERRALS_BURST_LIMIT: count.default(100),
    REFERRALS_LOG_RETENTION_DAYS: count.default(400),
    REFERRALS_LOG_LEVEL: z.enum(['DEBUG', 'INFO', 'WARN', 'ERROR']).default('INFO'),
    /** Days that a draft is kept after the last change to it. */
    REFERRALS_DRAFT_DAYS: count.default(90),
    /** Hours before the start of an appointment at which it is reminded of. */
    REFERRALS_REMINDER_HOURS: count.default(24),
    /** Minutes from one round of the reconciler to the next (ADR 25): what comes apart is found within three more. */
    REFERRALS_RECONCILE_MINUTES: count.default(2),
    /** How much each part of a candidate's score is worth, as JSON: those given replace the usual ones. */
    REFERRALS_MATCHING_WEIGHTS: matchingWeights.optional(),
    /** By need, how many providers are offered it at once, as JSON: the first to accept has it. One, where none is given. */
    REFERRALS_PARALLEL_OFFERS: parallelOffers.optional(),
    /** The fewest people of whom figures of effectiveness are told: a multiple of five. */
    REFERRALS_MINIMUM_GROUP: minimumGroup,
    /** Months that what is held on a person is kept after the last conclusion of their referrals. A legal hold wins. */
    REFERRALS_RETENTION_MONTHS: retentionMonths,
    /** Hours that notices carry the former signature too after a webhook's secret was rotated. */
    REFERRALS_WEBHOOK_OVERLAP_HOURS: count.default(24),
    /** Who is told of alarms. More can subscribe to the topic. */
    REFERRALS_ALARM_EMAIL: z.email().optional(),
    /** Times that an execution looks before it continues in a fresh one (architecture, rule 5), if not the usual. */
    REFERRALS_SEGMENT_PASSES: count.optional(),
    AWS_ENDPOINT_URL: z.url().optional(),
    CDK_DEFAULT_ACCOUNT: z.string().optional(),
    CDK_DEFAULT_REGION: z.string().default('eu-west-2'),
  })
  .refine(
    ({ REFERRALS_ISSUER, REFERRALS_TOKEN_URL, REFERRALS_AUDIENCES }) =>
      !REFERRALS_ISSUER === !REFERRALS_AUDIENCES && !REFERRALS_ISSUER === !REFERRALS_TOKEN_URL,
    { error: 'REFERRALS_ISSUER, REFERRALS_TOKEN_URL and REFERRALS_AUDIENCES belong together.' },
  )
  .refine(({ REFERRALS_TARGET, AWS_ENDPOINT_URL }) => (REFERRALS_TARGET === 'local') === Boolean(AWS_ENDPOINT_URL), {
    error: 'AWS_ENDPOINT_URL names the local AWS: set it with REFERRALS_TARGET=local and never without.',
  });

/** Who vouches for callers. */
export type IdentityConfig =
  | { kind: 'cognito'; domainPrefix: string | undefined; clients: readonly Client[] }
  | { kind: 'openid'; issuer: string; tokenUrl: string; audiences: readonly string[] };

export interface Config {
  account: string | undefined;
  region: string;
  /** Undefined on AWS. */
  local: { endpoint: string } | undefined;
  identity: IdentityConfig;
  /** The token's claim that names the client. */
  clientClaim: string;
  throttle: { rateLimit: number; burstLimit: number };
  logs: { retentionDays: number; level: string };
  draftDays: number;
  reminderHours: number;
  reconcileMinutes: number;
  /** Undefined: the usual ones. */
  matchingWeights: MatchingWeights | undefined;
  /** Undefined: one after the other. */
  parallelOffers: ParallelOffers | undefined;
  minimumGroup: number;
  retentionMonths: number;
  webhookOverlapHours: number;
  alarmEmail: string | undefined;
  segmentPasses: number | undefined;
}

export function parseConfig(variables: NodeJS.ProcessEnv): Config {
  const parsed = environment.safeParse(variables);
  if (!parsed.success) throw new Error(`The configuration is wrong:\n${z.prettifyError(parsed.error)}`);
  const env = parsed.data;
  return {
    account: env.CDK_DEFAULT_ACCOUNT,
    region: env.CDK_DEFAULT_REGION,
    local: env.AWS_ENDPOINT_URL ? { endpoint: env.AWS_ENDPOINT_URL.replace(/\/$/, '') } : undefined,
    identity: identityOf(env),
    clientClaim: env.REFERRALS_CLIENT_CLAIM ?? 'client_id',
    throttle: { rateLimit: env.REFERRALS_RATE_LIMIT, burstLimit: env.REFERRALS_BURST_LIMIT },
    logs: {
      retentionDays: env.REFERRALS_TARGET === 'local' ? 1 : env.REFERRALS_LOG_RETENTION_DAYS,
      level: env.REFERRALS_LOG_LEVEL,
    },
    draftDays: env.REFERRALS_DRAFT_DAYS,
    reminderHours: env.REFERRALS_REMINDER_HOURS,
    reconcileMinutes: env.REFERRALS_RECONCILE_MINUTES,
    matchingWeights: env.REFERRALS_MATCHING_WEIGHTS,
    parallelOffers: env.REFERRALS_PARALLEL_OFFERS,
    minimumGroup: env.REFERRALS_MINIMUM_GROUP,
    retentionMonths: env.REFERRALS_RETENTION_MONTHS,
    webhookOverlapHours: env.REFERRALS_WEBHOOK_OVERLAP_HOURS,
    alarmEmail: env.REFERRALS_ALARM_EMAIL,
    segmentPasses: env.REFERRALS_SEGMENT_PASSES,
  };
}

function identityOf(env: z.infer<typeof environment>): IdentityConfig {
  const { REFERRALS_ISSUER: issuer, REFERRALS_TOKEN_URL: tokenUrl, REFERRALS_AUDIENCES: audiences } = env;
  if (issuer && tokenUrl && audiences) return { kind: 'openid', issuer, tokenUrl, audiences };
  const clients = env.REFERRALS_CLIENTS ? readClients(resolve(env.REFERRALS_CLIENTS)) : [];
  return { kind: 'cognito', domainPrefix: env.REFERRALS_TOKEN_DOMAIN, clients };
}
