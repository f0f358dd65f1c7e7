import { describe, expect, it } from 'vitest';
import { extendReferral } from '../../../shared/domain/commands/extend-referral.ts';
import { keepClocks } from '../../../shared/domain/commands/keep-clocks.ts';
import { given } from '../../builders/given.ts';
import { aReferral } from '../../builders/referral-facts.ts';
import { aReferralState, type Story } from '../../builders/story.ts';
import { at, tuesday } from '../../builders/times.ts';

const extending = (story: Story, endDate: string, now?: Date) =>
  given(story).when(extendReferral, { endDate, reason: 'Extended by the court' }, now);

describe('L4: an extension', () => {
  it('moves the end of the sentence, and the deadline of delivery with it', () =>
    extending(aReferralState().delivering(), '2027-12-31')
      .thenEvents({ type: 'referral.extended.v1', data: { from: '2027-09-30', to: '2027-12-31' } })
      .thenOpenTasks('delivery')
      .thenSees((story, [event]) => {
        expect(story.referral.facts.sentence?.endDate).toBe('2027-12-31');
        expect(story.task('delivery').dueAt).toBe('2027-12-31T09:00:00.000Z');
        expect(event?.texts?.words).toEqual({ reason: 'Extended by the court' });
      }));

  it('gives a delivery that the end of the sentence has overtaken time again, and ends operations’ attention (L7)', () => {
    const story = aReferralState().delivering();
    const { id: taskId } = story.task('delivery');
    const late = story.does(keepClocks, { taskId }, { at: at('2027-10-01T09:00:00Z') });
    expect(late.referral.attention).toMatchObject({ taskId });
    extending(late, '2027-12-31', at('2027-10-04T09:00:00Z')).thenSees((after) => {
      expect(after.task('delivery')).toMatchObject({ breachedAt: null, remindAt: '2027-12-30T09:00:00.000Z' });
      expect(after.referral.attention).toBeNull();
    });
  });

  it('is possible at any moment of a running referral, also in a pause', () => {
    for (const story of [aReferralState(), aReferralState().offeredTo('provider-a'), aReferralState().delivered()])
      extending(story, '2027-12-31').thenEvents('referral.extended.v1');
    extending(aReferralState().delivering().paused(), '2027-12-31', tuesday('09:00')).thenSees((story) =>
      expect(story.task('delivery').dueAt).toBe('2027-12-31T09:00:00.000Z'),
    );
  });

  it.each([
    ['that is earlier', '2027-09-29', undefined],
    ['on the same day', '2027-09-30', undefined],
    ['to a day that has passed', '2027-10-31', at('2027-11-01T09:00:00Z')],
  ])('%s is refused', (_, endDate, now) => {
    extending(aReferralState().delivering(), endDate, now).thenRefused('Contradiction', '/endDate');
  });

  it('of a sentence whose end is not known, of an ending or of a concluded referral is refused', () => {
    const unknown = aReferral().with({ sentence: { type: 'community-order', endDate: null } });
    extending(aReferralState(unknown), '2027-12-31').thenRefused('NotPossibleNow');
    extending(aReferralState().delivering().withdrawn(), '2027-12-31').thenRefused('NotPossibleNow');
    extending(aReferralState().withdrawn(), '2027-12-31').thenRefused('ReferralAlreadyConcluded');
  });
});
