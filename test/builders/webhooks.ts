import { healthy, type Webhook } from '../../shared/domain/webhook.ts';

/** A provider's webhook that has worked so far. */
export const aWebhook = (changes: Partial<Webhook> = {}): Webhook => ({
  organisation: 'provider-a',
  role: 'provider',
  url: 'https://hooks.example.org/referrals',
  types: null,
  createdAt: '2026-06-01T09:00:00.000Z',
  changedAt: '2026-06-01T09:00:00.000Z',
  secretMadeAt: '2026-06-01T09:00:00.000Z',
  ...healthy,
  cursor: 0,
  lastDeliveredAt: null,
  lastFailure: null,
  setAside: null,
  replay: null,
  ...changes,
});
