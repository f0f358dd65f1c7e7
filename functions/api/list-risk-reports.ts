import { listRiskReports as contract } from '../../shared/contracts/routes/risk-reports.ts';
import type { ReadingPorts } from '../../shared/ports.ts';
import { deployed, reading } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';
import { referralSentBy } from '../middleware/own-referral.ts';

/** E7: every escalation of risk that was reported, to the organisation that sent the referral and to nobody else. */
export const listRiskReports = (ports: Pick<ReadingPorts, 'clients' | 'referrals'>) =>
  endpoint(contract, ports, async ({ params: { referralId }, query, caller }) => {
    const referral = await referralSentBy(ports, caller, referralId);
    return { status: status.ok, body: await ports.referrals.riskReports(referral, query) };
  });

export const handler = deployed(() => listRiskReports(reading()));
