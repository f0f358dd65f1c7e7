import { getAllocation as contract } from '../../shared/contracts/routes/allocations.ts';
import { type AllocationReadingPorts, allocationFor, readingAllocations } from '../middleware/allocation-commands.ts';
import { showAllocation } from '../middleware/allocation-views.ts';
import { deployed } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';

/** One provider's part of a referral. */
export const getAllocation = (ports: AllocationReadingPorts) =>
  endpoint(contract, ports, async ({ params: { allocationId }, caller }) => {
    const state = await allocationFor(ports, caller, allocationId);
    return {
      status: status.ok,
      body: await showAllocation(ports.referrals, state, caller),
      version: state.allocation.version,
    };
  });

export const handler = deployed(() => getAllocation(readingAllocations()));
