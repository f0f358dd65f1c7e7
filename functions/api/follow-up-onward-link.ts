import { followUpOnwardLink as contract } from '../../shared/contracts/routes/onward-links.ts';
import { followUpLink as decide } from '../../shared/domain/commands/onward-links.ts';
import { type AllocationPorts, changeAllocation, commandingAllocations } from '../middleware/allocation-commands.ts';
import { deployed } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';
import { onwardLinkIn, showOnwardLink } from '../middleware/onward-links.ts';

/** O6: records what became of an onward link. */
export const followUpOnwardLink = (ports: AllocationPorts) =>
  endpoint(contract, ports, async (request) => {
    const { state } = await changeAllocation(contract, ports, request, decide, request.body);
    const link = onwardLinkIn(state);
    const body = await showOnwardLink(ports.referrals, state, link, request.caller);
    return { status: status.ok, body, version: link.version };
  });

export const handler = deployed(() => followUpOnwardLink(commandingAllocations()));
