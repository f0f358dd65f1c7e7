import { completeDelivery as contract } from '../../shared/contracts/routes/allocations.ts';
import { completeDelivery as decide } from '../../shared/domain/commands/provide-service.ts';
import { type AllocationPorts, changeAllocation, commandingAllocations } from '../middleware/allocation-commands.ts';
import { showAllocation } from '../middleware/allocation-views.ts';
import { deployed } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';

/** L5, T6: delivery has ended, and its report is due. */
export const completeDelivery = (ports: AllocationPorts) =>
  endpoint(contract, ports, async (request) => {
    const { state } = await changeAllocation(contract, ports, request, decide, request.body);
    const body = await showAllocation(ports.referrals, state, request.caller);
    return { status: status.accepted, body, version: state.allocation.version };
  });

export const handler = deployed(() => completeDelivery(commandingAllocations()));
