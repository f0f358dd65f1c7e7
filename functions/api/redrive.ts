import { tasks as tasksOf } from '../../shared/adapters/tasks.ts';
import { redrive as contract } from '../../shared/contracts/routes/operations.ts';
import { redrive as decide } from '../../shared/domain/commands/operate.ts';
import type { Ports } from '../../shared/ports.ts';
import { commanding, deployed } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';
import { moveExecutions } from '../middleware/operations.ts';

/** A fresh execution takes over from each that failed or was lost; it stands where the record says. */
export const redrive = (ports: Pick<Ports, 'clients' | 'referrals' | 'tasks'>) =>
  endpoint(contract, ports, async (request) => ({
    status: status.accepted,
    body: await moveExecutions(ports, request, decide, (executions) => ({ restart: executions })),
  }));

export const handler = deployed(() => {
  const { db, clients, referrals } = commanding();
  return redrive({ clients, referrals, tasks: tasksOf(db) });
});
