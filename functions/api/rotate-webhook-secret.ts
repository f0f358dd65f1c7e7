import { newWebhookSecret } from '../../shared/adapters/new-webhook-secret.ts';
import { webhooks as webhooksOf } from '../../shared/adapters/webhooks.ts';
import { NotFound } from '../../shared/contracts/errors.ts';
import { ProblemError } from '../../shared/contracts/problems.ts';
import { rotateWebhookSecret as contract } from '../../shared/contracts/routes/webhooks.ts';
import type { Webhooks } from '../../shared/ports/webhooks.ts';
import type { Ports } from '../../shared/ports.ts';
import { basics, deployed } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';
import { webhookOverlapHours } from '../middleware/settings.ts';

/**
 * A new secret, shown this once. Whoever did not get to see it asks for another one: the former ones sign on beside it
 * for a while, so a receiver can change over without losing a notice.
 */
export const rotateWebhookSecret = (
  ports: Pick<Ports, 'clients'> & { webhooks: Pick<Webhooks, 'rotate'>; overlapHours: number },
) =>
  endpoint(contract, ports, async ({ caller: { organisation } }) => {
    const secret = newWebhookSecret();
    const rotated = await ports.webhooks.rotate(organisation, secret, ports.overlapHours);
    if (rotated === undefined) throw new NotFound(organisation);
    if (rotated === false) throw new ProblemError('not-possible-now', 'Too many former secrets still sign.');
    return { status: status.ok, body: { secret, formerSignUntil: rotated.signUntil } };
  });

export const handler = deployed(() => {
  const { db, clock, clients } = basics();
  return rotateWebhookSecret({ clients, webhooks: webhooksOf(db, clock), overlapHours: webhookOverlapHours() });
});
