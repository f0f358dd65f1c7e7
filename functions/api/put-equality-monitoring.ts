import { equalityMonitoring } from '../../shared/adapters/equality-monitoring.ts';
import { NotFound } from '../../shared/contracts/errors.ts';
import { ProblemError } from '../../shared/contracts/problems.ts';
import { putEqualityMonitoring as contract } from '../../shared/contracts/routes/equality-monitoring.ts';
import type { ReadingPorts } from '../../shared/ports.ts';
import { actorOf } from '../middleware/commands.ts';
import { deployed, reading } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';
import { referralSentBy } from '../middleware/own-referral.ts';

/**
 * Records what the person said of their protected characteristics, in place of all that was recorded before. Not a
 * command on the referral: no event tells of it and no history keeps it, the referral's version does not move, and it
 * may come at any time, also after the conclusion (ADR 11). Asked twice, the same stands.
 */
export const putEqualityMonitoring = (ports: Pick<ReadingPorts, 'clients' | 'clock' | 'equality' | 'referrals'>) =>
  endpoint(contract, ports, async ({ params, body, caller }) => {
    const referral = await referralSentBy(ports, caller, params.referralId);
    // What is never sent is kept no longer than it has to be, so there is nothing to monitor yet.
    if (!referral.sentAt) throw new ProblemError('not-possible-now', 'It is recorded once the referral has been sent.');
    const recordedAt = (await ports.clock.now()).toISOString();
    const record = { characteristics: body, recordedAt, recordedBy: actorOf(caller) };
    if (!(await ports.equality.put(referral, record))) throw new NotFound(referral.id);
    return { status: status.ok, body: record };
  });

export const handler = deployed(() => {
  const { db, clock, clients, referrals } = reading();
  return putEqualityMonitoring({ clients, clock, referrals, equality: equalityMonitoring(db) });
});
