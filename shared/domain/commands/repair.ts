import type { Decide } from '../decision.ts';
import type { ExecutionDrift, TaskDrift } from '../drift.ts';
import type { OpenTask } from '../referral.ts';
import { isOver } from '../standing.ts';
import { outlivesReferral, taskPolicies } from '../task-types.ts';
import { isUnattended } from '../waits.ts';

/** What the reconciler does to a referral whose parts have come apart (ADR 25). The referral itself is what holds. */

/** A fresh segment takes over from an execution that no longer does its work; nothing was decided in between. */
export const takeOver: Decide<{ executionId: string; because: ExecutionDrift }> = (
  { referral },
  { executionId, because },
) =>
  isOver(referral, executionId)
    ? []
    : [{ type: 'execution.redriven.v1', data: { executions: [executionId], because } }];

type SeenTask = Pick<OpenTask, 'id' | 'type' | 'organisation' | 'dueAt' | 'allocationId'>;

/**
 * Closes what is open by mistake and restores what is lost, if the referral still says so. No answer is touched.
 * `sequence`: of the referral when its tasks were read; if it has moved since, they may have moved with it.
 */
export const repairTask: Decide<{ task: SeenTask; drift: TaskDrift; sequence?: number }> = (
  { referral },
  { task, drift, sequence = referral.sequence },
) => {
  if (referral.sequence !== sequence) return [];
  const listed = referral.openTasks.find(({ id }) => id === task.id);
  const isOutlived = referral.conclusion !== null && !outlivesReferral(task);
  const isSo = { unlisted: !listed, lost: listed, outlived: listed && isOutlived }[drift];
  if (!isSo) return [];
  const { id: taskId, type: taskType, organisation, dueAt, allocationId } = listed ?? task;
  return [
    {
      type: 'task.repaired.v1',
      data: {
        taskId,
        taskType,
        owner: taskPolicies[taskType].owner,
        ...(allocationId ? { allocationId } : {}),
        drift,
      },
      detail: { organisation, dueAt },
    },
  ];
};

/** L7: something is waited for that nobody was asked for. Which task it was cannot be told: operations must look. */
export const raiseUnattended: Decide<object> = ({ referral }) =>
  isUnattended(referral) && !isCalledFor(referral) ? [{ type: 'wait.found-unattended.v1', data: {} }] : [];

/** Operations have been called for it already, for something that does not end by itself. */
const isCalledFor = ({ attention }: Parameters<typeof raiseUnattended>[0]['referral']): boolean =>
  attention !== null && attention.taskId === undefined;
