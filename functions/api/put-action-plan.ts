import { putActionPlan as contract } from '../../shared/contracts/routes/action-plans.ts';
import { draftPlan as decide } from '../../shared/domain/commands/action-plan.ts';
import { type AllocationPorts, changeAllocation, commandingAllocations } from '../middleware/allocation-commands.ts';
import { showPlan } from '../middleware/allocation-views.ts';
import { deployed } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';

/** L4: writes the action plan, until it is submitted; after its approval, a revision of it. */
export const putActionPlan = (ports: AllocationPorts) =>
  endpoint(contract, ports, async (request) => {
    const { state } = await changeAllocation(contract, ports, request, decide, request.body);
    const body = await showPlan(ports.referrals, state, request.caller);
    return { status: status.ok, body, version: state.allocation.version };
  });

export const handler = deployed(() => putActionPlan(commandingAllocations()));
