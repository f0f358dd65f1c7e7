import { directory } from '../../shared/adapters/directory.ts';
import { NotFound } from '../../shared/contracts/errors.ts';
import { getService as contract } from '../../shared/contracts/routes/services.ts';
import { openReferralView } from '../../shared/domain/views/open-referral-view.ts';
import { serviceView } from '../../shared/domain/views/service-view.ts';
import type { Ports } from '../../shared/ports.ts';
import { basics, deployed } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';

/** O3: one service, with its places at this moment. What is read to be changed and put back is our own shape: it has the ETag. */
export const getService = (ports: Pick<Ports, 'clients' | 'clock' | 'directory'>) =>
  endpoint(contract, ports, async ({ params: { serviceId }, asAlternate }) => {
    const found = await ports.directory.find(serviceId);
    if (!found) throw new NotFound(serviceId);
    if (asAlternate) {
      return { status: status.ok, alternate: true, body: openReferralView(found, await ports.clock.now()) };
    }
    return { status: status.ok, body: serviceView(found), version: found.version };
  });

export const handler = deployed(() => {
  const { db, clock, clients } = basics();
  return getService({ clients, clock, directory: directory(db, clock) });
});
