import { NotFound } from '../../shared/contracts/errors.ts';
import { ProblemError } from '../../shared/contracts/problems.ts';
import { type Webhook, webhookRoles } from '../../shared/domain/webhook.ts';
import type { Webhooks } from '../../shared/ports/webhooks.ts';
import type { Caller } from '../../shared/ports.ts';

/** The role of a caller whose organisation can have a webhook; its contract lets no one else in. */
export function webhookRoleOf({ role }: Caller): Webhook['role'] {
  const own = webhookRoles.find((one) => one === role);
  if (!own) throw new ProblemError('forbidden');
  return own;
}

/** The webhook that is meant: one's own; operations name whose. Another organisation's does not exist. */
export async function webhookMeant(
  webhooks: Pick<Webhooks, 'find'>,
  { role, organisation: own }: Caller,
  named: string | undefined,
): Promise<Webhook> {
  if (role === 'operations' && named === undefined) {
    const errors = [{ pointer: 'organisation', detail: 'operations say whose' }];
    throw new ProblemError('invalid-request', undefined, { errors });
  }
  const organisation = named ?? own;
  if (role !== 'operations' && organisation !== own) throw new NotFound(organisation);
  const found = await webhooks.find(organisation);
  if (!found) throw new NotFound(organisation);
  return found;
}
