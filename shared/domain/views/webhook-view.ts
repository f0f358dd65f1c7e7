import { type DeadLetter, statusOf, type Webhook } from '../webhook.ts';

/** How a webhook stands: everything but its secret. */
export const webhookView = (webhook: Webhook) => ({
  organisation: webhook.organisation,
  url: webhook.url,
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
