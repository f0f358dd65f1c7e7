import type { Operations } from '../../infra/local/actors.ts';
import type { Stack } from '../../infra/local/local-aws.ts';
import { listTasks } from '../../shared/contracts/routes/tasks.ts';
import { taskStatuses } from '../../shared/contracts/views/task.ts';
import { itemsOf } from './settled.ts';

/** What a referral leaves under keys that it shares with others. */
export interface Footprint {
  /** Places in the feeds of all who may know its events, and of the organisation that sent it alone. */
  places: number;
  sendersPlaces: number;
  tasks: number;
  sendersTasks: number;
  executions: number;
  /** How often executions were woken. */
  turns: number;
}

export const noFootprint = (): Footprint => ({
  places: 0,
  sendersPlaces: 0,
  tasks: 0,
  sendersTasks: 0,
  executions: 0,
  turns: 0,
});

/** Counted in the record itself, once the referral is concluded. */
export async function footprintOf(stack: Stack, operations: Operations, referralId: string): Promise<Footprint> {
  const found = noFootprint();
  const items = await itemsOf(stack, referralId);
  const sender = String(items.find(({ sk }) => sk === 'REFERRAL')?.organisation);
  for (const { sk, audience, turn } of items) {
    if (Array.isArray(audience)) {
      found.places += audience.length;
      found.sendersPlaces += Number(audience.includes(sender));
    }
    if (String(sk).startsWith('EXECUTION#')) {
      found.executions += 1;
      found.turns += Number(turn);
    }
  }
  for (const { organisation } of await tasksOf(operations, referralId)) {
    found.tasks += 1;
    found.sendersTasks += Number(organisation === sender);
  }
  return found;
}

async function tasksOf({ api }: Operations, referralId: string): Promise<{ organisation: string }[]> {
  const found: { organisation: string }[] = [];
  for (const status of taskStatuses) {
    let cursor: string | undefined;
    do {
      const { body } = await api.must(listTasks, { query: { status, limit: 100, ...(cursor ? { cursor } : {}) } });
      found.push(...body.items.filter((task) => task.referralId === referralId));
      cursor = body.cursor ?? undefined;
    } while (cursor);
  }
  return found;
}

/** A referral that had the stack for itself between two moments. */
export interface Played {
  from: number;
  to: number;
  transitions: number;
  events: number;
  footprint: Footprint;
}
