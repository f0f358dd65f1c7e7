import { getEndOfServiceReport as contract } from '../../shared/contracts/routes/end-of-service-reports.ts';
import { type AllocationReadingPorts, allocationFor, readingAllocations } from '../middleware/allocation-commands.ts';
import { showReport } from '../middleware/allocation-views.ts';
import { deployed } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';

/** L5: the end of service report of an allocation. */
export const getEndOfServiceReport = (ports: AllocationReadingPorts) =>
  endpoint(contract, ports, async ({ params: { allocationId }, caller }) => {
    const state = await allocationFor(ports, caller, allocationId);
    return {
      status: status.ok,
      body: await showReport(ports.referrals, state, caller),
      version: state.allocation.version,
    };
  });

export const handler = deployed(() => getEndOfServiceReport(readingAllocations()));
