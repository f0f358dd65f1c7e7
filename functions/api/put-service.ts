import { directory } from '../../shared/adapters/directory.ts';
import { NotFound } from '../../shared/contracts/errors.ts';
import { ProblemError } from '../../shared/contracts/problems.ts';
import { putService as contract } from '../../shared/contracts/routes/services.ts';
import { changedFields, completed, contradictionsIn } from '../../shared/domain/service-rules.ts';
import { serviceView } from '../../shared/domain/views/service-view.ts';
import type { Ports } from '../../shared/ports.ts';
import { actorOf } from '../middleware/commands.ts';
import { basics, deployed } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';

/**
 * O3, O4: a contract manager onboards a service or changes it. Its places stay the provider's to state. What changes
 * nothing makes no new version, and nobody is told.
 */
export const putService = (ports: Pick<Ports, 'clients' | 'directory'>) =>
  endpoint(contract, ports, async ({ params: { serviceId }, body, ifMatch, caller }) => {
    const described = completed(body);
    const errors = contradictionsIn(described);
    if (errors.length > 0) throw new ProblemError('rule-refused', 'The service contradicts itself.', { errors });
    const version = ifMatch ?? null;
    const before = version === null ? undefined : await ports.directory.find(serviceId);
    if (version !== null && !before) throw new NotFound(serviceId);
    const isSame = before?.version === version && before && changedFields(before, described).length === 0;
    const saved = isSame ? before : await ports.directory.put(serviceId, version, described, actorOf(caller));
    if (!saved) throw new ProblemError(version === null ? 'already-exists' : 'stale');
    return { status: version === null ? status.created : status.ok, body: serviceView(saved), version: saved.version };
  });

export const handler = deployed(() => {
  const { db, clock, clients } = basics();
  return putService({ clients, directory: directory(db, clock) });
});
