import * as z from 'zod';
import { minimumGroup as fewest } from '../../shared/contracts/minimum-group.ts';
import { retentionMonths as months } from '../../shared/contracts/retention-period.ts';

/** What the functions behind the API are told; parsed at first use. */
const settings = z.object({
  /** The claim that names the client: `client_id` with Cognito, `azp` or `sub` elsewhere. */
  CLIENT_ID_CLAIM: z.string().min(1).default('client_id'),
  /** Days that a draft is kept after the last change to it. */
  DRAFT_DAYS: z.coerce.number().int().min(1).default(90),
  /** Hours before the start of an appointment at which it is reminded of. */
  REMINDER_HOURS: z.coerce.number().int().min(1).default(24),
  RECONCILE_MINUTES: z.coerce.number().int().min(1).default(2),
  /** Hours that a webhook's former secret goes on signing beside a new one. */
  WEBHOOK_OVERLAP_HOURS: z.coerce.number().int().min(1).default(24),
  /** The fewest people of whom figures are told. */
  MINIMUM_GROUP: fewest,
  /** Months that what is held on a person is kept after their last conclusion. */
  RETENTION_MONTHS: months,
  /** A local stack's webhooks may lead to this machine, over HTTP too. */
  WEBHOOKS_ON_LOOPBACK: z.stringbool().default(false),
});
let parsed: z.infer<typeof settings> | undefined;

function told(): z.infer<typeof settings> {
  parsed ??= settings.parse(process.env);
  return parsed;
}

export const clientIdClaim = (): string => told().CLIENT_ID_CLAIM;
export const draftDays = (): number => told().DRAFT_DAYS;
export const reminderHours = (): number => told().REMINDER_HOURS;

/** Minutes from one round of the reconciler to the next. */
export const reconcileMinutes = (): number => told().RECONCILE_MINUTES;
export const webhookOverlapHours = (): number => told().WEBHOOK_OVERLAP_HOURS;
export const minimumGroup = (): number => told().MINIMUM_GROUP;
export const retentionMonths = (): number => told().RETENTION_MONTHS;
export const webhooksOnLoopback = (): boolean => told().WEBHOOKS_ON_LOOPBACK;
