import type { Role } from './vocabulary.ts';

const unread = { clock: 'message', workingDays: 5, remindBefore: 3, silence: 'lapse', outlives: true } as const;

/**
 * Everything that a person or another system must do, with its clock (T) and what silence leads to (L7): an offer
 * lapses and goes to the next provider, whoever was to answer it; a draft is removed; the sender of a message hears that
 * it is unread; any other task stays open, its breach is marked and operations are told. A task that `outlives` its
 * referral is about the person, or between those who work with them: nothing that becomes of the referral closes it, and
 * its clock runs on through a pause and after the conclusion.
 */
export const taskPolicies = {
  /** Until a draft is sent; how long it is kept is configuration, and each change begins it anew. */
  draft: { owner: 'practitioner', clock: 'draft', workingDays: 0, remindBefore: 5, silence: 'lapse' },
  'missing-information': { owner: 'practitioner', clock: 'T7', workingDays: 5, silence: 'breach' },
  'complexity-confirmation': { owner: 'practitioner', clock: 'T7', workingDays: 5, silence: 'breach' },
  offer: { owner: 'provider', clock: 'T1', workingDays: 2, silence: 'lapse' },
  /** What a provider asked before it decides; unanswered, its place is not held for ever. */
  'offer-returned': { owner: 'practitioner', clock: 'T7', workingDays: 5, silence: 'lapse' },
  'manual-allocation': { owner: 'operations', clock: 'T7', workingDays: 5, silence: 'breach' },
  /** For a place of a full service; the list moves by itself, so this is the end of patience, not of the wait. */
  'waiting-list': {
    owner: 'operations',
    clock: 'waiting-list',
    workingDays: 20,
    remindBefore: 5,
    silence: 'breach',
  },
  'supplier-assessment': { owner: 'provider', clock: 'T2', workingDays: 10, silence: 'breach' },
  'action-plan': { owner: 'provider', clock: 'T3', workingDays: 5, silence: 'breach' },
  'action-plan-approval': { owner: 'practitioner', clock: 'T4', workingDays: 5, silence: 'breach' },
  /** The planned sessions, to the end of delivery; due when the sentence ends. Gives the longest wait its owner (L7). */
  delivery: { owner: 'provider', clock: 'delivery', workingDays: 130, silence: 'breach' },
  'session-feedback': { owner: 'provider', clock: 'T5', workingDays: 2, silence: 'breach' },
  /** Appointments missed in a row: whether, and how, delivery goes on (L4). */
  'non-engagement': { owner: 'practitioner', clock: 'non-engagement', workingDays: 5, silence: 'breach' },
  'end-of-service-report': { owner: 'provider', clock: 'T6', workingDays: 5, silence: 'breach' },
  'end-of-service-report-acknowledgement': { owner: 'practitioner', clock: 'T6', workingDays: 5, silence: 'breach' },
  'risk-reassessment': { owner: 'practitioner', clock: 'T8', workingDays: 1, silence: 'breach', outlives: true },
  /**
   * O1, O2: what is written to them is read. One task for all that is unread in a conversation; unread at its end, its
   * sender is told. People talk on while a referral is paused and after its end, so nothing of that stops it.
   */
  'message-to-practitioner': { owner: 'practitioner', ...unread },
  'message-to-provider': { owner: 'provider', ...unread },
  /** O6: due on the day that was named; its clock runs in the days before, so a pause that takes those gives them back. */
  'onward-link-follow-up': { owner: 'provider', clock: 'onward-link', workingDays: 5, silence: 'breach' },
  /** To end a pause, by going on or by an end: the one clock that a pause starts, so that none is forgotten (L7). */
  'paused-referral': {
    owner: 'practitioner',
    clock: 'pause',
    workingDays: 20,
    remindBefore: 5,
    silence: 'breach',
    runsInPause: true,
  },
} as const satisfies Record<string, TaskPolicy>;

export interface TaskPolicy {
  owner: Role;
  clock: string;
  /** England and Wales working days from when the clock starts. */
  workingDays: number;
  /** Working days before the deadline at which to remind; one, unless the policy says otherwise. */
  remindBefore?: number;
  silence: 'lapse' | 'breach';
  outlives?: boolean;
  /** Its clock is that of the pause itself. */
  runsInPause?: boolean;
}

export type TaskType = keyof typeof taskPolicies;
export const taskTypes = Object.keys(taskPolicies) as [TaskType, ...TaskType[]];

/** Whether nothing that becomes of its referral closes a task, or stops its clock. */
export function outlivesReferral({ type }: { type: TaskType }): boolean {
  const { outlives = false }: TaskPolicy = taskPolicies[type];
  return outlives;
}

/** Whether its clock runs on while its referral is paused (L4). */
export function runsThroughPause({ type }: { type: TaskType }): boolean {
  const { runsInPause = false }: TaskPolicy = taskPolicies[type];
  return runsInPause || outlivesReferral({ type });
}
