import { webhooks as webhooksOf } from '../../shared/adapters/webhooks.ts';
import { listWebhooks as contract } from '../../shared/contracts/routes/webhooks.ts';
import { webhookView } from '../../shared/domain/views/webhook-view.ts';
import type { Webhooks } from '../../shared/ports/webhooks.ts';
import type { Ports } from '../../shared/ports.ts';
import { basics, deployed } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';

/** How everyone's webhooks stand: for operations, who talk to whoever does not hear any more. */
export const listWebhooks = (ports: Pick<Ports, 'clients'> & { webhooks: Pick<Webhooks, 'all'> }) =>
  endpoint(contract, ports, async ({ query, caller }) => {
    const { items, cursor } = await ports.webhooks.all(query);
    return { status: status.ok, body: { items: items.map((webhook) => webhookView(webhook, caller.role)), cursor } };
  });

export const handler = deployed(() => {
  const { db, clock, clients } = basics();
  return listWebhooks({ clients, webhooks: webhooksOf(db, clock) });
});
