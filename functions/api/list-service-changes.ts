import { eventFeed } from '../../shared/adapters/feed.ts';
import { directoryAudience } from '../../shared/adapters/service-events.ts';
import type { directoryEventTypes } from '../../shared/contracts/event.ts';
import { listServiceChanges as contract } from '../../shared/contracts/routes/services.ts';
import type { Ports } from '../../shared/ports.ts';
import { basics, deployed } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';

/** O4: what changed in the directory, oldest first. The last page's cursor is where to go on from later. */
export const listServiceChanges = (ports: Pick<Ports, 'clients' | 'feed'>) =>
  endpoint(contract, ports, async ({ query }) => {
    const { items, cursor } = await ports.feed.after(directoryAudience, query);
    const changes = items.map(({ id, type, sequence, occurredAt, data }) => ({
      id,
      serviceId: String(data.serviceId),
      type: type as (typeof directoryEventTypes)[number],
      sequence,
      occurredAt,
      data,
    }));
    return { status: status.ok, body: { items: changes, cursor } };
  });

export const handler = deployed(() => {
  const { db, clients } = basics();
  return listServiceChanges({ clients, feed: eventFeed(db) });
});
