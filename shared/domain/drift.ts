/** What may come apart between a referral and what belongs to it (ADR 25). */

/** Why an execution no longer does its work although the record counts on it. */
export const executionDrifts = ['stopped', 'timed-out', 'missing', 'token-lost'] as const;
export type ExecutionDrift = (typeof executionDrifts)[number];

/**
 * `unlisted`: an open task that its referral does not know; `lost`: a task of the referral that nobody can find or
 * answer, or whose time nobody would keep; `outlived`: one that should have ended with its referral.
 */
export const taskDrifts = ['unlisted', 'lost', 'outlived'] as const;
export type TaskDrift = (typeof taskDrifts)[number];
