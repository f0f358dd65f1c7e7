import { directory } from '../../shared/adapters/directory.ts';
import { NotFound } from '../../shared/contracts/errors.ts';
import { ProblemError } from '../../shared/contracts/problems.ts';
import { stateAvailability as contract } from '../../shared/contracts/routes/services.ts';
import type { Actor } from '../../shared/domain/events.ts';
import { type Plan, planFaults } from '../../shared/domain/planned-places.ts';
import { serviceView } from '../../shared/domain/views/service-view.ts';
import { londonDate } from '../../shared/domain/working-days.ts';
import type { DirectoryEntry, Ports } from '../../shared/ports.ts';
import { actorOf } from '../middleware/commands.ts';
import { basics, deployed } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';

/**
 * L3: a provider states how many places its own service has, now or from a day to come. Fewer than are taken: no new
 * offers until some are free.
 */
export const stateAvailability = (ports: Pick<Ports, 'clients' | 'clock' | 'directory'>) =>
  endpoint(contract, ports, async ({ params: { serviceId }, body: { places, from }, ifMatch, caller }) => {
    const found = await ports.directory.find(serviceId);
    if (found?.provider.id !== caller.organisation) throw new NotFound(serviceId);
    if (found.version !== ifMatch) throw new ProblemError('stale');
    const saved = from
      ? await planned(ports, found, { from, places }, actorOf(caller))
      : await ports.directory.stateAvailability(serviceId, found.version, places ?? 0, actorOf(caller));
    if (!saved) throw new ProblemError('stale');
    return { status: status.ok, body: serviceView(saved), version: saved.version };
  });

async function planned(
  { clock, directory }: Pick<Ports, 'clock' | 'directory'>,
  found: DirectoryEntry,
  plan: Plan,
  by: Actor,
) {
  const errors = planFaults(found.planned, plan, londonDate(await clock.now()));
  if (errors.length > 0) throw new ProblemError('rule-refused', 'These places cannot be planned.', { errors });
  return directory.planPlaces(found.id, found.version, plan, by);
}

export const handler = deployed(() => {
  const { db, clock, clients } = basics();
  return stateAvailability({ clients, clock, directory: directory(db, clock) });
});
