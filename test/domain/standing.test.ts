import { describe, expect, it } from 'vitest';
import { answerOffer } from '../../shared/domain/commands/answer-offer.ts';
import { completeDelivery } from '../../shared/domain/commands/provide-service.ts';
import { deliveryStanding, lifecycleStanding, stageOf, statusOf } from '../../shared/domain/standing.ts';
import type { EndReason } from '../../shared/domain/vocabulary.ts';
import { aNeed, aReferral } from '../builders/referral-facts.ts';
import { serviceOf } from '../builders/services.ts';
import { aReferralState, type Story } from '../builders/story.ts';

const returned = (story: Story) =>
  story.does(answerOffer, { taskId: story.task('offer').id, answer: { decision: 'returned', text: 'Which floor?' } });

const full = serviceOf('full', { free: 0 });

describe('A referral stands where what has happened says', () => {
  it.each<[string, Story, string, string, string]>([
    [
      'sent with facts missing',
      aReferralState(aReferral().with({ area: null })),
      'assessment',
      'needs-information',
      'complete-facts',
    ],
    ['sent complete', aReferralState(), 'complexity-allocation', 'awaiting-confirmation', 'recommend-complexity'],
    ['recommended', aReferralState().recommended(), 'complexity-allocation', 'awaiting-confirmation', 'confirmation'],
    ['confirmed', aReferralState().confirmed(), 'provider-matching', 'offered', 'make-offers'],
    ['offered', aReferralState().offeredTo('provider-a'), 'provider-matching', 'offered', 'answers'],
    [
      'returned for information',
      returned(aReferralState().offeredTo('provider-a')),
      'provider-matching',
      'offered',
      'answers',
    ],
    ['offered to nobody', aReferralState().offeredFrom([]), 'provider-matching', 'manual-allocation', 'answers'],
    ['in line', aReferralState().offeredFrom([full]), 'provider-matching', 'waiting-list', 'answers'],
    ['paused in line', aReferralState().offeredFrom([full]).paused(), 'provider-matching', 'paused', 'paused'],
    [
      'gone on from there',
      aReferralState().offeredFrom([full]).paused().resumed(),
      'provider-matching',
      'offered',
      'make-offers',
    ],
    ['accepted', aReferralState().accepted(), 'delivery', 'active', 'delivery'],
    ['delivering', aReferralState().delivering(), 'delivery', 'active', 'delivery'],
    ['delivered', aReferralState().delivered(), 'outcome-recording', 'active', 'reports'],
    ['reported', aReferralState().reported(), 'outcome-recording', 'active', 'reports'],
    ['withdrawn in delivery', aReferralState().delivering().withdrawn(), 'outcome-recording', 'active', 'reports'],
    ['acknowledged', aReferralState().acknowledged(), 'concluded', 'concluded', 'concluded'],
    ['withdrawn', aReferralState().withdrawn(), 'concluded', 'concluded', 'concluded'],
    ['paused in matching', aReferralState().offeredTo('provider-a').paused(), 'provider-matching', 'paused', 'paused'],
    ['paused in delivery', aReferralState().delivering().paused(), 'delivery', 'paused', 'paused'],
    ['gone on', aReferralState().delivering().paused().resumed(), 'delivery', 'active', 'delivery'],
  ])('%s', (_, { referral }, stage, status, lifecycle) => {
    expect([stageOf(referral), statusOf(referral), lifecycleStanding(referral)]).toEqual([stage, status, lifecycle]);
  });
});

describe('An allocation stands where its own work says', () => {
  it.each<[string, Story, string]>([
    ['accepted', aReferralState().accepted(), 'supplier-assessment'],
    ['assessed', aReferralState().assessed(), 'action-plan'],
    ['planned', aReferralState().planSubmitted(), 'action-plan'],
    ['delivering', aReferralState().delivering(), 'delivery'],
    ['paused', aReferralState().delivering().paused(), 'paused'],
    ['delivered', aReferralState().delivered(), 'end-of-service-report'],
    [
      'delivered and paused: the report is due all the same',
      aReferralState().delivered().paused(),
      'end-of-service-report',
    ],
    ['reported', aReferralState().reported(), 'end-of-service-report'],
    ['acknowledged', aReferralState().acknowledged(), 'ended'],
  ])('%s', (_, { referral }, standing) => {
    expect(referral.allocations.map((summary) => deliveryStanding(referral, summary))).toEqual([standing]);
  });
});

const twoProviders = () =>
  aReferralState(aReferral().with({ needs: [aNeed(), aNeed('emotional-wellbeing')] }))
    .offeredFrom([
      serviceOf('homes', { needs: ['accommodation'] }),
      serviceOf('minds', { needs: ['emotional-wellbeing'] }),
    ])
    .accepted();
type Ending = 'plan-completed' | EndReason;
const ends = (story: Story, which: number, reason: Ending) =>
  story.does(completeDelivery, { reason }, { allocationId: story.referral.allocations[which]?.id });
/** Every report that is due is written and acknowledged. */
const settled = (story: Story) => (story.referral.conclusion ? story : story.acknowledged());

describe('L5: the end state is decided by what was delivered, and by nobody', () => {
  it.each<[string, () => Story, string, string]>([
    ['the plan was completed', () => aReferralState().acknowledged(), 'completed', 'intervention-completed'],
    [
      'the provider ended it before it began',
      () => ends(aReferralState().accepted(), 0, 'moved'),
      'cancelled',
      'moved',
    ],
    [
      'the provider ended it early',
      () => settled(ends(aReferralState().delivering(), 0, 'not-engaged')),
      'ended',
      'not-engaged',
    ],
    ['it was withdrawn before delivery', () => aReferralState().accepted().withdrawn(), 'cancelled', 'moved'],
    ['it was withdrawn in delivery', () => settled(aReferralState().delivering().withdrawn()), 'ended', 'moved'],
    [
      'it was withdrawn while the report was written',
      () => settled(aReferralState().delivered().withdrawn()),
      'ended',
      'moved',
    ],
    [
      'the need was met before the plan had run',
      () => settled(ends(aReferralState().delivering(), 0, 'intervention-completed')),
      'completed',
      'intervention-completed',
    ],
    [
      'both providers completed',
      () => settled(twoProviders().delivering().delivered()),
      'completed',
      'intervention-completed',
    ],
    [
      'one provider ended it before it began, the other completed',
      () => settled(ends(twoProviders(), 0, 'not-engaged').delivering().delivered()),
      'completed',
      'intervention-completed',
    ],
    [
      'one provider completed, the other ended early',
      () => {
        const story = ends(ends(twoProviders().delivering(), 0, 'intervention-completed'), 1, 'not-engaged');
        return settled(story);
      },
      'ended',
      'not-engaged',
    ],
    ['neither provider began', () => ends(ends(twoProviders(), 0, 'moved'), 1, 'died'), 'cancelled', 'moved'],
  ])('%s', (_, story, endState, endReason) => {
    const { referral, world } = story();
    expect(referral.conclusion).toMatchObject({ endState, endReason });
    expect(world.events.filter(({ type }) => type === 'referral.concluded.v1')).toHaveLength(1);
    expect(world.events.at(-1)?.type).toBe('referral.concluded.v1');
  });

  it('while one provider delivers and another writes its report, the referral is in delivery; then it records', () => {
    const story = ends(twoProviders().delivering(), 0, 'plan-completed');
    expect(stageOf(story.referral)).toBe('delivery');
    expect(stageOf(ends(story, 1, 'plan-completed').referral)).toBe('outcome-recording');
  });
});
