import { webhooks as webhooksOf } from '../../shared/adapters/webhooks.ts';
import { listDeadLetters as contract } from '../../shared/contracts/routes/webhooks.ts';
import { deadLetterView } from '../../shared/domain/views/webhook-view.ts';
import type { Webhooks } from '../../shared/ports/webhooks.ts';
import type { Ports } from '../../shared/ports.ts';
import { basics, deployed } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';
import { webhookMeant } from '../middleware/own-webhook.ts';

/** Which events were set aside and why; the events themselves stand in the feed. */
export const listDeadLetters = (ports: Pick<Ports, 'clients'> & { webhooks: Pick<Webhooks, 'deadLetters' | 'find'> }) =>
  endpoint(contract, ports, async ({ query: { organisation: named, ...page }, caller }) => {
    const { organisation } = await webhookMeant(ports.webhooks, caller, named);
    const { items, cursor } = await ports.webhooks.deadLetters(organisation, page);
    return { status: status.ok, body: { items: items.map(deadLetterView), cursor } };
  });

export const handler = deployed(() => {
  const { db, clock, clients } = basics();
  return listDeadLetters({ clients, webhooks: webhooksOf(db, clock) });
});
