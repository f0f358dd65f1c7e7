import { setTimeout as pause } from 'node:timers/promises';
import { getService, putService } from '../../../shared/contracts/routes/services.ts';
import { type ApiClient, ContractViolation, Refused } from '../api-client.ts';
import { inParallel } from '../in-parallel.ts';
import { descriptionOf } from './entries.ts';
import { type Change, isSame, type Present } from './plan.ts';

const atOnce = 8;
const attempts = 5;

/** What became of a change: written; there already; changed by someone else since it was read; or not to be had. */
export type Outcome = { change: Change } & (
  | { result: 'written' | 'unchanged' }
  | { result: 'conflict' | 'failed'; why: string }
);

/** Who makes the changes of an import, as the record keeps it. */
export const importActor = (importId: string): string => `import:${importId}`;

/** The services of these ids that are there. */
export async function presentServices(api: ApiClient, ids: readonly string[]): Promise<Map<string, Present>> {
  const found = await inParallel(ids, atOnce, async (id) => [id, await presentService(api, id)] as const);
  return new Map(found.flatMap(([id, present]) => (present ? [[id, present] as const] : [])));
}

async function presentService(api: ApiClient, serviceId: string): Promise<Present | undefined> {
  const reply = await patiently(() => api.call(getService, { params: { serviceId } }));
  if (reply.ok) {
    const { effectiveness: _figures, ...service } = reply.body;
    return { service, etag: reply.etag ?? '' };
  }
  if (reply.status === 404) return undefined;
  throw new Refused(getService, reply);
}

/**
 * Writes what is to be written, each service by itself and under the version that was read: so an import may be killed
 * at any moment and run again, and one that is refused does not keep back the others. The import's id stands in the record as who did it.
 */
export function applied(
  api: ApiClient,
  changes: readonly Change[],
  importId: string,
  onDone: (outcome: Outcome) => void,
): Promise<Outcome[]> {
  return inParallel(changes, atOnce, async (change) => {
    const outcome =
      change.kind === 'unchanged' ? { change, result: 'unchanged' as const } : await write(api, change, importId);
    onDone(outcome);
    return outcome;
  });
}

/** A service that cannot be written is one of many: it is told, and the others go on. */
const write = (api: ApiClient, change: Change, importId: string): Promise<Outcome> =>
  writtenUnder(change.etag, api, change, importId).catch((fault: unknown) => ({
    change,
    result: 'failed' as const,
    why: fault instanceof Error ? fault.message : String(fault),
  }));

async function writtenUnder(
  etag: string | undefined,
  api: ApiClient,
  change: Change,
  importId: string,
  attempt = 1,
): Promise<Outcome> {
  const { id: serviceId, service: body, before } = change;
  const reply = await patiently(() =>
    api.call(putService, {
      params: { serviceId },
      body,
      ...(etag ? { ifMatch: etag } : { ifNoneMatch: '*' as const }),
      headers: { 'x-on-behalf-of': importActor(importId) },
    }),
  );
  if (reply.ok) return { change, result: 'written' };
  if (reply.status !== 412) throw new Refused(putService, reply);
  const now = await presentService(api, serviceId);
  const stands = now && descriptionOf(now.service);
  // Someone was quicker. It may have been this import: an answer that was lost on the way does not undo what it said.
  if (stands && isSame(stands, body)) return { change, result: 'written' };
  // A new version need not say anything new of the service: its provider has stated its places, say.
  if (stands && before && isSame(stands, before) && attempt < attempts) {
    return writtenUnder(now.etag, api, change, importId, attempt + 1);
  }
  return { change, result: 'conflict', why: 'someone else has changed it meanwhile' };
}

/** Asks again where the other side is busy, fails or does not answer. */
async function patiently<R extends { status: number }>(ask: () => Promise<R>): Promise<R> {
  for (let attempt = 1; ; attempt += 1) {
    const reply = await ask().catch((fault: unknown) => {
      if (attempt < attempts && mayPass(fault)) return undefined;
      throw fault;
    });
    const isInTrouble = reply === undefined || reply.status === 429 || reply.status >= 500;
    if (reply && (!isInTrouble || attempt === attempts)) return reply;
    await pause(100 * 2 ** attempt);
  }
}

/** `fetch` has no other name for a connection that failed; and what stands before the API answers in its own shapes. */
const mayPass = (fault: unknown): boolean =>
  fault instanceof TypeError || (fault instanceof ContractViolation && (fault.status ?? 0) >= 500);
