import type { GroupSession } from '../group-session.ts';

/** How many attend. */
export const groupSessionSummary = ({
  id,
  serviceId,
  caseworkerId,
  outputRows,
  startsAt,
  durationMinutes,
  mode,
  places,
  seats: { length: taken },
  status,
  revisedFor,
  version,
}: GroupSession) => ({
  id,
  service: { id: serviceId },
  caseworker: { id: caseworkerId },
  outputRows,
  startsAt,
  durationMinutes,
  mode,
  places,
  seats: { taken, free: places - taken },
  status,
  revisedFor,
  version,
});

/** With where it takes place, and whose appointments it is. */
export const groupSessionView = (session: GroupSession, place: string | undefined) => ({
  ...groupSessionSummary(session),
  ...(place ? { place } : {}),
  attendees: session.seats.map(({ allocationId, appointmentId }) => ({ allocationId, appointmentId })),
});
