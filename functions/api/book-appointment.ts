import { bookAppointment as contract } from '../../shared/contracts/routes/appointments.ts';
import { bookAppointment as decide } from '../../shared/domain/commands/appointments.ts';
import {
  type AllocationPorts,
  allocationFor,
  appointmentIn,
  changeAllocation,
  commandingAllocations,
} from '../middleware/allocation-commands.ts';
import { showAppointment } from '../middleware/allocation-views.ts';
import { deployed } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';

/** L4: books the supplier assessment or a session, alone or in a group session; sent again with its key, it is the same booking. */
export const bookAppointment = (ports: AllocationPorts) =>
  endpoint(contract, ports, async (request) => {
    const { params, caller, body: command } = request;
    const { groupId } = command;
    const beside = groupId ? { groupId } : { diary: command };
    const outcome = await changeAllocation(contract, ports, request, decide, command, beside);
    const booked = outcome.replayed
      ? {
          state: await allocationFor(ports, caller, params.allocationId, {
            appointmentId: outcome.replayed.resourceId,
          }),
        }
      : outcome;
    const appointment = appointmentIn(booked);
    const body = await showAppointment(ports.referrals, booked.state, appointment, caller);
    return { status: status.ok, body, version: appointment.version };
  });

export const handler = deployed(() => bookAppointment(commandingAllocations()));
