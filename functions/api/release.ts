import { tasks as tasksOf } from '../../shared/adapters/tasks.ts';
import { release as contract } from '../../shared/contracts/routes/operations.ts';
import { release as decide } from '../../shared/domain/commands/operate.ts';
import type { Ports } from '../../shared/ports.ts';
import { commanding, deployed } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';
import { moveExecutions } from '../middleware/operations.ts';

/** Makes the parked executions of a referral look at the record again. */
export const release = (ports: Pick<Ports, 'clients' | 'referrals' | 'tasks'>) =>
  endpoint(contract, ports, async (request) => ({
    status: status.accepted,
    body: await moveExecutions(ports, request, decide, (executions) => ({ wake: executions })),
  }));

export const handler = deployed(() => {
  const { db, clients, referrals } = commanding();
  return release({ clients, referrals, tasks: tasksOf(db) });
});
