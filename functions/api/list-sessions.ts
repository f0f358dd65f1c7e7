import * as z from 'zod';
import { listSessions as contract } from '../../shared/contracts/routes/appointments.ts';
import type { Appointment } from '../../shared/domain/allocation.ts';
import { summaryOf } from '../../shared/domain/commands/common.ts';
import { asItStands } from '../../shared/domain/overtaken.ts';
import { sessionViews } from '../../shared/domain/views/allocation-view.ts';
import { type AllocationReadingPorts, allocationFor, readingAllocations } from '../middleware/allocation-commands.ts';
import { deployed } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';
import { offsetPage } from '../middleware/offset-page.ts';

/** A session's number, so written that their order is that of the text. */
const sessionId = z.string().regex(/^\d{3}$/);

/** L4: the sessions of the action plan, each with its appointment. A plan has at most 200. */
export const listSessions = (ports: AllocationReadingPorts) =>
  endpoint(contract, ports, async ({ params: { allocationId }, query, caller }) => {
    const { referral, allocation } = await allocationFor(ports, caller, allocationId);
    const booked = await allAppointments(ports, allocationId);
    const standing = booked.map((appointment) => asItStands(appointment, summaryOf(referral, allocationId)));
    const sessions = sessionViews(allocation, standing, caller.role);
    const page = offsetPage(
      sessions.map((view) => ({ id: String(view.session).padStart(3, '0'), view })),
      query,
      sessionId,
    );
    return { status: status.ok, body: { items: page.items.map(({ view }) => view), cursor: page.cursor } };
  });

async function allAppointments(
  { allocations }: Pick<AllocationReadingPorts, 'allocations'>,
  id: string,
): Promise<Appointment[]> {
  const found: Appointment[] = [];
  let cursor: string | undefined;
  do {
    const page = await allocations.appointments(id, { limit: 100, cursor });
    found.push(...page.items);
    cursor = page.cursor ?? undefined;
  } while (cursor);
  return found;
}

export const handler = deployed(() => listSessions(readingAllocations()));
