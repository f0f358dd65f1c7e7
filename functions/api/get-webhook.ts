import { webhooks as webhooksOf } from '../../shared/adapters/webhooks.ts';
import { getWebhook as contract } from '../../shared/contracts/routes/webhooks.ts';
import { webhookView } from '../../shared/domain/views/webhook-view.ts';
import type { Webhooks } from '../../shared/ports/webhooks.ts';
import type { Ports } from '../../shared/ports.ts';
import { basics, deployed } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';
import { webhookMeant } from '../middleware/own-webhook.ts';

/** Where an organisation is told of its events, and whether that works. Never its secret. */
export const getWebhook = (ports: Pick<Ports, 'clients'> & { webhooks: Pick<Webhooks, 'find'> }) =>
  endpoint(contract, ports, async ({ query: { organisation }, caller }) => ({
    status: status.ok,
    body: webhookView(await webhookMeant(ports.webhooks, caller, organisation), caller.role),
  }));

export const handler = deployed(() => {
  const { db, clock, clients } = basics();
  return getWebhook({ clients, webhooks: webhooksOf(db, clock) });
});
