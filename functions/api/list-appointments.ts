import { listAppointments as contract } from '../../shared/contracts/routes/appointments.ts';
import { type AllocationReadingPorts, allocationFor, readingAllocations } from '../middleware/allocation-commands.ts';
import { showAppointment } from '../middleware/allocation-views.ts';
import { deployed } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';

/** L4: the appointments of an allocation. */
export const listAppointments = (ports: AllocationReadingPorts) =>
  endpoint(contract, ports, async ({ params: { allocationId }, query, caller }) => {
    const state = await allocationFor(ports, caller, allocationId);
    const { items, cursor } = await ports.allocations.appointments(allocationId, query);
    const shown = items.map((appointment) => showAppointment(ports.referrals, state, appointment, caller));
    return { status: status.ok, body: { items: await Promise.all(shown), cursor } };
  });

export const handler = deployed(() => listAppointments(readingAllocations()));
