import { clockOf } from '../clocks.ts';
import type { Referral } from '../referral.ts';
import { taskPolicies } from '../task-types.ts';

type Task = Parameters<typeof clockOf>[0] & {
  id: string;
  organisation: string;
  allocationId: string | null;
  appointmentId?: string | undefined;
};

export const clockView = (task: Task, referral: Referral) => ({
  taskId: task.id,
  taskType: task.type,
  owner: taskPolicies[task.type].owner,
  organisation: task.organisation,
  allocationId: task.allocationId,
  appointmentId: task.appointmentId ?? null,
  ...clockOf(task, referral),
});
