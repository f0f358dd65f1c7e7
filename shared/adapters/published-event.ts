import type { Role } from '../domain/vocabulary.ts';
import type { HistoryEntry } from '../ports.ts';

/** The event as it stands on the bus (V). */
export const publishedEvent = ({
  id,
  type,
  occurredAt,
  referralId,
  crn,
  sequence,
  traceparent,
  data,
}: HistoryEntry) => ({
  id,
  type,
  occurredAt,
  referralId,
  crn,
  sequence,
  traceparent,
  link: linkOf({ referralId, data }),
  data,
});

/** Where to read on: at the referral, the group session or the service that it is an event of. */
function linkOf({ referralId, data }: Pick<HistoryEntry, 'referralId' | 'data'>): string {
  if (referralId) return `/v1/referrals/${referralId}`;
  return data.groupId ? `/v1/group-sessions/${String(data.groupId)}` : `/v1/services/${String(data.serviceId)}`;
}

/** Events that may reach a provider before it has accepted: they do not tell it who the person is. */
const beforeAcceptance = /^(offer|task|risk)\./;

/** The event as an organisation is shown it, whichever way it comes: a provider's may leave out the CRN. */
export const eventFor = (role: Role, event: HistoryEntry) =>
  role === 'provider' && beforeAcceptance.test(event.type)
    ? { ...publishedEvent(event), crn: null }
    : publishedEvent(event);
