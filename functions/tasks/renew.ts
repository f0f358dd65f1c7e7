import { executionInput, workOutput } from '../../shared/contracts/workflow.ts';
import type { Ports } from '../../shared/ports.ts';
import { commanding, deployed } from '../middleware/compose.ts';
import { task } from '../middleware/task.ts';

/** Hands over to a fresh execution of the current definition (architecture rule 5); once, however often it is tried. */
export const renew = ({ executions }: Pick<Ports, 'executions'>) =>
  task('renew', { input: executionInput, output: workOutput }, async (ref) => {
    await executions.renew(ref);
    return {};
  });

export const handler = deployed(() => renew(commanding()));
