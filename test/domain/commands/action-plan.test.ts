import { describe, expect, it } from 'vitest';
import { returnedKey } from '../../../shared/domain/allocation.ts';
import { answerPlanApproval, draftPlan, submitPlan } from '../../../shared/domain/commands/action-plan.ts';
import { bookAppointment, recordFeedback } from '../../../shared/domain/commands/appointments.ts';
import { outputRows } from '../../../shared/domain/vocabulary.ts';
import { given } from '../../builders/given.ts';
import { aReferralState, aSession, feedback, type Story } from '../../builders/story.ts';
import { tuesday } from '../../builders/times.ts';

const only = (story: Story): string => story.referral.allocations[0]?.id ?? '';
const drafted = () => {
  const story = aReferralState().assessed();
  return story.does(draftPlan, story.planFor(only(story)));
};

describe('L4: the action plan', () => {
  it('is written as often as it takes; its words stay private', () => {
    const story = drafted();
    given(story)
      .when(draftPlan, story.planFor(only(story), 6))
      .thenEvents('action-plan.drafted.v1')
      .thenOpenTasks('action-plan')
      .thenSees((after, [event]) => {
        expect(after.state().allocation?.plan).toMatchObject({ status: 'draft', sessions: 6 });
        expect(event?.texts?.words).toEqual({ 'activity-0': 'Viewings and forms, together' });
        expect(JSON.stringify(after.state().allocation)).not.toContain('Viewings');
      });
  });

  it('lists every fault: an activity twice, a need of somebody else, an outcome that is not desired', () => {
    const story = aReferralState().assessed();
    const { sessions, activities } = story.planFor(only(story));
    const [first] = activities;
    if (!first) throw new Error('the plan has an activity');
    given(story)
      .when(draftPlan, {
        sessions,
        activities: [
          first,
          { ...first, need: 'emotional-wellbeing' },
          { ...first, id: 'b', desiredOutcomes: ['none'] },
        ],
      })
      .thenRefused(
        'Contradiction',
        '/activities/1/id',
        '/activities/1/need',
        '/activities/1/desiredOutcomes/0',
        '/activities/2/desiredOutcomes/0',
      );
  });

  it.each(outputRows)('O7 to O17: has an activity of row %s, and feedback says when it was worked on', (outputRow) => {
    const story = aReferralState().assessed();
    const { sessions, activities } = story.planFor(only(story));
    const planned = activities.map((activity) => ({ ...activity, outputRow }));
    const delivering = story.does(draftPlan, { sessions, activities: planned }).does(submitPlan, {}).delivering();
    expect(delivering.state().allocation?.plan).toMatchObject({ activities: [{ id: 'activity-0', outputRow }] });
    given(delivering.does(bookAppointment, aSession(1, tuesday('09:00'))))
      .when(recordFeedback, feedback({ activities: ['activity-0'] }), tuesday('12:00'))
      .thenSees((after) => expect(after.state().appointment?.feedback?.activities).toEqual(['activity-0']));
  });

  it.each([
    ['before the supplier assessment', () => aReferralState().accepted()],
    ['while it waits for approval', () => aReferralState().planSubmitted()],
    ['when delivery has ended', () => aReferralState().delivered()],
  ])('%s is not written', (_, story) => {
    given(story()).when(draftPlan, { sessions: 1, activities: [] }).thenRefused('NotPossibleNow');
  });

  it('submitted goes to the practitioner, who has five working days (T3, T4)', () =>
    given(drafted())
      .when(submitPlan, {}, tuesday('12:00'))
      .thenEvents(
        { type: 'action-plan.submitted.v1', data: { planVersion: 1, sessions: 2 } },
        {
          type: 'task.opened.v1',
          data: { taskType: 'action-plan-approval', owner: 'practitioner', dueAt: '2026-06-23T12:00:00.000Z' },
        },
      )
      .thenOpenTasks('action-plan-approval'));

  it('that nobody wrote, or that is submitted already, is not submitted', () => {
    given(aReferralState().assessed()).when(submitPlan, {}).thenRefused('NotPossibleNow');
    given(aReferralState().planSubmitted()).when(submitPlan, {}).thenRefused('NotPossibleNow');
  });
});

const answering = (story: Story, decision: 'approved' | 'returned', reason?: string) =>
  given(story).when(answerPlanApproval, {
    taskId: story.task('action-plan-approval').id,
    answer: { decision, reason },
  });

describe('T4: the practitioner', () => {
  it('approves: sessions start, and delivery has until the sentence ends', () =>
    answering(aReferralState().planSubmitted(), 'approved')
      .thenEvents(
        { type: 'action-plan.approved.v1', data: { planVersion: 1 } },
        { type: 'task.opened.v1', data: { taskType: 'delivery', dueAt: '2027-09-30T08:00:00.000Z' } },
      )
      .thenOpenTasks('delivery')
      .thenStands('delivery', 'active'));

  it('returns: it is written again (T3), and its next submission is the next version', () => {
    const returned = answering(aReferralState().planSubmitted(), 'returned', 'Too few sessions')
      .thenEvents({ type: 'action-plan.returned.v1', data: { planVersion: 1 } }, 'task.opened.v1')
      .thenOpenTasks('action-plan')
      .thenSees((story, [event]) =>
        expect(event?.texts).toEqual({
          key: returnedKey(story.task('action-plan').id),
          words: { reason: 'Too few sessions' },
        }),
      ).story;
    given(returned).when(submitPlan, {}).thenRefused('NotPossibleNow');
    given(returned.does(draftPlan, returned.planFor(only(returned), 4)))
      .when(submitPlan, {})
      .thenEvents({ type: 'action-plan.submitted.v1', data: { planVersion: 2, sessions: 4 } }, 'task.opened.v1');
  });

  it('answers once', () => {
    const story = aReferralState().planSubmitted();
    const { id: taskId } = story.task('action-plan-approval');
    given(story.delivering())
      .when(answerPlanApproval, { taskId, answer: { decision: 'returned' } })
      .thenRefused('TaskNoLongerOpen');
  });

  it('may answer while the referral is paused', () =>
    answering(aReferralState().planSubmitted().paused(), 'approved').thenStands('delivery', 'paused'));
});
