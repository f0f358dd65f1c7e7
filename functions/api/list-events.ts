import { eventFeed } from '../../shared/adapters/feed.ts';
import { eventFor } from '../../shared/adapters/published-event.ts';
import { listEvents as contract } from '../../shared/contracts/routes/events.ts';
import type { Ports } from '../../shared/ports.ts';
import { basics, deployed } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';

/** V: the caller's organisation's own events, in order of publication, for who cannot listen to the bus. */
export const listEvents = (ports: Pick<Ports, 'clients' | 'feed'>) =>
  endpoint(contract, ports, async ({ query: { limit, after }, caller }) => {
    const { items, cursor } = await ports.feed.after(caller.organisation, { limit, cursor: after });
    return { status: status.ok, body: { items: items.map((event) => eventFor(caller.role, event)), cursor } };
  });

export const handler = deployed(() => {
  const { db, clients } = basics();
  return listEvents({ clients, feed: eventFeed(db) });
});
