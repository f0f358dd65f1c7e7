import { submitEndOfServiceReport as contract } from '../../shared/contracts/routes/end-of-service-reports.ts';
import { submitReport as decide } from '../../shared/domain/commands/end-of-service-report.ts';
import { type AllocationPorts, changeAllocation, commandingAllocations } from '../middleware/allocation-commands.ts';
import { showReport } from '../middleware/allocation-views.ts';
import { deployed } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';

/** L5, T6: submits the report to the practitioner. */
export const submitEndOfServiceReport = (ports: AllocationPorts) =>
  endpoint(contract, ports, async (request) => {
    const { state } = await changeAllocation(contract, ports, request, decide, {});
    const body = await showReport(ports.referrals, state, request.caller);
    return { status: status.accepted, body, version: state.allocation.version };
  });

export const handler = deployed(() => submitEndOfServiceReport(commandingAllocations()));
