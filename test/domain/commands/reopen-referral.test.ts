import { describe, expect, it } from 'vitest';
import { allocateManually } from '../../../shared/domain/commands/answer-offer.ts';
import { withdrawReferral } from '../../../shared/domain/commands/change-referral.ts';
import { endEarly } from '../../../shared/domain/commands/end-early.ts';
import { reopenReferral } from '../../../shared/domain/commands/reopen-referral.ts';
import { lifecycleStanding } from '../../../shared/domain/standing.ts';
import { given } from '../../builders/given.ts';
import { aNeed, aReferral } from '../../builders/referral-facts.ts';
import { serviceOf } from '../../builders/services.ts';
import { aDraft, aReferralState, type Story } from '../../builders/story.ts';
import { friday } from '../../builders/times.ts';

const reopening = (story: Story) =>
  given(story).when(reopenReferral, { reason: 'It was the wrong person' }, friday('09:00'));
const endedEarly = () => aReferralState().delivering().does(endEarly, { reason: 'not-engaged' }).acknowledged();
const homes = serviceOf('homes', { needs: ['accommodation'] });
const minds = serviceOf('minds', { needs: ['emotional-wellbeing'] });

describe('L5: a reopening', () => {
  it('takes the conclusion back: what was not completed is matched again, by the service that had it', () =>
    reopening(endedEarly())
      .thenEvents({ type: 'referral.reopened.v1', data: { needs: ['accommodation'] } })
      .thenStands('provider-matching')
      .thenSees((story, [event]) => {
        const { referral } = story;
        expect([referral.conclusion, referral.ending]).toEqual([null, null]);
        expect(lifecycleStanding(referral)).toBe('make-offers');
        expect(event?.texts?.words).toEqual({ reason: 'It was the wrong person' });
        const better = serviceOf('provider-b', { free: 20 });
        const offered = story.offeredFrom([better, serviceOf('provider-a')]);
        expect(offered.referral.groups).toMatchObject([
          { place: { at: 'offered', offers: [{ providerId: 'provider-a' }] } },
        ]);
      }));

  it('waits for that service where it is full, and asks operations where another has a place', () => {
    const again = reopening(endedEarly()).story;
    const full = serviceOf('provider-a', { free: 0 });
    expect(again.offeredFrom([full]).tasks('waiting-list')).toHaveLength(1);
    expect(again.offeredFrom([full, serviceOf('provider-b')]).tasks('manual-allocation')).toHaveLength(1);
  });

  it('leaves what was reported as it ended, and concludes once more: as completed, when the new work is', () => {
    const again = reopening(endedEarly())
      .story.offeredFrom([serviceOf('provider-a')])
      .accepted();
    expect(again.referral.allocations).toMatchObject([
      { phase: 'ended', endedFor: 'not-engaged' },
      { phase: 'supplier-assessment', begun: false },
    ]);
    const done = again.assessed().does(endEarly, { reason: 'moved' }).acknowledged();
    expect(done.referral.conclusion).toMatchObject({ endState: 'ended', endReason: 'moved' });
    const twice = reopening(done)
      .story.offeredFrom([serviceOf('provider-a')])
      .accepted()
      .assessed()
      .planSubmitted();
    const completed = twice.delivering().delivered().acknowledged();
    expect(completed.referral.conclusion).toMatchObject({ endState: 'completed' });
    const turns = completed.world.events.filter(({ type }) => /^referral\.(concluded|reopened)/.test(type));
    expect(turns.map(({ type }) => type.split('.')[1])).toEqual([
      'concluded',
      'reopened',
      'concluded',
      'reopened',
      'concluded',
    ]);
  });

  it('ends as it had ended when nothing comes of it', () => {
    const byHand = reopening(endedEarly()).story.offeredFrom([]);
    const { id: taskId } = byHand.task('manual-allocation');
    const closed = byHand.does(allocateManually, { taskId, answer: { decision: 'close', reason: 'None wants it' } });
    expect(closed.referral.conclusion).toMatchObject({ endState: 'ended', endReason: 'not-engaged' });
  });

  it('leaves the needs alone whose work was completed; where all was, all of them go again', () => {
    const needs = [aNeed(), aNeed('emotional-wellbeing')];
    const both = aReferralState(aReferral().with({ needs })).offeredFrom([homes, minds]).accepted().delivering();
    const all = reopening(both.delivered().acknowledged());
    all.thenEvents({ type: 'referral.reopened.v1', data: { needs: ['accommodation', 'emotional-wellbeing'] } });
  });

  it.each<[string, () => Story, string, string]>([
    [
      'missing facts are asked for again',
      () => aReferralState(aReferral().with({ area: null })),
      'assessment',
      'complete-facts',
    ],
    [
      'levels are recommended again',
      () => aReferralState().recommended(),
      'complexity-allocation',
      'recommend-complexity',
    ],
    ['offers are made again', () => aReferralState().offeredTo('provider-a'), 'provider-matching', 'make-offers'],
    [
      'a manual allocation is tried by matching first',
      () => aReferralState().offeredFrom([]),
      'provider-matching',
      'make-offers',
    ],
    [
      'a lapsed wait in line is too',
      () => aReferralState().offeredFrom([{ ...homes, free: 0 }]),
      'provider-matching',
      'make-offers',
    ],
  ])('of what was withdrawn before delivery goes on there: %s', (_, story, stage, standing) => {
    reopening(story().withdrawn()).thenSees(({ referral }) => {
      expect([lifecycleStanding(referral), stage]).toEqual([standing, stage]);
      const asked = referral.openTasks.map(({ type }) => type);
      expect(asked).toEqual(standing === 'complete-facts' ? ['missing-information'] : []);
    });
  });

  it('of one whose person was said to have died is possible: it was told of somebody else', () =>
    reopening(aReferralState().delivering().does(withdrawReferral, { reason: 'died' })).thenStands(
      'provider-matching',
    ));

  it('of what runs, of a removed draft, or of what was found ineligible is refused', () => {
    reopening(aReferralState().delivering()).thenRefused('NotPossibleNow');
    reopening(aDraft().does(withdrawReferral, { reason: 'mistaken-or-duplicate' })).thenRefused('NotPossibleNow');
    const ineligible = aReferralState().amended({ requestedWork: 'breach-enforcement' });
    reopening(ineligible).thenRefused('NotPossibleNow');
  });
});
