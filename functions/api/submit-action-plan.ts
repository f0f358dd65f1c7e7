import { submitActionPlan as contract } from '../../shared/contracts/routes/action-plans.ts';
import { submitPlan as decide } from '../../shared/domain/commands/action-plan.ts';
import { type AllocationPorts, changeAllocation, commandingAllocations } from '../middleware/allocation-commands.ts';
import { showPlan } from '../middleware/allocation-views.ts';
import { deployed } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';

/** T3, T4: submits the action plan for approval. */
export const submitActionPlan = (ports: AllocationPorts) =>
  endpoint(contract, ports, async (request) => {
    const { state } = await changeAllocation(contract, ports, request, decide, {});
    const body = await showPlan(ports.referrals, state, request.caller);
    return { status: status.accepted, body, version: state.allocation.version };
  });

export const handler = deployed(() => submitActionPlan(commandingAllocations()));
