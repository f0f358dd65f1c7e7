import { newWebhookSecret } from '../../shared/adapters/new-webhook-secret.ts';
import { webhooks as webhooksOf } from '../../shared/adapters/webhooks.ts';
import { ProblemError } from '../../shared/contracts/problems.ts';
import { putWebhook as contract } from '../../shared/contracts/routes/webhooks.ts';
import { webhookView } from '../../shared/domain/views/webhook-view.ts';
import { webhookUrlFault } from '../../shared/domain/webhook-url.ts';
import type { Webhooks } from '../../shared/ports/webhooks.ts';
import type { Ports } from '../../shared/ports.ts';
import { basics, deployed } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';
import { webhookRoleOf } from '../middleware/own-webhook.ts';
import { webhooksOnLoopback } from '../middleware/settings.ts';

type Wanted = Pick<Ports, 'clients'> & { webhooks: Pick<Webhooks, 'change' | 'create' | 'find'>; local: boolean };

/**
 * V: an organisation has itself told of its events, from now on. Put again, it changes where and of what, and enables
 * what was disabled: it goes on where it stopped, and nothing that happened meanwhile is left out.
 */
export const putWebhook = (ports: Wanted) =>
  endpoint(contract, ports, async ({ body: { url, types = null }, caller }) => {
    const fault = webhookUrlFault(url, ports);
    if (fault) throw new ProblemError('rule-refused', undefined, { errors: [{ pointer: '/url', detail: fault }] });
    const wanted = { organisation: caller.organisation, role: webhookRoleOf(caller), url, types };
    const changed = await ports.webhooks.change(wanted);
    if (changed) return { status: status.ok, body: webhookView(changed, caller.role) };
    const secret = newWebhookSecret();
    const isNew = await ports.webhooks.create(wanted, secret);
    const stands = isNew ? await ports.webhooks.find(caller.organisation) : await ports.webhooks.change(wanted);
    if (!stands) throw new ProblemError('try-again');
    return isNew
      ? { status: status.created, body: { ...webhookView(stands, caller.role), secret } }
      : { status: status.ok, body: webhookView(stands, caller.role) };
  });

export const handler = deployed(() => {
  const { db, clock, clients } = basics();
  return putWebhook({ clients, webhooks: webhooksOf(db, clock), local: webhooksOnLoopback() });
});
