import { clockRests } from '../deadlines.ts';
import type { Decide } from '../decision.ts';
import { taskPolicies } from '../task-types.ts';
import { lapseOffer } from './answer-offer.ts';
import { abandonDraft } from './draft.ts';

/**
 * L7: what the time of a task has come to: its reminder, or its deadline. An offer, also one that was returned, a draft
 * or a request to read lapses; anything else stays open, its breach is marked and operations are told. Nothing due: no
 * event. Most clocks rest while a referral is paused.
 */
export const keepClocks: Decide<{ taskId: string }> = (state, { taskId }, { now }) => {
  const { referral } = state;
  const task = referral.openTasks.find(({ id }) => id === taskId);
  if (!task || clockRests(task, referral)) return [];
  const { owner, clock, silence } = taskPolicies[task.type];
  const { allocationId, dueAt, type: taskType } = task;
  const data = { taskId, taskType, owner, dueAt, ...(allocationId ? { allocationId } : {}) };
  if (now > new Date(dueAt)) {
    if (silence === 'lapse') {
      if (task.type === 'draft') return abandonDraft(task);
      const isOffer = task.type === 'offer' || task.type === 'offer-returned';
      return isOffer ? lapseOffer(state, task) : [{ type: 'task.lapsed.v1', data }];
    }
    return task.breachedAt ? [] : [{ type: 'clock.breached.v1', data: { ...data, clock } }];
  }
  return task.remindAt && now >= new Date(task.remindAt) ? [{ type: 'task.reminded.v1', data }] : [];
};

/** The next time at which the sweeper must look at a task; none while its clock rests, or once all has been said. */
export function nextLook(
  task: { remindAt: string | null; dueAt: string; breachedAt: string | null },
  isResting: boolean,
): string | null {
  if (isResting || task.breachedAt) return null;
  return task.remindAt ?? task.dueAt;
}
