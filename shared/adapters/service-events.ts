import { randomUUID } from 'node:crypto';
import type { Actor, EventData, EventType } from '../domain/events.ts';
import { eventData } from '../domain/events.ts';
import type { Service } from '../domain/service.ts';
import { keys, workKey } from './keys.ts';
import { type Change, put } from './writes.ts';

/** The feed that every role reads the directory's changes from (O4). */
export const directoryAudience = 'directory';

/** An event of the directory, as history keeps it and the outbox sends it (architecture rule 2); `formerly`: whose it was. */
export function serviceEvent<T extends EventType>(
  table: string,
  { id: serviceId, sequence, provider }: Pick<Service, 'id' | 'sequence' | 'provider'>,
  type: T,
  data: EventData<T>,
  by: Actor,
  now: Date,
  formerly = provider.id,
): Change {
  const id = randomUUID();
  const item = {
    ...keys.event(keys.service(serviceId).pk, sequence),
    id,
    type,
    sequence,
    occurredAt: now.toISOString(),
    by,
    data: eventData[type].parse(data),
    audience: [...new Set([directoryAudience, provider.id, formerly])],
    referralId: null,
    crn: null,
    traceparent: null,
    workKey: workKey('EVENT', id),
    workAt: now.toISOString(),
  };
  return { purpose: 'event', write: put(table, item) };
}
