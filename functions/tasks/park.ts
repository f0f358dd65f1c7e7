import { parkInput, workOutput } from '../../shared/contracts/workflow.ts';
import type { Ports } from '../../shared/ports.ts';
import { commanding, deployed } from '../middleware/compose.ts';
import { task } from '../middleware/task.ts';

/**
 * Attaches the token of a parked execution (architecture rule 3). If the record has moved since the execution looked,
 * whatever the reason, the token is redeemed at once.
 */
export const park = ({ executions }: Pick<Ports, 'executions'>) =>
  task('park', { input: parkInput, output: workOutput }, async ({ turn, token, enteredAt, retries, ...ref }) => {
    const attempt = `${enteredAt}#${String(retries).padStart(4, '0')}`;
    await executions.park(ref, turn, token, attempt);
    return {};
  });

export const handler = deployed(() => park(commanding()));
