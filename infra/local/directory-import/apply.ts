import { setTimeout as pause } from 'node:timers/promises';
import { getService, putService } from '../../../shared/contracts/routes/services.ts';
import { type ApiClient, Refused } from '../api-client.ts';
import { inParallel } from '../in-parallel.ts';
import { descriptionOf } from './entries.ts';
import { type Change, isSame, type Present } from './plan.ts';

const atOnce = 8;
const attempts = 5;

/** What became of a change: written; there already; or changed by someone else since it was read. */
export type Outcome = { change: Change } & ({ result: 'written' | 'unchanged' } | { result: 'conflict'; why: string });

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
 * at any moment and run again. The import's id stands in the record as who did it.
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

async function write(api: ApiClient, change: Change, importId: string): Promise<Outcome> {
  const { id: serviceId, service: body, etag } = change;
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
  // Someone was quicker. It may have been this import: an answer that was lost on the way does not undo what it said.
  const now = await presentService(api, serviceId);
  return now && isSame(descriptionOf(now.service), body)
    ? { change, result: 'written' }
    : { change, result: 'conflict', why: 'someone else has changed it meanwhile; run the import again' };
}

/** Asks again where the other side is busy or does not answer. */
async function patiently<R extends { status: number }>(ask: () => Promise<R>): Promise<R> {
  for (let attempt = 1; ; attempt += 1) {
    const reply = await ask().catch((fault: unknown) => {
      // `fetch` has no other name for a connection that failed.
      if (attempt < attempts && fault instanceof TypeError) return undefined;
      throw fault;
    });
    const isBusy = reply === undefined || [429, 503].includes(reply.status);
    if (reply && (!isBusy || attempt === attempts)) return reply;
    await pause(100 * 2 ** attempt);
  }
}
