import type { Decide } from '../decision.ts';
import { isOver } from '../standing.ts';

/** Operations clear what is stuck; each act is recorded in the history, and its reason kept with it. */
interface Operation {
  reason: string;
  executions: string[];
  taskId?: string | undefined;
}

/** A fresh execution takes over from one that failed or was lost. */
export const redrive: Decide<Operation> = (_state, { reason, executions, taskId }, { newId }) => [
  {
    type: 'execution.redriven.v1',
    data: { executions, ...(taskId ? { taskId } : {}) },
    texts: { key: `OPERATION#${newId()}`, words: { reason } },
  },
];

/** A parked execution is made to look at the record again. */
export const release: Decide<Operation> = (_state, { reason, executions, taskId }, { newId }) => [
  {
    type: 'wait.released.v1',
    data: { executions, ...(taskId ? { taskId } : {}) },
    texts: { key: `OPERATION#${newId()}`, words: { reason } },
  },
];

/** Events that may not have arrived are sent again. */
export const republish: Decide<{ reason: string; count: number }> = (_state, { reason, count }, { newId }) => [
  { type: 'events.republished.v1', data: { count }, texts: { key: `OPERATION#${newId()}`, words: { reason } } },
];

/** An execution failed that had something to do: operations must know. */
export const noteFailure: Decide<{ executionId: string; status: string }> = ({ referral }, { executionId, status }) =>
  referral.conclusion || isOver(referral, executionId)
    ? []
    : [{ type: 'execution.failed.v1', data: { executionId, status } }];
