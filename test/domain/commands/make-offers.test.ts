import { describe, expect, it } from 'vitest';
import { allocateManually, answerOffer } from '../../../shared/domain/commands/answer-offer.ts';
import { makeOffers } from '../../../shared/domain/commands/make-offers.ts';
import type { AvailableService } from '../../../shared/domain/matching.ts';
import { hasOffersToMake } from '../../../shared/domain/standing.ts';
import { needIds } from '../../../shared/domain/vocabulary.ts';
import { given } from '../../builders/given.ts';
import { aNeed, aReferral } from '../../builders/referral-facts.ts';
import { aService, serviceOf } from '../../builders/services.ts';
import { aReferralState, type Story } from '../../builders/story.ts';
import { monday } from '../../builders/times.ts';

const matching = (story: Story, services: AvailableService[], now?: Date) =>
  given(story.referral.needs.some(({ confirmed }) => confirmed === null) ? story.confirmed() : story).when(
    makeOffers,
    { services },
    now,
  );

const declined = (story: Story) =>
  story.does(answerOffer, { taskId: story.task('offer').id, answer: { decision: 'declined', reason: 'no-capacity' } });

describe('L3: the needs of a referral', () => {
  it('go to one provider where one covers them, and the offer falls due two working days on (T1)', () =>
    matching(
      aReferralState(aReferral().with({ needs: [aNeed(), aNeed('emotional-wellbeing')] })),
      [serviceOf('provider-a')],
      monday('17:00'),
    )
      .thenEvents(
        { type: 'candidates.ranked.v1', data: { needs: ['accommodation', 'emotional-wellbeing'] } },
        { type: 'task.opened.v1', data: { taskType: 'offer', dueAt: '2026-06-17T17:00:00.000Z' } },
        { type: 'offer.made.v1', data: { providerId: 'provider-a', dueAt: '2026-06-17T17:00:00.000Z' } },
      )
      .thenStands('provider-matching', 'offered')
      .thenOpenTasks('offer')
      .thenSees(({ referral }) => expect(referral.openTasks[0]?.organisation).toBe('provider-a')));

  it('go to several where none covers all, each with an offer of its own', () =>
    matching(aReferralState(aReferral().with({ needs: [aNeed(), aNeed('emotional-wellbeing')] })), [
      serviceOf('homes', { needs: ['accommodation'] }),
      serviceOf('minds', { needs: ['emotional-wellbeing'] }),
    ])
      .thenOpenTasks('offer', 'offer')
      .thenSees(({ referral }) =>
        expect(referral.groups.map(({ needs }) => needs)).toEqual([['accommodation'], ['emotional-wellbeing']]),
      ));

  it('that nobody serves go to operations, and do not hold up the others', () =>
    matching(aReferralState(aReferral().with({ needs: [aNeed(), aNeed('emotional-wellbeing')] })), [
      serviceOf('homes', { needs: ['accommodation'] }),
    ])
      .thenOpenTasks('manual-allocation', 'offer')
      .thenStands('provider-matching', 'manual-allocation'));

  it.each([
    ['nobody', 0, [], 'manual-allocation', 1],
    ['a provider each', 1, [1], 'offer', 3],
    ['full services', 5, [0], 'waiting-list', 3],
  ] as const)(
    'are never lost, however many groups they make: with %s one command goes on from another',
    (_, count, free, type, expected) => {
      const needs = needIds.map((need) => aNeed(need));
      const services = needIds.flatMap((need) =>
        Array.from({ length: count }, (_, n) =>
          serviceOf(`${need}-${n}`, { needs: [need], areas: ['metropolitan-police'], free: free[0] ?? 0 }),
        ),
      );
      let story = aReferralState(aReferral().with({ area: 'metropolitan-police', needs })).confirmed();
      let commands = 0;
      while (hasOffersToMake(story.referral)) {
        story = matching(story, services).story;
        commands += 1;
      }
      expect(commands).toBe(expected);
      expect(story.referral.groups.flatMap((group) => group.needs).sort()).toEqual([...needIds].sort());
      expect(story.tasks(type)).toHaveLength(14);
    },
  );
});

describe('L3: the next candidate', () => {
  const services = [serviceOf('provider-a', { free: 20 }), serviceOf('provider-b', { free: 10 })];
  const asked = () => aReferralState().offeredFrom(services);

  it('is asked when one declines; who declined is not asked again', () =>
    matching(declined(asked()), services).thenEvents(
      {
        type: 'candidates.ranked.v1',
        data: { candidates: [{ serviceId: 'service-of-provider-b', providerId: 'provider-b', score: 5 }] },
      },
      'task.opened.v1',
      { type: 'offer.made.v1', data: { providerId: 'provider-b' } },
    ));

  it('is operations, when there is none left', () =>
    matching(declined(declined(asked()).offeredFrom(services)), services)
      .thenEvents(
        { type: 'candidates.ranked.v1', data: { candidates: [] } },
        {
          type: 'task.opened.v1',
          data: { taskType: 'manual-allocation', owner: 'operations' },
        },
      )
      .thenStands('provider-matching', 'manual-allocation'));

  it('is not asked while an answer is awaited', () => matching(asked(), services).thenNothing());
});

describe('L3: capacity', () => {
  it('that has gone is not offered', () =>
    matching(aReferralState(), [serviceOf('full', { free: 0 })]).thenOpenTasks('waiting-list'));

  it('below zero, after a provider stated fewer places than are taken, is none', () =>
    matching(aReferralState(), [serviceOf('over', { free: -3 })]).thenOpenTasks('waiting-list'));

  it('of one place is offered to one group of a referral, not to two', () => {
    const needs = [aNeed(), aNeed('emotional-wellbeing')];
    const story = aReferralState(aReferral().with({ needs })).offeredFrom([
      serviceOf('homes', { needs: ['accommodation'] }),
      serviceOf('minds', { needs: ['emotional-wellbeing'] }),
    ]);
    const both = story
      .tasks('offer')
      .reduce(
        (so, { id }) => so.does(answerOffer, { taskId: id, answer: { decision: 'declined', reason: 'other' } }),
        story,
      );
    matching(both, [serviceOf('everything', { free: 1 })]).thenOpenTasks('waiting-list', 'offer');
  });
});

describe('L3: operations', () => {
  const byHand = () => aReferralState().offeredFrom([]);
  const answering = (story: Story, answer: Parameters<typeof allocateManually>[1]['answer']) =>
    given(story).when(allocateManually, { taskId: story.task('manual-allocation').id, answer });
  const far = aService('far-away', { areas: ['gwent'], minimumAge: 60 });

  it('choose a service by hand, and it is offered whatever the filters say', () => {
    const chosen = answering(byHand(), { serviceId: 'far-away', reason: 'Agreed by telephone' })
      .thenEvents({ type: 'referral.allocated-manually.v1', data: { decision: 'offer', serviceId: 'far-away' } })
      .thenStands('provider-matching', 'offered').story;
    matching(chosen, [far]).thenEvents('candidates.ranked.v1', 'task.opened.v1', {
      type: 'offer.made.v1',
      data: { serviceId: 'far-away' },
    });
  });

  it('cannot choose a place that is not there: they are asked again', () => {
    const chosen = answering(byHand(), { serviceId: 'far-away', reason: 'Agreed by telephone' }).story;
    matching(chosen, [{ ...far, free: 0 }]).thenOpenTasks('manual-allocation');
    matching(chosen, []).thenOpenTasks('manual-allocation');
  });

  it('close what cannot be served, and with nothing else to do the referral concludes: cancelled, no provider', () =>
    answering(byHand(), { decision: 'close', reason: 'No such service exists here' })
      .thenEvents('referral.allocated-manually.v1', {
        type: 'referral.concluded.v1',
        data: { endState: 'cancelled', endReason: 'no-provider' },
      })
      .thenStands('concluded'));

  it('close one group while another is still with a provider: the referral goes on', () => {
    const needs = [aNeed(), aNeed('emotional-wellbeing')];
    const story = aReferralState(aReferral().with({ needs })).offeredFrom([
      serviceOf('homes', { needs: ['accommodation'] }),
    ]);
    answering(story, { decision: 'close', reason: 'Nothing for it' })
      .thenEvents('referral.allocated-manually.v1')
      .thenOpenTasks('offer')
      .thenStands('provider-matching', 'offered');
  });

  it('answer once', () => {
    const story = byHand();
    const { id: taskId } = story.task('manual-allocation');
    const answer = { serviceId: 'far-away', reason: 'Agreed' };
    given(story.does(allocateManually, { taskId, answer }))
      .when(allocateManually, { taskId, answer })
      .thenRefused('TaskNoLongerOpen');
  });
});
