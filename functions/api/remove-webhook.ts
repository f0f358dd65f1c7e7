import { webhooks as webhooksOf } from '../../shared/adapters/webhooks.ts';
import { removeWebhook as contract } from '../../shared/contracts/routes/webhooks.ts';
import { webhookView } from '../../shared/domain/views/webhook-view.ts';
import type { Webhooks } from '../../shared/ports/webhooks.ts';
import type { Ports } from '../../shared/ports.ts';
import { basics, deployed } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';
import { webhookMeant } from '../middleware/own-webhook.ts';

/** Ends the notices and forgets their secrets and dead letters. The feed stays, for who reads it. */
export const removeWebhook = (ports: Pick<Ports, 'clients'> & { webhooks: Pick<Webhooks, 'find' | 'remove'> }) =>
  endpoint(contract, ports, async ({ body, caller }) => {
    const webhook = await webhookMeant(ports.webhooks, caller, body?.organisation);
    await ports.webhooks.remove(webhook.organisation);
    return { status: status.ok, body: webhookView(webhook, caller.role) };
  });

export const handler = deployed(() => {
  const { db, clock, clients } = basics();
  return removeWebhook({ clients, webhooks: webhooksOf(db, clock) });
});
