import { describe, expect, it } from 'vitest';
import { answerOffer } from '../../../shared/domain/commands/answer-offer.ts';
import { bookAppointment, recordFeedback } from '../../../shared/domain/commands/appointments.ts';
import { withdrawReferral } from '../../../shared/domain/commands/change-referral.ts';
import { endEarly } from '../../../shared/domain/commands/end-early.ts';
import { reopenReferral } from '../../../shared/domain/commands/reopen-referral.ts';
import { reportRisk } from '../../../shared/domain/commands/risk.ts';
import { given } from '../../builders/given.ts';
import { aNeed, aReferral } from '../../builders/referral-facts.ts';
import { serviceOf } from '../../builders/services.ts';
import { aConcern, aDraft, anAssessment, aReferralState, feedback, type Story } from '../../builders/story.ts';
import { friday, monday, tuesday } from '../../builders/times.ts';

const ending = (story: Story, reason: Parameters<typeof endEarly>[1]['reason'] = 'not-engaged', now?: Date) =>
  given(story).when(endEarly, { reason }, now);

const homes = serviceOf('homes', { needs: ['accommodation'] });
const minds = serviceOf('minds', { needs: ['emotional-wellbeing'] });
const twoNeeds = () => aReferralState(aReferral().with({ needs: [aNeed(), aNeed('emotional-wellbeing')] }));

describe('L4: an early end', () => {
  it('ends delivery for its reason, and the report is due (L5, T6)', () =>
    ending(aReferralState().delivering())
      .thenEvents(
        { type: 'referral.ended-early.v1', data: { reason: 'not-engaged' } },
        { type: 'delivery.ended.v1', data: { reason: 'not-engaged', reportDue: true } },
        { type: 'task.opened.v1', data: { taskType: 'end-of-service-report' } },
      )
      .thenOpenTasks('end-of-service-report')
      .thenStands('outcome-recording', 'active'));

  it('concludes by itself once the reports are acknowledged, as ended and for its reason', () =>
    expect(ending(aReferralState().delivering()).story.acknowledged().referral.conclusion).toMatchObject({
      endState: 'ended',
      endReason: 'not-engaged',
    }));

  it('L5: of an intervention that was completed concludes as completed: unlike a withdrawal, it takes nothing back', () => {
    const story = aReferralState().delivering();
    const conclusionOf = (after: Story) => after.acknowledged().referral.conclusion;
    const completed = { reason: 'intervention-completed' as const };
    expect(conclusionOf(story.does(endEarly, completed))).toMatchObject({ endState: 'completed' });
    expect(conclusionOf(story.does(withdrawReferral, completed))).toMatchObject({ endState: 'ended' });
  });

  it('as completed before the plan is approved is refused', () =>
    ending(aReferralState().assessed(), 'intervention-completed').thenRefused('NotPossibleNow'));

  /** Begun with one provider, while the other is still asked. */
  const halfBegun = () => {
    const story = twoNeeds().offeredFrom([homes, minds]);
    const taskId = story.tasks('offer')[0]?.id ?? '';
    return story.does(answerOffer, { taskId, answer: { decision: 'accepted' } }).assessed();
  };

  it('ends every allocation: a report for what has begun, none for what has not', () =>
    ending(halfBegun().accepted())
      .thenOpenTasks('end-of-service-report')
      .thenSees(({ referral }) =>
        expect(referral.allocations).toMatchObject([{ phase: 'end-of-service-report' }, { phase: 'ended' }]),
      ));

  it.each<[string, () => Story]>([
    ['takes back the offers that are open', halfBegun],
    [
      'leaves the lines',
      () =>
        twoNeeds()
          .offeredFrom([homes, { ...minds, free: 0 }])
          .accepted()
          .assessed(),
    ],
  ])('%s', (_, story) => {
    ending(story())
      .thenOpenTasks('end-of-service-report')
      .thenSees(({ referral }) => expect(referral.groups.map(({ place }) => place.at)).toEqual(['placed', 'closed']));
  });

  it('L5: as completed completes nothing that had not begun: a reopening brings that back, and that alone', () => {
    const ended = aReferralState(aReferral().with({ needs: [aNeed(), aNeed('emotional-wellbeing')] }))
      .offeredFrom([homes, minds])
      .accepted();
    const [first, second] = ended.referral.allocations.map(({ id }) => id);
    const begun = ended.does(bookAppointment, anAssessment(monday('09:00')), {
      allocationId: first,
      at: monday('09:00'),
    });
    const delivering = begun
      .does(recordFeedback, feedback(), { ...begun.newestOf(first ?? ''), at: monday('11:00') })
      .planSubmitted()
      .delivering();
    expect(delivering.referral.allocations).toMatchObject([{ begun: true }, { id: second, begun: false }]);
    const concluded = delivering.does(endEarly, { reason: 'intervention-completed' }).acknowledged();
    expect(concluded.referral.conclusion).toMatchObject({ endState: 'completed' });
    given(concluded)
      .when(reopenReferral, { reason: 'The rest is needed' })
      .thenSees(({ referral }) => expect(referral.groups.map(({ place }) => place.at)).toEqual(['placed', 'unplaced']));
  });

  it('ends a pause: the report’s clock goes on', () =>
    ending(
      aReferralState()
        .delivering()
        .paused({ at: monday('09:00') }),
      'returned-to-custody',
      friday('09:00'),
    )
      .thenOpenTasks('end-of-service-report')
      .thenSees((story) => expect(story.task('end-of-service-report').dueAt).toBe('2026-06-26T09:00:00.000Z')));

  it.each<[string, () => Story]>([
    ['before delivery has begun', () => aReferralState().accepted()],
    ['of a draft', () => aDraft()],
    ['once delivery has ended', () => aReferralState().delivered()],
    ['of what is ending already', () => aReferralState().delivering().withdrawn()],
  ])('%s is refused', (_, story) => {
    ending(story()).thenRefused('NotPossibleNow');
  });

  it('that tells of a death is taken while a referral is ending, and leaves nothing to do', () =>
    ending(aReferralState().delivering().withdrawn(), 'died').thenOpenTasks().thenStands('concluded'));

  it('after the conclusion is refused', () =>
    ending(aReferralState().acknowledged()).thenRefused('ReferralAlreadyConcluded'));
});

describe.each([
  ['a withdrawal', withdrawReferral],
  ['an early end', endEarly],
] as const)('L4: a death, told by %s', (_, decide) => {
  const died = (story: Story) => given(story).when(decide, { reason: 'died' }, tuesday('09:00'));

  it('stops every clock and asks nothing more of anybody: no report, no feedback, no reassessment', () =>
    died(aReferralState().delivering().riskReported())
      .thenEvents(
        { data: { reason: 'died' }, type: decide === endEarly ? 'referral.ended-early.v1' : 'referral.withdrawn.v1' },
        { type: 'delivery.ended.v1', data: { reason: 'died', reportDue: false } },
        { type: 'allocation.ended.v1', data: { endState: 'ended' } },
        { type: 'referral.concluded.v1', data: { endState: 'ended', endReason: 'died' } },
      )
      .thenOpenTasks());

  it('of a paused referral does the same', () =>
    died(aReferralState().delivering().paused()).thenOpenTasks().thenStands('concluded'));

  it('while a report is due makes it due no more, and what was completed stays so', () => {
    for (const story of [aReferralState().delivered(), aReferralState().reported()])
      died(story)
        .thenOpenTasks()
        .thenSees(({ referral }, events) => {
          expect(events).toContainEqual(expect.objectContaining({ type: 'allocation.ended.v1' }));
          expect(referral.conclusion?.endReason).toBe('died');
        });
  });
});

describe('L4: a death', () => {
  const died = (story: Story) => given(story).when(withdrawReferral, { reason: 'died', text: 'Last night' });

  it('ends even what is ending already, and keeps both reasons', () =>
    died(aReferralState().delivering().does(withdrawReferral, { reason: 'other', text: 'Wants no more' }))
      .thenEvents('referral.withdrawn.v1', 'allocation.ended.v1', 'referral.concluded.v1')
      .thenOpenTasks()
      .thenSees(({ world }) =>
        expect(world.events.flatMap(({ texts }) => texts?.words.text ?? [])).toEqual(
          expect.arrayContaining(['Wants no more', 'Last night']),
        ),
      )
      .thenSees((_, [withdrawn]) => expect(withdrawn?.texts?.key).not.toBe('WITHDRAWAL')));

  it('before delivery concludes as cancelled, and frees the place', () =>
    died(aReferralState().offeredTo('provider-a'))
      .thenEvents('referral.withdrawn.v1', 'offer.withdrawn.v1', 'referral.concluded.v1')
      .thenOpenTasks()
      .thenSees(({ referral }) => expect(referral.conclusion?.endState).toBe('cancelled')));

  it('E7: a worry that is reported after it is lost no more than any other', () =>
    given(died(aReferralState().delivering()).story)
      .when(reportRisk, { ...aConcern, observedAt: monday('09:00').toISOString() })
      .thenOpenTasks('risk-reassessment'));
});
