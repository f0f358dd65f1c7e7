import { directory } from '../../shared/adapters/directory.ts';
import { NotFound } from '../../shared/contracts/errors.ts';
import { ProblemError } from '../../shared/contracts/problems.ts';
import { stateAvailability as contract } from '../../shared/contracts/routes/services.ts';
import { serviceView } from '../../shared/domain/views/service-view.ts';
import type { Ports } from '../../shared/ports.ts';
import { actorOf } from '../middleware/commands.ts';
import { basics, deployed } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';

/** L3: a provider states how many places its own service has. Fewer than are taken: no new offers until some are free. */
export const stateAvailability = (ports: Pick<Ports, 'clients' | 'directory'>) =>
  endpoint(contract, ports, async ({ params: { serviceId }, body: { places }, ifMatch, caller }) => {
    const found = await ports.directory.find(serviceId);
    if (found?.provider.id !== caller.organisation) throw new NotFound(serviceId);
    const saved = await ports.directory.stateAvailability(serviceId, ifMatch ?? 0, places, actorOf(caller));
    if (!saved) throw new ProblemError('stale');
    return { status: status.ok, body: serviceView(saved), version: saved.version };
  });

export const handler = deployed(() => {
  const { db, clock, clients } = basics();
  return stateAvailability({ clients, directory: directory(db, clock) });
});
