import { tasks as tasksOf } from '../../shared/adapters/tasks.ts';
import { listTasks as contract } from '../../shared/contracts/routes/tasks.ts';
import { taskPolicies } from '../../shared/domain/task-types.ts';
import { taskSummaryView } from '../../shared/domain/views/task-view.ts';
import type { Ports } from '../../shared/ports.ts';
import { basics, deployed } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';
import { filledPage } from '../middleware/filled-page.ts';

/** L7: what the caller must do, the most urgent first; operations see everyone's. */
export const listTasks = (ports: Pick<Ports, 'clients' | 'clock' | 'tasks'>) =>
  endpoint(contract, ports, async ({ query, caller }) => {
    const { limit, cursor, type, overdue, owner } = query;
    const organisation = caller.role === 'operations' ? undefined : caller.organisation;
    const now = (await ports.clock.now()).toISOString();
    const dueBefore = earliest(query.dueBefore, overdue ? now : undefined);
    const page = await filledPage(
      (request) => ports.tasks.list({ organisation, status: query.status, dueBefore }, request),
      { limit, cursor },
      (task) =>
        // The index may lag a moment behind: what has been closed since is not shown as open.
        task.status === query.status &&
        (!type || task.type === type) &&
        (!owner || taskPolicies[task.type].owner === owner) &&
        (overdue === undefined || task.dueAt < now === overdue),
    );
    return { status: status.ok, body: { items: page.items.map(taskSummaryView), cursor: page.cursor } };
  });

const earliest = (...times: (string | undefined)[]): string | undefined =>
  times.filter((time) => time !== undefined).sort()[0];

export const handler = deployed(() => {
  const { db, clock, clients } = basics();
  return listTasks({ clients, clock, tasks: tasksOf(db) });
});
