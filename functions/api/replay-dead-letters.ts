import { webhooks as webhooksOf } from '../../shared/adapters/webhooks.ts';
import { ProblemError } from '../../shared/contracts/problems.ts';
import { replayDeadLetters as contract } from '../../shared/contracts/routes/webhooks.ts';
import { webhookView } from '../../shared/domain/views/webhook-view.ts';
import type { Webhooks } from '../../shared/ports/webhooks.ts';
import type { Ports } from '../../shared/ports.ts';
import { basics, deployed } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';
import { webhookMeant } from '../middleware/own-webhook.ts';

/** Asks for one more attempt at each dead letter, in their order: the next run makes it, once nothing else fails. */
export const replayDeadLetters = (ports: Pick<Ports, 'clients'> & { webhooks: Pick<Webhooks, 'find' | 'replay'> }) =>
  endpoint(contract, ports, async ({ body, caller }) => {
    const webhook = await webhookMeant(ports.webhooks, caller, body?.organisation);
    if (webhook.disabled) throw new ProblemError('not-possible-now', 'It is disabled: put it again first.');
    const asked = await ports.webhooks.replay(webhook);
    return { status: status.accepted, body: webhookView(asked ?? webhook, caller.role) };
  });

export const handler = deployed(() => {
  const { db, clock, clients } = basics();
  return replayDeadLetters({ clients, webhooks: webhooksOf(db, clock) });
});
