import type { HistoryEntry } from '../ports.ts';

/** The event as everyone sees it: on the bus, in the feed and in webhooks alike (V). */
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
  link: referralId ? `/v1/referrals/${referralId}` : `/v1/services/${String(data.serviceId)}`,
  data,
});
