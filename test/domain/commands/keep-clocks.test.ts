import { describe, expect, it } from 'vitest';
import { answersIn } from '../../../shared/domain/answer-speed.ts';
import { answerOffer } from '../../../shared/domain/commands/answer-offer.ts';
import { confirmComplexity } from '../../../shared/domain/commands/complexity.ts';
import { keepClocks, nextLook } from '../../../shared/domain/commands/keep-clocks.ts';
import { placesHeld } from '../../../shared/domain/places.ts';
import { openOffers } from '../../../shared/domain/standing.ts';
import { runsThroughPause, type TaskType, taskPolicies } from '../../../shared/domain/task-types.ts';
import { given } from '../../builders/given.ts';
import { aReferral } from '../../builders/referral-facts.ts';
import { serviceOf } from '../../builders/services.ts';
import { aReferralState, type Story } from '../../builders/story.ts';
import { at, tuesday, wednesday } from '../../builders/times.ts';

const returned = () => aReferralState().offeredTo('provider-a');
/** How each kind of wait comes about. */
const waits: Partial<Record<TaskType, () => Story>> = {
  'missing-information': () => aReferralState(aReferral().with({ area: null })),
  'complexity-confirmation': () => aReferralState().recommended(),
  'manual-allocation': () => aReferralState().offeredFrom([]),
  'waiting-list': () => aReferralState().offeredFrom([serviceOf('full', { free: 0 })]),
  'supplier-assessment': () => aReferralState().accepted(),
  'action-plan': () => aReferralState().assessed(),
  'action-plan-approval': () => aReferralState().planSubmitted(),
  delivery: () => aReferralState().delivering(),
  'end-of-service-report': () => aReferralState().delivered(),
  'end-of-service-report-acknowledgement': () => aReferralState().reported(),
  'risk-reassessment': () => aReferralState().riskReported(),
  'paused-referral': () => aReferralState().paused(),
};
const justAfter = (time: string) => new Date(Date.parse(time) + 1);
const justBefore = (time: string) => new Date(Date.parse(time) - 1);

describe.each(Object.entries(waits) as [TaskType, () => Story][])('L7: the clock of %s', (type, story) => {
  const waiting = story();
  const task = waiting.task(type);
  const look = (so: Story, now: Date) => given(so).when(keepClocks, { taskId: task.id }, now);

  it('says nothing early', () => look(waiting, justBefore(task.remindAt ?? '')).thenNothing());

  it('reminds once, before the deadline', () => {
    const reminded = look(waiting, at(task.remindAt ?? ''))
      .thenEvents({ type: 'task.reminded.v1', data: { taskId: task.id, owner: taskPolicies[type].owner } })
      .thenOpenTasks(type).story;
    look(reminded, at(task.dueAt)).thenNothing();
  });

  it('marks the breach once, tells operations, and the task can still be answered', () => {
    const breached = look(waiting, justAfter(task.dueAt))
      .thenEvents({ type: 'clock.breached.v1', data: { clock: taskPolicies[type].clock } })
      .thenOpenTasks(type).story;
    expect(breached.referral.attention?.reason).toContain(type);
    look(breached, at('2030-01-01T00:00:00Z')).thenNothing();
  });

  const runsOn = runsThroughPause(task);
  it(runsOn ? 'runs on while the referral is paused' : 'rests while the referral is paused', () => {
    const looked = look(waiting.referral.paused ? waiting : waiting.paused(), justAfter(task.dueAt));
    if (runsOn) looked.thenEvents('clock.breached.v1');
    else looked.thenNothing();
  });
});

describe('L7: operations’ attention', () => {
  it('for a late task is over once the task is done', () => {
    const waiting = aReferralState().recommended();
    const { id: taskId, dueAt } = waiting.task('complexity-confirmation');
    const late = given(waiting).when(keepClocks, { taskId }, justAfter(dueAt)).story;
    expect(late.referral.attention).toMatchObject({ taskId });
    const needs = late.referral.needs.map(({ need }) => ({ need, level: 'low' as const }));
    given(late)
      .when(confirmComplexity, { taskId, needs }, justAfter(dueAt))
      .thenSees(({ referral }) => expect(referral.attention).toBeNull());
  });
});

describe('T1: the clock of an offer', () => {
  const offered = () => aReferralState().offeredTo('provider-a', { dueAt: wednesday('17:00') });
  const look = (story: Story, now: Date) => given(story).when(keepClocks, { taskId: story.task('offer').id }, now);

  it('reminds one working day before', () =>
    look(offered(), tuesday('17:00'))
      .thenEvents({ type: 'task.reminded.v1', data: { taskType: 'offer' } })
      .thenOpenTasks('offer'));

  it('has not run out at the deadline', () =>
    look(
      given(offered()).when(keepClocks, { taskId: offered().task('offer').id }, tuesday('17:00')).story,
      wednesday('17:00'),
    ).thenNothing());

  it('lapses after it, even where the reminder was missed, and the next candidate is asked', () =>
    look(offered(), wednesday('17:01'))
      .thenEvents({ type: 'task.lapsed.v1', data: { taskType: 'offer' } }, 'offer.lapsed.v1')
      .thenOpenTasks()
      .thenSees(({ referral }) =>
        expect(referral.groups).toMatchObject([{ tried: ['service-of-provider-a'], place: { at: 'unplaced' } }]),
      ));

  it('does not lapse while paused, and lapses later by the time of the pause', () => {
    const paused = offered().paused({ at: tuesday('17:00') });
    look(paused, at('2026-07-01T17:00:00Z')).thenNothing();
    const resumed = paused.resumed({ at: at('2026-07-01T17:00:00Z') });
    look(resumed, at('2026-07-02T17:00:00Z')).thenEvents('task.reminded.v1');
    look(resumed, at('2026-07-02T17:00:01Z')).thenEvents('task.lapsed.v1', 'offer.lapsed.v1');
  });
});

describe('T7: the clock of an offer that was returned for information', () => {
  const question = { decision: 'returned' as const, text: 'Which floor?' };
  const asked = (parallelOffers = {}) =>
    aReferralState().offeredFrom([serviceOf('provider-a'), serviceOf('provider-b')], { parallelOffers });
  const askedBack = (story = asked()) => {
    const [first] = story.tasks('offer');
    return story.does(answerOffer, { taskId: first?.id ?? '', answer: question });
  };
  const look = (story: Story, now: Date) =>
    given(story).when(keepClocks, { taskId: story.task('offer-returned').id }, now);
  const due = (story: Story) => story.task('offer-returned').dueAt;

  it('reminds the practitioner before it runs out', () => {
    const story = askedBack();
    look(story, at(story.task('offer-returned').remindAt ?? '')).thenEvents('task.reminded.v1');
    look(story, at(due(story))).thenEvents('task.reminded.v1');
  });

  it('then lapses: the offer is withdrawn, its place is free, and the next candidate is asked, not the same again', () => {
    const story = askedBack();
    const [offer] = openOffers(story.referral);
    const lapsed = look(story, justAfter(due(story)))
      .thenEvents(
        { type: 'task.lapsed.v1', data: { taskType: 'offer-returned', owner: 'practitioner' } },
        { type: 'offer.withdrawn.v1', data: { offerId: offer?.id ?? '' } },
      )
      .thenOpenTasks().story;
    expect(placesHeld(lapsed.referral)).toEqual([]);
    expect(lapsed.referral.groups).toMatchObject([{ tried: [offer?.serviceId], place: { at: 'unplaced' } }]);
    const again = lapsed.offeredFrom([serviceOf('provider-a'), serviceOf('provider-b')]);
    expect(openOffers(again.referral).map(({ serviceId }) => serviceId)).not.toContain(offer?.serviceId);
    expect(openOffers(again.referral)).toHaveLength(1);
  });

  it('costs its provider nothing: it did answer', () => {
    const story = askedBack();
    look(story, justAfter(due(story))).thenSees(({ referral }, events) =>
      expect(answersIn(referral, events, justAfter(due(story))).size).toBe(0),
    );
  });

  it('leaves the others open that were asked at once', () => {
    const story = askedBack(asked({ accommodation: 2 }));
    look(story, justAfter(due(story)))
      .thenOpenTasks('offer')
      .thenStands('provider-matching', 'offered');
  });

  it('rests while the referral is paused', () => {
    const story = askedBack();
    const paused = story.paused({ at: tuesday('09:00') });
    look(paused, at('2026-09-01T09:00:00Z')).thenNothing();
    const resumed = paused.resumed({ at: at('2026-09-01T09:00:00Z') });
    expect(due(resumed) > '2026-09-01T09:00:00Z').toBe(true);
    look(resumed, justAfter(due(resumed))).thenEvents('task.lapsed.v1', 'offer.withdrawn.v1');
  });
});

describe('L7: a clock without its task', () => {
  it('says nothing: the task was answered, or the referral is over', () => {
    const story = returned();
    const { id: taskId } = story.task('offer');
    given(story.accepted()).when(keepClocks, { taskId }, at('2030-01-01T00:00:00Z')).thenNothing();
    given(story.withdrawn()).when(keepClocks, { taskId }, at('2030-01-01T00:00:00Z')).thenNothing();
  });
});

describe('L7: the sweeper looks at a task', () => {
  const task = { remindAt: '2026-06-16T09:00:00.000Z', dueAt: '2026-06-17T09:00:00.000Z', breachedAt: null };

  it.each([
    ['first at its reminder', task, false, task.remindAt],
    ['then at its deadline', { ...task, remindAt: null }, false, task.dueAt],
    ['not while its clock rests', task, true, null],
    ['no more once the breach is marked', { ...task, breachedAt: task.dueAt }, false, null],
  ])('%s', (_, looked, isResting, expected) => {
    expect(nextLook(looked, isResting)).toBe(expected);
  });
});
