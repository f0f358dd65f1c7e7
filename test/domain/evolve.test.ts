import { describe, expect, it } from 'vitest';
import { draftPlan } from '../../shared/domain/commands/action-plan.ts';
import { bookAppointment } from '../../shared/domain/commands/appointments.ts';
import { keepClocks } from '../../shared/domain/commands/keep-clocks.ts';
import { noteFailure } from '../../shared/domain/commands/operate.ts';
import { assignCaseworker } from '../../shared/domain/commands/provide-service.ts';
import type { Decide, ReferralState } from '../../shared/domain/decision.ts';
import { evolve } from '../../shared/domain/evolve.ts';
import { aReferralState, aSession, type Story } from '../builders/story.ts';
import { at, tuesday } from '../builders/times.ts';

/** The parts that are written one by one. */
const parts = ['referral', 'confidential', 'allocation', 'appointment'] as const;

function touched<Command>(story: Story, decide: Decide<Command>, command: Command): string[] {
  const before: ReferralState = story.state();
  const events = decide(before, command, story.context());
  if (!Array.isArray(events)) throw new Error(`refused: ${events.refused}`);
  const after = events.reduce((state, event) => evolve(state, event, story.world.now), before);
  return parts.filter((part) => after[part] !== before[part]);
}

describe('Rule 1: a part of the state that an event does not touch stays the same object', () => {
  const delivering = aReferralState().delivering();

  it('a caseworker is the allocation’s, and its place in the history the referral’s', () =>
    expect(touched(delivering, assignCaseworker, { id: 'cw-1', name: 'Jo' })).toEqual(['referral', 'allocation']));

  it('a booking is the appointment’s', () =>
    expect(touched(delivering, bookAppointment, aSession(1, tuesday('10:00')))).toEqual(['referral', 'appointment']));

  it('a written plan is the allocation’s', () => {
    const story = aReferralState().assessed();
    const plan = story.planFor(story.referral.allocations[0]?.id ?? '');
    expect(touched(story, draftPlan, plan)).toEqual(['referral', 'allocation']);
  });

  it('a task that has not moved is the same task, whatever happens to others', () => {
    const story = delivering.does(bookAppointment, aSession(1, tuesday('10:00')));
    const [delivery, ...others] = story.referral.openTasks;
    const reminded = story.does(keepClocks, { taskId: story.task('session-feedback').id }, { at: tuesday('11:00') });
    expect(others).toHaveLength(1);
    expect(reminded.referral.openTasks[0]).toBe(delivery);
  });
});

describe('The ETag of a referral', () => {
  const story = aReferralState().recommended();
  const { version, sequence } = story.referral;

  it('stays while reminders, breaches and failures come and go around it; each has its place in the history', () => {
    const { id: taskId, remindAt, dueAt } = story.task('complexity-confirmation');
    const after = story
      .does(keepClocks, { taskId }, { at: at(remindAt ?? '') })
      .does(keepClocks, { taskId }, { at: new Date(Date.parse(dueAt) + 1) })
      .does(noteFailure, { executionId: story.referral.id, status: 'FAILED' });
    expect(after.referral).toMatchObject({ version, sequence: sequence + 3 });
  });

  it('changes with the referral', () => {
    expect(story.confirmed().referral.version).toBe(version + 1);
    expect(story.paused().referral.version).toBe(version + 1);
  });
});

describe('What is not an event of a referral', () => {
  it('is not taken for one', () => {
    const data = { serviceId: 's', providerId: 'p', places: 1 };
    expect(() => evolve(aReferralState().state(), { type: 'capacity.stated.v1', data }, tuesday('10:00'))).toThrow(
      'not an event of a referral',
    );
  });
});
