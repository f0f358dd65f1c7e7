import type { Role } from '../vocabulary.ts';
import { type DeadLetter, statusOf, type Webhook } from '../webhook.ts';

/** How a webhook stands: everything but its secret, and what may be one in the query of its address, which is its owner's. */
export const webhookView = (webhook: Webhook, reader: Role) => ({
  organisation: webhook.organisation,
  url: reader === 'operations' ? webhook.url.replace(/\?.*$/, '') : webhook.url,
  types: webhook.types,
  status: statusOf(webhook),
  createdAt: webhook.createdAt,
  changedAt: webhook.changedAt,
  secretMadeAt: webhook.secretMadeAt,
  lastDeliveredAt: webhook.lastDeliveredAt,
  lastFailure: webhook.lastFailure,
  failures: webhook.failures,
  failingSince: webhook.failingSince,
  nextAttemptAt: webhook.nextAttemptAt,
  disabledAt: webhook.disabled?.at ?? null,
  disabledBecause: webhook.disabled?.because ?? null,
  isReplaying: webhook.replay !== null,
});

export const deadLetterView = ({ eventId, type, referralId, setAsideAt, attempts, failure }: DeadLetter) => ({
  eventId,
  type,
  referralId,
  setAsideAt,
  attempts,
  failure,
});
