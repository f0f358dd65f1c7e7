import { max } from 'date-fns';
import { clockRests, releaseOf } from './deadlines.ts';
import type { Referral } from './referral.ts';
import { type TaskType, taskPolicies } from './task-types.ts';

/** The clocks that the contract knows (T1 to T8), and what else has a deadline of its own (L7). */
export const clockNames = [
  'T1',
  'T2',
  'T3',
  'T4',
  'T5',
  'T6',
  'T7',
  'T8',
  'draft',
  'waiting-list',
  'delivery',
  'pause',
  'non-engagement',
  'message',
  'onward-link',
] as const;
export type ClockName = (typeof clockNames)[number];

/** What a task's item keeps of its clock. */
interface TimedTask {
  type: TaskType;
  status: 'open' | 'answered' | 'lapsed' | 'withdrawn';
  openedAt: string;
  /** When its clock was to start, if later or earlier than it was opened. */
  startedAt?: string | undefined;
  dueAt: string;
  remindedAt: string | null;
  breachedAt: string | null;
  closedAt: string | null;
}

/** How a clock ran, as it can be reported (T). */
export interface ClockRecord {
  clock: ClockName;
  startedAt: string;
  dueAt: string;
  remindedAt: string | null;
  breachedAt: string | null;
  /** When it was answered, lapsed, or was no longer needed. */
  stoppedAt: string | null;
  /** Since when it rests, while its referral is paused. */
  restsSince: string | null;
  standing: 'running' | 'resting' | 'stopped';
  /** Null while it can still be met, and for what was no longer needed in time. */
  result: 'met' | 'breached' | null;
}

/** T: a task's clock, from what the record keeps of it. */
export function clockOf(task: TimedTask, referral: Referral): ClockRecord {
  const { type, status, dueAt, remindedAt, breachedAt, closedAt } = task;
  const rests = status === 'open' && clockRests(task, referral);
  return {
    clock: taskPolicies[type].clock,
    startedAt: startOf(task, referral),
    dueAt,
    remindedAt,
    breachedAt,
    stoppedAt: closedAt,
    restsSince: rests ? (referral.paused?.at ?? null) : null,
    standing: status !== 'open' ? 'stopped' : rests ? 'resting' : 'running',
    result: resultOf(task),
  };
}

/** E8: the clock of a supplier assessment starts at release, where that comes after the acceptance. */
function startOf({ type, openedAt, startedAt = openedAt }: TimedTask, referral: Referral): string {
  const release = type === 'supplier-assessment' ? releaseOf(referral) : undefined;
  return release ? new Date(max([new Date(startedAt), release]).getTime()).toISOString() : startedAt;
}

function resultOf({ status, dueAt, breachedAt, closedAt }: TimedTask): ClockRecord['result'] {
  const isLate = breachedAt !== null || status === 'lapsed' || (status === 'answered' && (closedAt ?? '') > dueAt);
  if (isLate) return 'breached';
  return status === 'answered' ? 'met' : null;
}
