import { directory } from '../../shared/adapters/directory.ts';
import { effectiveness } from '../../shared/adapters/effectiveness.ts';
import { NotFound } from '../../shared/contracts/errors.ts';
import { getService as contract } from '../../shared/contracts/routes/services.ts';
import { publishedPeriod } from '../../shared/domain/effectiveness.ts';
import { effectivenessView } from '../../shared/domain/views/effectiveness-view.ts';
import { openReferralView } from '../../shared/domain/views/open-referral-view.ts';
import { serviceView } from '../../shared/domain/views/service-view.ts';
import type { Ports } from '../../shared/ports.ts';
import { basics, deployed } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';
import { minimumGroup } from '../middleware/settings.ts';

/** O3, O4: one service, with its places at this moment and what came of its work. What is read to be changed and put back is our own shape: it has the ETag. */
export const getService = (ports: Pick<Ports, 'clients' | 'clock' | 'directory' | 'effectiveness'>) =>
  endpoint(contract, ports, async ({ params: { serviceId }, asAlternate }) => {
    const found = await ports.directory.find(serviceId);
    if (!found) throw new NotFound(serviceId);
    const now = await ports.clock.now();
    if (asAlternate) return { status: status.ok, alternate: true, body: openReferralView(found, now) };
    const months = await ports.effectiveness.ofMonths(serviceId, publishedPeriod(now));
    const body = { ...serviceView(found), effectiveness: effectivenessView(months, minimumGroup(), now) };
    return { status: status.ok, body, version: found.version };
  });

export const handler = deployed(() => {
  const { db, clock, clients } = basics();
  return getService({ clients, clock, directory: directory(db, clock), effectiveness: effectiveness(db) });
});
