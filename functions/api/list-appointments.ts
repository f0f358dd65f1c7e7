import { listAppointments as contract } from '../../shared/contracts/routes/appointments.ts';
import { appointmentView } from '../../shared/domain/views/allocation-view.ts';
import { type AllocationReadingPorts, allocationFor, readingAllocations } from '../middleware/allocation-commands.ts';
import { deployed } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';

/** L4: the appointments of an allocation. */
export const listAppointments = (ports: AllocationReadingPorts) =>
  endpoint(contract, ports, async ({ params: { allocationId }, query, caller }) => {
    await allocationFor(ports, caller, allocationId);
    const { items, cursor } = await ports.allocations.appointments(allocationId, query);
    return { status: status.ok, body: { items: items.map((appointment) => appointmentView(appointment)), cursor } };
  });

export const handler = deployed(() => listAppointments(readingAllocations()));
