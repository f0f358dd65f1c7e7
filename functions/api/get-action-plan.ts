import { getActionPlan as contract } from '../../shared/contracts/routes/action-plans.ts';
import { type AllocationReadingPorts, allocationFor, readingAllocations } from '../middleware/allocation-commands.ts';
import { showPlan } from '../middleware/allocation-views.ts';
import { deployed } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';

/** L4: the action plan of an allocation. */
export const getActionPlan = (ports: AllocationReadingPorts) =>
  endpoint(contract, ports, async ({ params: { allocationId }, caller }) => {
    const state = await allocationFor(ports, caller, allocationId);
    return {
      status: status.ok,
      body: await showPlan(ports.referrals, state, caller),
      version: state.allocation.version,
    };
  });

export const handler = deployed(() => getActionPlan(readingAllocations()));
