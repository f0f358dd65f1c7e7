import { assignCaseworker as contract } from '../../shared/contracts/routes/allocations.ts';
import { assignCaseworker as decide } from '../../shared/domain/commands/provide-service.ts';
import { type AllocationPorts, changeAllocation, commandingAllocations } from '../middleware/allocation-commands.ts';
import { showAllocation } from '../middleware/allocation-views.ts';
import { deployed } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';

/** L4: a caseworker takes the work on, or takes it over. */
export const assignCaseworker = (ports: AllocationPorts) =>
  endpoint(contract, ports, async (request) => {
    const { state } = await changeAllocation(contract, ports, request, decide, request.body);
    const body = await showAllocation(ports.referrals, state, request.caller);
    return { status: status.ok, body, version: state.allocation.version };
  });

export const handler = deployed(() => assignCaseworker(commandingAllocations()));
