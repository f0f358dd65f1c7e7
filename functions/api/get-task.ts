import { tasks as tasksOf } from '../../shared/adapters/tasks.ts';
import { getTask as contract } from '../../shared/contracts/routes/tasks.ts';
import type { ReadingPorts } from '../../shared/ports.ts';
import { deployed, reading } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';
import { taskFor, viewOf } from '../middleware/own-task.ts';

/** One task, with what it asks for. */
export const getTask = (ports: Pick<ReadingPorts, 'clients' | 'clock' | 'referrals' | 'tasks'>) =>
  endpoint(contract, ports, async ({ params: { taskId }, caller }) => {
    const task = await taskFor(ports, caller, taskId);
    return { status: status.ok, body: await viewOf(ports, task, caller) };
  });

export const handler = deployed(() => {
  const ports = reading();
  return getTask({ ...ports, tasks: tasksOf(ports.db) });
});
