import { tasks as tasksOf } from '../../shared/adapters/tasks.ts';
import { NotFound } from '../../shared/contracts/errors.ts';
import { listClocks as contract } from '../../shared/contracts/routes/referrals.ts';
import { eventData } from '../../shared/domain/events.ts';
import { clockView } from '../../shared/domain/views/clock-view.ts';
import type { HistoryEntry, Ports, ReadingPorts, TaskRecord } from '../../shared/ports.ts';
import { deployed, reading } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';
import { filledPage } from '../middleware/filled-page.ts';
import { note } from '../middleware/observe.ts';
import { isHidden } from '../middleware/own-referral.ts';
import { standingOf } from '../middleware/standing.ts';

type ClockPorts = Pick<ReadingPorts, 'clients' | 'clock' | 'referrals'> & { tasks: Pick<Ports['tasks'], 'findAll'> };
const type = 'task.opened.v1';

/**
 * T: every clock of a referral in the order in which they were set, to its practitioner and to operations; to a provider
 * those that run for itself, and once it has no part in it any more, its answers to offers.
 */
export const listClocks = (ports: ClockPorts) =>
  endpoint(contract, ports, async ({ params: { referralId }, query, caller }) => {
    const { referrals, tasks, clock } = ports;
    const state = await referrals.load(referralId);
    if (!state || isHidden(state.referral, caller)) throw new NotFound(referralId);
    const { referral } = state;
    if (caller.role === 'practitioner' && referral.organisation !== caller.organisation) throw new NotFound(referralId);
    note({ referralId });
    const isPast =
      caller.role === 'provider' &&
      (await standingOf(referrals, referral, caller.organisation, await clock.now())).standing.standing === 'past';
    const { items, cursor } = await filledPage(
      (request) => referrals.history(referralId, request),
      query,
      (entry: HistoryEntry) =>
        entry.type === type && (caller.role !== 'provider' || entry.audience.includes(caller.organisation)),
    );
    const found = await tasks.findAll(items.map(({ data }) => eventData[type].parse(data).taskId));
    const isTheirs = (task: TaskRecord): boolean =>
      caller.role !== 'provider' || (task.organisation === caller.organisation && (!isPast || task.type === 'offer'));
    const body = { items: found.filter(isTheirs).map((task) => clockView(task, referral)), cursor };
    return { status: status.ok, body };
  });

export const handler = deployed(() => {
  const { db, clock, clients, referrals } = reading();
  return listClocks({ clock, clients, referrals, tasks: tasksOf(db) });
});
