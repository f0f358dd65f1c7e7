import { storedGroupSession } from '../../shared/adapters/group-session-items.ts';
import { keys } from '../../shared/adapters/keys.ts';
import { allocation, appointment } from '../../shared/domain/allocation.ts';
import { message } from '../../shared/domain/message.ts';
import { onwardLink } from '../../shared/domain/onward-link.ts';
import { referral as referralSchema } from '../../shared/domain/referral.ts';
import type { TaskRecord } from '../../shared/ports.ts';
import type { Event, Stored } from './world.ts';

export type Item = Record<string, unknown>;

/** Reads everything that stands about one referral, by the keys that `docs/data-model.md` gives. */
export async function storedOf(
  items: (pk: string) => Promise<Item[]>,
  referralId: string,
  groupIds: readonly string[],
): Promise<Stored> {
  const own = await items(keys.referral(referralId).pk);
  const starting = (all: Item[], prefix: string) => all.filter(({ sk }) => String(sk).startsWith(prefix));
  const referral = referralSchema.parse(starting(own, 'REFERRAL')[0]);
  const parts = await Promise.all(referral.allocations.map(({ id }) => items(keys.allocation(id).pk)));
  const groups = await Promise.all(groupIds.map((id) => items(keys.groupSession(id).pk)));
  const history = starting(own, 'EVENT#') as unknown as Event[];
  const opened = history.flatMap(({ type, data }) => (type === 'task.opened.v1' ? String(data.taskId) : []));
  const tasks = await Promise.all(opened.map((id) => items(keys.task(id).pk)));
  return {
    referral,
    allocations: parts.flatMap((all) => starting(all, 'ALLOCATION')).map((item) => allocation.parse(item)),
    appointments: parts.flatMap((all) => starting(all, 'APPOINTMENT#')).map((item) => appointment.parse(item)),
    messages: starting(own, 'MESSAGE#').map((item) => message.parse(item)),
    links: parts.flatMap((all) => starting(all, 'ONWARD-LINK#')).map((item) => onwardLink.parse(item)),
    groups: groups.flatMap((all) => starting(all, 'GROUP')).map((item) => storedGroupSession.parse(item)),
    tasks: tasks.flat() as unknown as TaskRecord[],
    history,
  };
}
