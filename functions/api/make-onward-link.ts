import { makeOnwardLink as contract } from '../../shared/contracts/routes/onward-links.ts';
import { makeOnwardLink as decide } from '../../shared/domain/commands/onward-links.ts';
import {
  type AllocationPorts,
  allocationFor,
  changeAllocation,
  commandingAllocations,
} from '../middleware/allocation-commands.ts';
import { deployed } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';
import { onwardLinkIn, showOnwardLink } from '../middleware/onward-links.ts';

/** O6: records an onward link; sent again with its key, it is the same link. */
export const makeOnwardLink = (ports: AllocationPorts) =>
  endpoint(contract, ports, async (request) => {
    const { params, body: command, caller } = request;
    const outcome = await changeAllocation(contract, ports, request, decide, command);
    const state = outcome.replayed
      ? await allocationFor(ports, caller, params.allocationId, { linkId: outcome.replayed.resourceId })
      : outcome.state;
    const link = onwardLinkIn(state);
    const body = await showOnwardLink(ports.referrals, state, link, caller);
    return { status: status.ok, body, version: link.version };
  });

export const handler = deployed(() => makeOnwardLink(commandingAllocations()));
