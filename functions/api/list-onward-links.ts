import { listOnwardLinks as contract } from '../../shared/contracts/routes/onward-links.ts';
import { type AllocationReadingPorts, allocationFor, readingAllocations } from '../middleware/allocation-commands.ts';
import { deployed } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';
import { showOnwardLink } from '../middleware/onward-links.ts';

/** O6: the onward links of an allocation. */
export const listOnwardLinks = (ports: AllocationReadingPorts) =>
  endpoint(contract, ports, async ({ params: { allocationId }, query, caller }) => {
    const state = await allocationFor(ports, caller, allocationId);
    const { items, cursor } = await ports.allocations.onwardLinks(allocationId, query);
    const shown = items.map((link) => showOnwardLink(ports.referrals, state, link, caller));
    return { status: status.ok, body: { items: await Promise.all(shown), cursor } };
  });

export const handler = deployed(() => listOnwardLinks(readingAllocations()));
