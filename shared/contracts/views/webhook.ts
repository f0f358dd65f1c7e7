import * as z from 'zod';
import { disabledReasons, failureReasons } from '../../domain/webhook.ts';
import { code, time } from '../common.ts';

const failure = z.strictObject({
  at: time,
  reason: z.enum(failureReasons),
  status: z.int().nullable().describe('What was answered, if anything was'),
});

const webhook = z.strictObject({
  organisation: code,
  url: z.string().describe('For operations without its query'),
  types: z.array(z.string()).nullable().describe('Null: events of every type'),
  status: z.enum(['active', 'failing', 'disabled']).describe('Disabled: nothing is sent until it is put again'),
  createdAt: time,
  changedAt: time,
  secretMadeAt: time,
  lastDeliveredAt: time.nullable(),
  lastFailure: failure.nullable(),
  failures: z.int().describe('In a row'),
  failingSince: time.nullable(),
  nextAttemptAt: time.nullable(),
  disabledAt: time.nullable(),
  disabledBecause: z.enum(disabledReasons).nullable(),
  isReplaying: z.boolean().describe('Dead letters are being tried once more'),
});

/** V: an organisation's webhook as it and operations see it. */
export const webhookView = webhook.meta({ id: 'Webhook' });

const secret = z.string().describe('Signs the notices (Standard Webhooks). Shown this once');

export const createdWebhookView = z.strictObject({ ...webhook.shape, secret }).meta({ id: 'CreatedWebhook' });

export const rotatedSecretView = z
  .strictObject({ secret, formerSignUntil: time.describe('Until then notices also carry the former signature') })
  .meta({ id: 'RotatedSecret' });

export const deadLetterView = z
  .strictObject({
    eventId: z.uuid(),
    type: z.string(),
    referralId: z.uuid().nullable(),
    setAsideAt: time,
    attempts: z.int(),
    failure,
  })
  .meta({ id: 'DeadLetter' });
