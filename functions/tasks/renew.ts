import { executionInput, workOutput } from '../../shared/contracts/workflow.ts';
import type { Ports } from '../../shared/ports.ts';
import { commanding, deployed } from '../middleware/compose.ts';
import { task } from '../middleware/task.ts';

/** Hands over to a fresh execution of the current definition (architecture rule 5); once, however often it is tried. */
export const renew = ({ executions }: Pick<Ports, 'executions'>) =>
  task('renew', { input: executionInput, output: workOutput }, async (ref) => {
    await executions.renew(ref).catch((error: unknown) => {
      // No more may be open in this account. The next segment is marked: this one ends and makes room, the sweeper starts it.
      if (!(error instanceof Error && error.name === 'ExecutionLimitExceeded')) throw error;
    });
    return {};
  });

export const handler = deployed(() => renew(commanding()));
