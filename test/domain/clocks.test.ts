import { addHours } from 'date-fns';
import { describe, expect, it } from 'vitest';
import { clockNames, clockOf } from '../../shared/domain/clocks.ts';
import { bookAppointment } from '../../shared/domain/commands/appointments.ts';
import { dueAt } from '../../shared/domain/deadlines.ts';
import type { OpenTask } from '../../shared/domain/referral.ts';
import { type TaskType, taskPolicies, taskTypes } from '../../shared/domain/task-types.ts';
import { aReferralThroughTheGate } from '../builders/referral-facts.ts';
import { aReferralState, aSession, type Story } from '../builders/story.ts';
import { monday, thursday, tuesday, wednesday } from '../builders/times.ts';

/** A task as its item keeps it. */
const kept = (task: OpenTask, changes: Partial<Parameters<typeof clockOf>[0]> = {}) => ({
  ...task,
  status: 'open' as const,
  remindedAt: null,
  closedAt: null,
  ...changes,
});
const clock = (story: Story, type: TaskType, changes = {}) => clockOf(kept(story.task(type), changes), story.referral);

describe('T: what has a clock', () => {
  /** Waits that the contract names no clock for; each has an owner and a deadline all the same (L7). */
  const ownDeadline: TaskType[] = [
    'draft',
    'waiting-list',
    'delivery',
    'paused-referral',
    'non-engagement',
    'message-to-practitioner',
    'message-to-provider',
    'onward-link-follow-up',
  ];

  it.each(taskTypes)('%s: one of T1 to T8, or by name none of them', (type) =>
    expect(/^T[1-8]$/.test(taskPolicies[type].clock)).toBe(!ownDeadline.includes(type)),
  );

  it('each of the clocks is somebody’s', () =>
    expect(new Set(taskTypes.map((type) => taskPolicies[type].clock))).toEqual(new Set(clockNames)));
});

describe('T: a clock', () => {
  const accepted = aReferralState().accepted({ at: monday('09:00') });

  it('runs from when its task was opened, until it is answered in time', () => {
    expect(clock(accepted, 'supplier-assessment')).toEqual({
      clock: 'T2',
      startedAt: '2026-06-15T09:00:00.000Z',
      dueAt: '2026-06-29T09:00:00.000Z',
      remindedAt: null,
      breachedAt: null,
      stoppedAt: null,
      restsSince: null,
      standing: 'running',
      result: null,
    });
    const closedAt = wednesday('09:00').toISOString();
    expect(clock(accepted, 'supplier-assessment', { status: 'answered', closedAt })).toMatchObject({
      stoppedAt: closedAt,
      standing: 'stopped',
      result: 'met',
    });
  });

  it('is breached from its mark on, answered late, or lapsed; what was withdrawn in time is neither', () => {
    const { dueAt: due } = clock(accepted, 'supplier-assessment');
    const late = addHours(new Date(due), 1).toISOString();
    const result = (changes: object) => clock(accepted, 'supplier-assessment', changes).result;
    expect(result({ breachedAt: late })).toBe('breached');
    expect(result({ status: 'answered', closedAt: late })).toBe('breached');
    expect(result({ status: 'answered', closedAt: due })).toBe('met');
    expect(result({ status: 'lapsed', closedAt: late })).toBe('breached');
    expect(result({ status: 'withdrawn', closedAt: due })).toBeNull();
    expect(result({ status: 'withdrawn', closedAt: late, breachedAt: late })).toBe('breached');
  });

  it('rests while its referral is paused, but not the one that runs through it (T8)', () => {
    const paused = accepted.riskReported().paused({ at: tuesday('09:00') });
    expect(clock(paused, 'supplier-assessment')).toMatchObject({
      standing: 'resting',
      restsSince: '2026-06-16T09:00:00.000Z',
    });
    expect(clock(paused, 'risk-reassessment')).toMatchObject({ clock: 'T8', standing: 'running', restsSince: null });
    expect(clock(paused, 'paused-referral')).toMatchObject({ clock: 'pause', standing: 'running' });
  });

  it('T5: starts as the session ends, not as it is booked', () => {
    const booked = aReferralState()
      .delivering()
      .does(bookAppointment, aSession(1, thursday('10:00')), { at: monday('12:00') });
    expect(clock(booked, 'session-feedback')).toMatchObject({ startedAt: '2026-06-18T11:00:00.000Z' });
  });

  it('T3: starts as the assessment ended, whenever that is told', () => {
    const assessed = accepted.assessed({ at: tuesday('10:00') });
    expect(clock(assessed, 'action-plan').startedAt).toBe('2026-06-16T11:00:00.000Z');
  });

  it('E8, T2: starts at release, for a person who was accepted in custody', () => {
    const gate = aReferralState(aReferralThroughTheGate()).accepted({ at: monday('09:00') });
    const { startedAt } = clock(gate, 'supplier-assessment');
    expect(startedAt.slice(0, 10)).toBe(gate.referral.facts.expectedReleaseDate);
  });
});

describe('T1 to T8: the deadline', () => {
  const { referral } = aReferralState();
  const due = (type: TaskType, from: string) => dueAt(type, referral, new Date(from), {});

  it.each<[TaskType, from: string, easter: string]>([
    ['offer', '2026-04-01T10:00:00.000Z', '2026-04-07T10:00:00.000Z'],
    ['supplier-assessment', '2026-04-01T10:00:00.000Z', '2026-04-17T10:00:00.000Z'],
    ['action-plan', '2026-04-01T10:00:00.000Z', '2026-04-10T10:00:00.000Z'],
    ['action-plan-approval', '2026-04-01T10:00:00.000Z', '2026-04-10T10:00:00.000Z'],
    ['session-feedback', '2026-04-01T10:00:00.000Z', '2026-04-07T10:00:00.000Z'],
    ['end-of-service-report', '2026-04-01T10:00:00.000Z', '2026-04-10T10:00:00.000Z'],
    ['complexity-confirmation', '2026-04-01T10:00:00.000Z', '2026-04-10T10:00:00.000Z'],
    ['risk-reassessment', '2026-04-02T10:00:00.000Z', '2026-04-07T10:00:00.000Z'],
  ])('of %s passes over Good Friday and Easter Monday', (type, from, after) => expect(due(type, from)).toBe(after));

  it.each<[TaskType, from: string, after: string]>([
    ['offer', '2026-12-24T10:00:00.000Z', '2026-12-30T10:00:00.000Z'],
    ['supplier-assessment', '2026-12-24T10:00:00.000Z', '2027-01-12T10:00:00.000Z'],
    ['session-feedback', '2026-12-31T10:00:00.000Z', '2027-01-05T10:00:00.000Z'],
    ['risk-reassessment', '2026-12-24T10:00:00.000Z', '2026-12-29T10:00:00.000Z'],
  ])('of %s passes over Christmas, its substitute day and the new year', (type, from, after) =>
    expect(due(type, from)).toBe(after),
  );

  it.each<[TaskType, from: string, after: string]>([
    ['offer', '2026-03-26T10:00:00.000Z', '2026-03-30T09:00:00.000Z'],
    ['action-plan', '2026-03-26T10:00:00.000Z', '2026-04-02T09:00:00.000Z'],
    ['offer', '2026-10-22T09:00:00.000Z', '2026-10-26T10:00:00.000Z'],
    ['session-feedback', '2026-10-22T09:00:00.000Z', '2026-10-26T10:00:00.000Z'],
  ])('of %s stays at the same time in London when the clocks change', (type, from, after) =>
    expect(due(type, from)).toBe(after),
  );
});
