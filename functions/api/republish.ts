import { tasks as tasksOf } from '../../shared/adapters/tasks.ts';
import { unpublished } from '../../shared/adapters/unpublished.ts';
import { NotFound } from '../../shared/contracts/errors.ts';
import { republish as contract } from '../../shared/contracts/routes/operations.ts';
import { republish as decide } from '../../shared/domain/commands/operate.ts';
import type { Ports } from '../../shared/ports.ts';
import { accepted, actorOf } from '../middleware/commands.ts';
import { commanding, deployed } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';
import { referralMeant } from '../middleware/operations.ts';
import { isHidden } from '../middleware/own-referral.ts';

/** How many events one call sends again; called again, it goes on with the next. */
const mostAtOnce = 100;

type RepublishPorts = Pick<Ports, 'clients' | 'referrals' | 'tasks'> & {
  outbox: Pick<Ports['outbox'], 'unpublished' | 'requeue'>;
};

/**
 * Sends events again that may not have arrived: every event of one referral, or, with none named, what has not left the
 * outbox. They take the one way out there is, the table's stream; consumers may see them twice (V).
 */
export const republish = (ports: RepublishPorts) =>
  endpoint(contract, ports, async ({ body, caller, traceparent }) => {
    const referralId = await referralMeant(ports, body);
    if (!referralId) {
      const { events } = await ports.outbox.unpublished(mostAtOnce);
      await ports.outbox.requeue(events);
      return { status: status.accepted, body: { referralId: null, count: events.length } };
    }
    const state = await ports.referrals.load(referralId);
    if (!state || isHidden(state.referral, caller)) throw new NotFound(referralId);
    let count = 0;
    let cursor: string | undefined;
    do {
      const page = await ports.referrals.history(referralId, { limit: mostAtOnce, cursor });
      await ports.outbox.requeue(page.items);
      count += page.items.length;
      cursor = page.cursor ?? undefined;
    } while (cursor);
    const { reason } = body;
    const by = { by: actorOf(caller), traceparent };
    accepted(
      await ports.referrals.execute(referralId, {}, (state, context) => decide(state, { reason, count }, context), by),
    );
    return { status: status.accepted, body: { referralId, count } };
  });

export const handler = deployed(() => {
  const { db, clock, clients, referrals } = commanding();
  return republish({ clients, referrals, tasks: tasksOf(db), outbox: unpublished(db, clock) });
});
