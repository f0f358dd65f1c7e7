import { equalityMonitoring } from '../../shared/adapters/equality-monitoring.ts';
import { getEqualityMonitoring as contract } from '../../shared/contracts/routes/equality-monitoring.ts';
import type { ReadingPorts } from '../../shared/ports.ts';
import { deployed, reading } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';
import { referralSentBy } from '../middleware/own-referral.ts';

/** What the person said of their protected characteristics: for the referral's own case system, and nobody else. */
export const getEqualityMonitoring = (ports: Pick<ReadingPorts, 'clients' | 'equality' | 'referrals'>) =>
  endpoint(contract, ports, async ({ params, caller }) => {
    const referral = await referralSentBy(ports, caller, params.referralId);
    const found = await ports.equality.find(referral);
    return { status: status.ok, body: found ?? { characteristics: {}, recordedAt: null, recordedBy: null } };
  });

export const handler = deployed(() => {
  const { db, clients, referrals } = reading();
  return getEqualityMonitoring({ clients, referrals, equality: equalityMonitoring(db) });
});
