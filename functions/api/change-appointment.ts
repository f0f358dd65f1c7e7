import { changeAppointment as contract } from '../../shared/contracts/routes/appointments.ts';
import { changeAppointment as decide } from '../../shared/domain/commands/appointments.ts';
import {
  type AllocationPorts,
  appointmentIn,
  changeAllocation,
  commandingAllocations,
} from '../middleware/allocation-commands.ts';
import { showAppointment } from '../middleware/allocation-views.ts';
import { deployed } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';

/** L4: moves a booked appointment. */
export const changeAppointment = (ports: AllocationPorts) =>
  endpoint(contract, ports, async (request) => {
    const outcome = await changeAllocation(contract, ports, request, decide, request.body, { diary: request.body });
    const appointment = appointmentIn(outcome);
    const body = await showAppointment(ports.referrals, outcome.state, appointment, request.caller);
    return { status: status.ok, body, version: appointment.version };
  });

export const handler = deployed(() => changeAppointment(commandingAllocations()));
