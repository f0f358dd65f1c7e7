import { describe, expect, it } from 'vitest';
import { revisionReturnedKey } from '../../../shared/domain/allocation.ts';
import {
  answerPlanApproval,
  type DraftPlan,
  draftPlan,
  submitPlan,
} from '../../../shared/domain/commands/action-plan.ts';
import { bookAppointment, cancelAppointment, recordFeedback } from '../../../shared/domain/commands/appointments.ts';
import { completeDelivery } from '../../../shared/domain/commands/provide-service.ts';
import { given } from '../../builders/given.ts';
import { aReferralState, aSession, feedback, type Story } from '../../builders/story.ts';
import { friday, thursday, tuesday, wednesday } from '../../builders/times.ts';

const only = (story: Story): string => story.referral.allocations[0]?.id ?? '';
const planOf = (story: Story) => story.state().allocation?.plan;
const revisionOf = (story: Story) => story.state().allocation?.revision;
/** The approved plan of two sessions, changed. */
const changed = (story: Story, changes: Partial<DraftPlan> = {}): DraftPlan => ({
  ...story.planFor(only(story), 2),
  ...changes,
});
const written = (story: Story, changes: Partial<DraftPlan> = {}) =>
  given(story).when(draftPlan, changed(story, changes));
const submitted = (story: Story, changes: Partial<DraftPlan> = {}) =>
  given(written(story, changes).story).when(submitPlan, {}, wednesday('10:00'));
const another = (story: Story) => {
  const [first] = story.planFor(only(story)).activities;
  if (!first) throw new Error('the plan has an activity');
  return { ...first, id: 'another', description: 'A budget, together' };
};
/** Works towards nothing that was desired any more. */
const withOtherOutcomes = (story: Story): Partial<DraftPlan> => ({
  activities: story.planFor(only(story)).activities.map((one) => ({ ...one, desiredOutcomes: [] })),
});
const delivering = () => aReferralState().delivering();

describe('L4: an approved plan', () => {
  it('binds while its revision is written', () =>
    written(delivering(), { sessions: 5 })
      .thenEvents('action-plan.drafted.v1')
      .thenOpenTasks('delivery')
      .thenSees((story) => {
        expect(planOf(story)).toMatchObject({ status: 'approved', sessions: 2 });
        expect(revisionOf(story)).toMatchObject({ status: 'draft', sessions: 5 });
        given(story)
          .when(bookAppointment, aSession(3, tuesday('10:00')))
          .thenRefused('Contradiction', '/session');
      }));

  it('is revised at once where only sessions and activities change, and its words are kept beside the new ones', () => {
    const story = delivering();
    const activities = [...changed(story).activities, another(story)];
    submitted(story, { sessions: 5, activities })
      .thenEvents({
        type: 'action-plan.revised.v1',
        data: { planVersion: 2, sessions: { from: 2, to: 5 }, outcomesChanged: false },
      })
      .thenOpenTasks('delivery')
      .thenSees((after) => {
        expect(planOf(after)).toMatchObject({ status: 'approved', version: 2, sessions: 5 });
        expect(planOf(after)?.activities).toHaveLength(2);
        expect(revisionOf(after)).toBeNull();
        const keys = after.world.events.flatMap(
          ({ type, texts }) => (type === 'action-plan.drafted.v1' && texts?.key) || [],
        );
        expect(keys).toEqual([`PLAN#${only(after)}`, `PLAN#${only(after)}#2`]);
        given(after)
          .when(bookAppointment, aSession(5, tuesday('10:00')))
          .thenEvents('appointment.booked.v1', 'task.opened.v1');
      });
  });

  it('keeps the sessions that are held or booked, when it is written and when it is submitted', () => {
    const held = aReferralState()
      .delivering(4)
      .does(bookAppointment, aSession(3, tuesday('10:00')))
      .does(recordFeedback, feedback(), { at: tuesday('12:00') })
      .does(bookAppointment, aSession(4, thursday('10:00')));
    written(held, { sessions: 2 }).thenRefused('Contradiction', '/sessions', '/sessions');
    written(held, { sessions: 3 }).thenRefused('Contradiction', '/sessions');
    const cancelled = held.does(cancelAppointment, { reason: 'Ill' });
    const draft = written(cancelled, { sessions: 3 }).story;
    given(draft.does(bookAppointment, aSession(4, friday('10:00'))))
      .when(submitPlan, {})
      .thenRefused('Contradiction', '/sessions');
  });

  it('loses no activity in silence: what is removed is said, with why, which stays private', () => {
    const story = delivering();
    const activities = [another(story)];
    const [first] = changed(story).activities;
    written(story, { activities }).thenRefused('Contradiction', '/activities');
    const removed = [{ id: first?.id ?? '', reason: 'She has a home' }];
    written(story, { activities, removed }).thenSees((after, [event]) => {
      expect(revisionOf(after)).toMatchObject({ removed: [first?.id] });
      expect(event?.texts?.words).toMatchObject({ [`#${first?.id}`]: 'She has a home' });
      expect(JSON.stringify(after.state().allocation)).not.toContain('She has');
    });
    submitted(story, { activities, removed }).thenEvents('action-plan.revised.v1');
    written(story, { removed }).thenRefused('Contradiction', '/removed/0/id');
    written(story, { removed: [{ id: 'unknown', reason: 'x' }] }).thenRefused('Contradiction', '/removed/0/id');
  });

  it('is not revised before it is approved: then nothing is removed, it is written anew', () => {
    const story = aReferralState().assessed();
    given(story)
      .when(draftPlan, { ...story.planFor(only(story)), removed: [{ id: 'a', reason: 'x' }] })
      .thenRefused('Contradiction', '/removed/0');
  });

  it('after the end of delivery is not revised', () => {
    const story = delivering().delivered();
    given(story).when(draftPlan, changed(story)).thenRefused('NotPossibleNow');
  });
});

describe('T4: a revision that changes what is to be achieved', () => {
  const waiting = () => {
    const story = delivering();
    return submitted(story, { ...withOtherOutcomes(story), sessions: 4 });
  };
  const answering = (decision: 'approved' | 'returned', reason?: string) => {
    const { story } = waiting();
    return given(story).when(answerPlanApproval, {
      taskId: story.task('action-plan-approval').id,
      answer: { decision, reason },
    });
  };

  it('asks the practitioner, and delivery goes on under the approved plan meanwhile', () =>
    waiting()
      .thenEvents(
        { type: 'action-plan.submitted.v1', data: { planVersion: 2, sessions: 4 } },
        { type: 'task.opened.v1', data: { taskType: 'action-plan-approval', owner: 'practitioner' } },
      )
      .thenOpenTasks('delivery', 'action-plan-approval')
      .thenStands('delivery', 'active')
      .thenSees((story) => {
        expect(planOf(story)).toMatchObject({ status: 'approved', sessions: 2 });
        given(story)
          .when(bookAppointment, aSession(2, thursday('10:00')))
          .thenEvents('appointment.booked.v1', 'task.opened.v1');
        given(story).when(draftPlan, changed(story)).thenRefused('NotPossibleNow');
        given(story).when(submitPlan, {}).thenRefused('NotPossibleNow');
      }));

  it('approved binds from then on', () =>
    answering('approved')
      .thenEvents('action-plan.approved.v1', {
        type: 'action-plan.revised.v1',
        data: { planVersion: 2, outcomesChanged: true },
      })
      .thenOpenTasks('delivery')
      .thenSees((story) => expect(planOf(story)).toMatchObject({ status: 'approved', version: 2, sessions: 4 })));

  it('returned leaves the approved plan as it is, and may be written again', () => {
    const returned = answering('returned', 'Housing comes first')
      .thenEvents({ type: 'action-plan.returned.v1', data: { planVersion: 2 } })
      .thenOpenTasks('delivery')
      .thenSees((story, [event]) => {
        expect(event?.texts).toEqual({
          key: revisionReturnedKey(only(story), 2),
          words: { reason: 'Housing comes first' },
        });
        expect(planOf(story)).toMatchObject({ status: 'approved', version: 1, sessions: 2 });
        expect(revisionOf(story)).toMatchObject({ status: 'returned' });
      }).story;
    given(returned).when(submitPlan, {}).thenRefused('NotPossibleNow');
    submitted(returned, { sessions: 3 }).thenEvents({ type: 'action-plan.revised.v1', data: { planVersion: 3 } });
  });

  it('with fewer sessions takes no booking of those that it drops, so that it can still be approved', () => {
    const story = aReferralState().delivering(4);
    const fewer = submitted(story, { ...withOtherOutcomes(story), sessions: 2 }).story;
    given(fewer)
      .when(bookAppointment, aSession(3, thursday('10:00')))
      .thenRefused('Contradiction', '/session');
  });

  it('is asked about no more when delivery ends', () =>
    given(waiting().story).when(completeDelivery, { reason: 'plan-completed' }).thenOpenTasks('end-of-service-report'));
});
