import { expect, it } from 'vitest';
import { webhookView } from '../../shared/domain/views/webhook-view.ts';
import { aWebhook } from '../builders/webhooks.ts';

it('V: what stands in the query of an address, as a token may, is shown to its owner only', () => {
  const webhook = aWebhook({ url: 'https://hooks.example.org/in?token=secret' });
  expect(webhookView(webhook, 'provider').url).toBe('https://hooks.example.org/in?token=secret');
  expect(webhookView(webhook, 'operations').url).toBe('https://hooks.example.org/in');
});
