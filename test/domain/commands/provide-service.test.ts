import { describe, expect, it } from 'vitest';
import { bookAppointment, recordFeedback } from '../../../shared/domain/commands/appointments.ts';
import {
  acceptEngagement,
  assignCaseworker,
  completeDelivery,
} from '../../../shared/domain/commands/provide-service.ts';
import { given } from '../../builders/given.ts';
import { aNeed, aReferral } from '../../builders/referral-facts.ts';
import { serviceOf } from '../../builders/services.ts';
import { anAssessment, aReferralState, feedback } from '../../builders/story.ts';
import { tuesday, wednesday } from '../../builders/times.ts';

const engagement = {
  acceptedAt: tuesday('10:00').toISOString(),
  explainedBy: 'Jo Worker',
  language: 'pl',
  format: 'interpreter',
};

describe('L4: a caseworker', () => {
  it('takes the work on, and another takes it over; names stay private', () =>
    given(aReferralState().accepted().does(assignCaseworker, { id: 'cw-1', name: 'Jo Worker' }))
      .when(assignCaseworker, { id: 'cw-2', name: 'Al Other', reason: 'Jo is on leave' })
      .thenEvents({ type: 'caseworker.assigned.v1', data: { caseworkerId: 'cw-2' } })
      .thenSees((story, [event]) => {
        expect(story.state().allocation?.caseworkerId).toBe('cw-2');
        expect(event?.texts?.words).toEqual({ name: 'Al Other', reason: 'Jo is on leave' });
      }));

  it('is kept when another takes over', () => {
    const first = given(aReferralState().accepted()).when(assignCaseworker, { id: 'cw-1', name: 'Jo Worker' });
    const second = given(first.story).when(assignCaseworker, { id: 'cw-2', name: 'Al Other' });
    const [before, after] = [first, second].map(({ events: [event] }) => event?.keeps);
    expect(before?.words).toEqual({ caseworkerId: 'cw-1', name: 'Jo Worker' });
    expect(after?.key).not.toBe(before?.key);
  });
});

describe('O5: responsibilities', () => {
  it('are accepted, with when; who explained them, in what language and format, stays private', () =>
    given(aReferralState().accepted())
      .when(acceptEngagement, engagement, wednesday('10:00'))
      .thenEvents({ type: 'engagement.accepted.v1' })
      .thenSees((story, [event]) => {
        const acceptedAt = tuesday('10:00').toISOString();
        expect(event?.data).toEqual({ allocationId: expect.any(String), acceptedAt });
        expect(story.state().allocation?.engagement).toEqual({ acceptedAt });
        expect(event?.texts?.words).toEqual({ explainedBy: 'Jo Worker', language: 'pl', format: 'interpreter' });
      }));

  it('cannot be accepted in the future', () =>
    given(aReferralState().accepted())
      .when(acceptEngagement, engagement, tuesday('09:59'))
      .thenRefused('Contradiction', '/acceptedAt'));
});

describe('L4: work on an allocation', () => {
  it('stops while the referral is paused, when it is ending and when it is over', () => {
    const [paused, ending, over] = [
      aReferralState().delivering().paused(),
      aReferralState().delivering().withdrawn(),
      aReferralState().acknowledged(),
    ];
    const caseworker = { id: 'cw-1', name: 'Jo Worker' };
    given(paused).when(assignCaseworker, caseworker).thenRefused('NotPossibleNow');
    given(ending).when(assignCaseworker, caseworker).thenRefused('NotPossibleNow');
    given(over).when(assignCaseworker, caseworker).thenRefused('ReferralAlreadyConcluded');
    given(paused).when(acceptEngagement, engagement, wednesday('10:00')).thenRefused('NotPossibleNow');
    given(paused).when(completeDelivery, { reason: 'plan-completed' }).thenRefused('NotPossibleNow');
  });
});

describe('L5: the end of delivery', () => {
  it('by a completed plan makes the report due in five working days (T6)', () =>
    given(aReferralState().delivering())
      .when(completeDelivery, { reason: 'plan-completed', text: 'All went well' }, tuesday('12:00'))
      .thenEvents(
        { type: 'delivery.ended.v1', data: { reason: 'plan-completed', reportDue: true } },
        { type: 'task.opened.v1', data: { taskType: 'end-of-service-report', dueAt: '2026-06-23T12:00:00.000Z' } },
      )
      .thenOpenTasks('end-of-service-report')
      .thenStands('outcome-recording', 'active'));

  it.each(['plan-completed', 'intervention-completed'] as const)('by %s needs a plan that was approved', (reason) => {
    given(aReferralState().planSubmitted()).when(completeDelivery, { reason }).thenRefused('NotPossibleNow');
  });

  it('early, after it began, makes the report due too', () =>
    given(aReferralState().assessed())
      .when(completeDelivery, { reason: 'not-engaged' })
      .thenEvents({ type: 'delivery.ended.v1', data: { reportDue: true } }, 'task.opened.v1'));

  it('before it began ends the allocation with no report, and with it the referral', () =>
    given(aReferralState().accepted())
      .when(completeDelivery, { reason: 'moved' })
      .thenEvents(
        { type: 'delivery.ended.v1', data: { reportDue: false } },
        { type: 'allocation.ended.v1', data: { endState: 'cancelled' } },
        { type: 'referral.concluded.v1', data: { endState: 'cancelled', endReason: 'moved' } },
      )
      .thenOpenTasks());

  it('twice is refused', () =>
    given(aReferralState().delivered())
      .when(completeDelivery, { reason: 'plan-completed' })
      .thenRefused('NotPossibleNow'));

  it('of one provider leaves the other at work', () => {
    const needs = [aNeed(), aNeed('emotional-wellbeing')];
    const story = aReferralState(aReferral().with({ needs }))
      .offeredFrom([
        serviceOf('homes', { needs: ['accommodation'] }),
        serviceOf('minds', { needs: ['emotional-wellbeing'] }),
      ])
      .accepted()
      .delivering();
    const [homes] = story.at('delivery');
    given(story)
      .when(completeDelivery, { reason: 'plan-completed' }, undefined, { allocationId: homes?.id })
      .thenOpenTasks('delivery', 'end-of-service-report')
      .thenStands('delivery', 'active');
  });

  it('unbegun, then told to have been attended: the allocation stays as it ended, with no report', () => {
    const needs = [aNeed(), aNeed('emotional-wellbeing')];
    const story = aReferralState(aReferral().with({ needs }))
      .offeredFrom([
        serviceOf('homes', { needs: ['accommodation'] }),
        serviceOf('minds', { needs: ['emotional-wellbeing'] }),
      ])
      .accepted();
    const allocationId = story.referral.allocations[0]?.id;
    const booked = story.does(bookAppointment, anAssessment(tuesday('10:00')), { allocationId });
    const scope = booked.newestOf(allocationId ?? '');
    const ended = booked.does(completeDelivery, { reason: 'not-engaged' }, { ...scope, at: wednesday('08:00') });
    given(ended)
      .when(recordFeedback, feedback(), wednesday('09:00'), scope)
      .thenEvents('attendance.recorded.v1')
      .thenSees(({ referral }) => expect(referral.allocations[0]).toMatchObject({ phase: 'ended', begun: false }));
  });
});
