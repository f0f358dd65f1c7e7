import { NotFound } from '../../shared/contracts/errors.ts';
import { listRiskReports as contract } from '../../shared/contracts/routes/risk-reports.ts';
import type { ReadingPorts } from '../../shared/ports.ts';
import { isSenderOf } from '../middleware/commands.ts';
import { deployed, reading } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';

/** E7: every escalation of risk that was reported, to the organisation that sent the referral and to nobody else. */
export const listRiskReports = (ports: Pick<ReadingPorts, 'clients' | 'referrals'>) =>
  endpoint(contract, ports, async ({ params: { referralId }, query, caller }) => {
    const state = await ports.referrals.load(referralId);
    if (!state || !isSenderOf(caller)(state)) throw new NotFound(referralId);
    return { status: status.ok, body: await ports.referrals.riskReports(state.referral, query) };
  });

export const handler = deployed(() => listRiskReports(reading()));
