import { describe, expect, it } from 'vitest';
import {
  type ConfirmComplexity,
  confirmComplexity,
  recommendComplexity,
} from '../../../shared/domain/commands/complexity.ts';
import { given } from '../../builders/given.ts';
import { aNeed, aReferral } from '../../builders/referral-facts.ts';
import { aReferralState, type Story } from '../../builders/story.ts';
import { monday } from '../../builders/times.ts';

const twoNeeds = () => aReferralState(aReferral().with({ needs: [aNeed(), aNeed('emotional-wellbeing')] }));

describe('L2: the recommendation', () => {
  it('covers every need and asks the practitioner to confirm, within five working days (T7)', () =>
    given(twoNeeds())
      .when(recommendComplexity, {}, monday('09:00'))
      .thenEvents(
        { type: 'task.opened.v1', data: { taskType: 'complexity-confirmation', dueAt: '2026-06-22T09:00:00.000Z' } },
        {
          type: 'complexity.recommended.v1',
          data: {
            needs: [
              { need: 'accommodation', level: null },
              { need: 'emotional-wellbeing', level: null },
            ],
          },
        },
      )
      .thenStands('complexity-allocation', 'awaiting-confirmation'));

  it('without indicators is no level, and says what was missing: never a guess', () =>
    given(twoNeeds())
      .when(recommendComplexity, {})
      .thenSees(({ referral }) =>
        expect(referral.needs[0]?.recommended).toEqual({ level: null, reasons: [], missing: ['indicators'] }),
      ));

  it('is made once: asked again, nothing happens', () =>
    given(twoNeeds().recommended()).when(recommendComplexity, {}).thenNothing());
});

const confirming = (story: Story, needs: ConfirmComplexity['needs']) =>
  given(story).when(confirmComplexity, { taskId: story.task('complexity-confirmation').id, needs });

describe('L2: the confirmation', () => {
  it('of every need leads on to matching', () =>
    confirming(twoNeeds().recommended(), [
      { need: 'accommodation', level: 'high' },
      { need: 'emotional-wellbeing', level: 'low' },
    ])
      .thenEvents({
        type: 'complexity.confirmed.v1',
        data: {
          needs: [
            { need: 'accommodation', level: 'high', overridden: false },
            { need: 'emotional-wellbeing', level: 'low', overridden: false },
          ],
        },
      })
      .thenOpenTasks()
      .thenStands('provider-matching'));

  it('keeps the reason in the private half, and only there', () =>
    confirming(aReferralState().recommended(), [
      { need: 'accommodation', level: 'high', reason: 'Sleeps in his car' },
    ]).thenSees(({ world }, events) => {
      expect(world.confidential.needs.accommodation?.overrideReason).toBe('Sleeps in his car');
      expect(events[0]?.texts?.words).toEqual({ accommodation: 'Sleeps in his car' });
      expect(JSON.stringify([world.referral, events[0]?.data])).not.toContain('Sleeps');
    }));

  it('lists every fault: another need, a need twice, a need left out', () =>
    confirming(twoNeeds().recommended(), [
      { need: 'lifestyle-associates', level: 'low' },
      { need: 'accommodation', level: 'low' },
      { need: 'accommodation', level: 'high' },
    ]).thenRefused('InvalidAnswer', '/needs/0/need', '/needs/2/need', '/needs'));

  it('is taken while the referral is paused: answers already asked for still are', () =>
    confirming(aReferralState().recommended().paused(), [{ need: 'accommodation', level: 'low' }])
      .thenEvents('complexity.confirmed.v1')
      .thenStands('provider-matching', 'paused'));

  it('of a withdrawn referral is refused: nothing is asked any more', () => {
    const story = aReferralState().recommended();
    const { id: taskId } = story.task('complexity-confirmation');
    given(story.withdrawn())
      .when(confirmComplexity, { taskId, needs: [{ need: 'accommodation', level: 'low' }] })
      .thenRefused('TaskNoLongerOpen');
  });
});
