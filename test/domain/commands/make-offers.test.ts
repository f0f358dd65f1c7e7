import { describe, expect, it } from 'vitest';
import { allocateManually, answerOffer } from '../../../shared/domain/commands/answer-offer.ts';
import { makeOffers } from '../../../shared/domain/commands/make-offers.ts';
import type { AvailableService } from '../../../shared/domain/matching.ts';
import type { ParallelOffers } from '../../../shared/domain/parallel-offers.ts';
import { placesHeld } from '../../../shared/domain/places.ts';
import { hasOffersToMake, openOffers } from '../../../shared/domain/standing.ts';
import { needIds } from '../../../shared/domain/vocabulary.ts';
import { given } from '../../builders/given.ts';
import { aNeed, aReferral } from '../../builders/referral-facts.ts';
import { aService, choiceOf, serviceOf } from '../../builders/services.ts';
import { aReferralState, type Story } from '../../builders/story.ts';
import { monday } from '../../builders/times.ts';

const matching = (story: Story, services: AvailableService[], now?: Date) =>
  given(story.referral.needs.some(({ confirmed }) => confirmed === null) ? story.confirmed() : story).when(
    makeOffers,
    { services },
    now,
  );

const declining =
  (reason: 'no-capacity' | 'conflict-of-interest') =>
  (story: Story): Story =>
    story.does(answerOffer, { taskId: story.task('offer').id, answer: { decision: 'declined', reason } });
const declined = declining('no-capacity');
const conflicted = declining('conflict-of-interest');

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
    ['full services', 5, [0], 'waiting-list', 2],
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
        data: {
          candidates: [
            {
              serviceId: 'service-of-provider-b',
              providerId: 'provider-b',
              score: 50,
              parts: { preference: 0, cohort: 0, coverage: 20, availability: 10, locality: 10, speed: 10, fit: 0 },
            },
          ],
          filtered: [{ serviceId: 'service-of-provider-a', reasons: ['tried'] }],
        },
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

describe('L3: a group that no single provider takes any more', () => {
  const three = [aNeed(), aNeed('emotional-wellbeing'), aNeed('lifestyle-associates')];
  const everything = serviceOf('everything');
  const homes = serviceOf('homes', { needs: ['accommodation'] });
  const minds = serviceOf('minds', { needs: ['emotional-wellbeing', 'lifestyle-associates'] });
  const refusedWhole = () => declined(aReferralState(aReferral().with({ needs: three })).offeredFrom([everything]));
  const groupsOf = ({ referral }: Story) => referral.groups.map(({ needs }) => needs);

  it('is split, and each part is offered', () =>
    matching(refusedWhole(), [everything, homes, minds])
      .thenEvents(
        'needs.regrouped.v1',
        { type: 'candidates.ranked.v1', data: { needs: ['emotional-wellbeing', 'lifestyle-associates'] } },
        'task.opened.v1',
        { type: 'offer.made.v1', data: { providerId: 'minds' } },
        { type: 'candidates.ranked.v1', data: { needs: ['accommodation'] } },
        'task.opened.v1',
        { type: 'offer.made.v1', data: { providerId: 'homes' } },
      )
      .thenSees((story) =>
        expect(groupsOf(story)).toEqual([['emotional-wellbeing', 'lifestyle-associates'], ['accommodation']]),
      ));

  it('is split even where only a part can be placed; operations are asked for the rest', () =>
    matching(refusedWhole(), [everything, homes])
      .thenOpenTasks('offer', 'manual-allocation', 'manual-allocation')
      .thenStands('provider-matching', 'manual-allocation'));

  it('stays whole where nobody could be asked for any part', () =>
    matching(refusedWhole(), [everything])
      .thenEvents('candidates.ranked.v1', 'task.opened.v1')
      .thenOpenTasks('manual-allocation'));

  it('is split rather than waits whole for a full service; the part that only full ones take waits', () =>
    matching(refusedWhole(), [everything, serviceOf('whole', { free: 0 }), homes, { ...minds, free: 0 }])
      .thenOpenTasks('offer', 'waiting-list')
      .thenSees((story) =>
        expect(groupsOf(story)).toEqual([['accommodation'], ['emotional-wellbeing', 'lifestyle-associates']]),
      ));

  it('waits whole where no part could be offered now', () =>
    matching(refusedWhole(), [everything, serviceOf('whole', { free: 0 })])
      .thenOpenTasks('waiting-list')
      .thenSees((story) => expect(groupsOf(story)).toHaveLength(1)));

  it('is not offered in part to whom it was offered whole', () => {
    const { story } = matching(refusedWhole(), [everything, homes]);
    for (const { tried } of story.referral.groups) expect(tried).toEqual(['service-of-everything']);
  });

  it('is not split while another provider takes all of it', () =>
    matching(refusedWhole(), [everything, homes, minds, serviceOf('another')]).thenEvents(
      'candidates.ranked.v1',
      'task.opened.v1',
      { type: 'offer.made.v1', data: { providerId: 'another' } },
    ));

  it('loses no need, however many parts it has: what one command does not place, the next does', () => {
    const needs = needIds.map((need) => aNeed(need));
    const all = serviceOf('all', { needs: [...needIds], cohort: 'women', areas: ['metropolitan-police'] });
    const each = needIds.map((need) => ({ ...all, ...serviceOf(`for-${need}`), needs: [need], areas: all.areas }));
    const single = each.map((service) => ({ ...service, cohort: 'women' as const }));
    let story = declined(aReferralState(aReferral().with({ area: 'metropolitan-police', needs })).offeredFrom([all]));
    let commands = 0;
    while (hasOffersToMake(story.referral)) {
      story = matching(story, single).story;
      commands += 1;
    }
    expect(commands).toBeLessThanOrEqual(3);
    expect(groupsOf(story).flat().sort()).toEqual([...needIds].sort());
    expect(story.tasks('manual-allocation')).toHaveLength(0);
  });
});

describe('L3: a provider that declares a conflict of interest', () => {
  const needs = [aNeed(), aNeed('emotional-wellbeing')];
  const ofTheSame = aService('sister', { provider: { id: 'provider-a', name: 'provider-a' } });
  const asked = () => aReferralState().offeredFrom([serviceOf('provider-a')]);

  it('is asked no more with any of its services', () =>
    matching(conflicted(asked()), [serviceOf('provider-a'), ofTheSame])
      .thenEvents(
        {
          type: 'candidates.ranked.v1',
          data: {
            candidates: [],
            filtered: [
              { serviceId: 'sister', reasons: ['conflict-of-interest'] },
              { serviceId: 'service-of-provider-a', reasons: ['conflict-of-interest', 'tried'] },
            ],
          },
        },
        'task.opened.v1',
      )
      .thenOpenTasks('manual-allocation'));

  it('is asked no more for another group of the same referral either', () => {
    const story = aReferralState(aReferral().with({ needs })).offeredFrom([
      serviceOf('provider-a', { needs: ['accommodation'] }),
      serviceOf('provider-b', { needs: ['emotional-wellbeing'] }),
    ]);
    const both = story.tasks('offer').reduce(
      (so, { id, organisation }) =>
        so.does(answerOffer, {
          taskId: id,
          answer: { decision: 'declined', reason: organisation === 'provider-a' ? 'conflict-of-interest' : 'other' },
        }),
      story,
    );
    matching(both, [ofTheSame]).thenOpenTasks('manual-allocation', 'manual-allocation');
  });

  it('is not grouped for, so the needs go to whoever can be asked', () => {
    const story = conflicted(aReferralState(aReferral().with({ needs })).offeredFrom([serviceOf('provider-a')]));
    matching(story, [
      ofTheSame,
      serviceOf('homes', { needs: ['accommodation'] }),
      serviceOf('minds', { needs: ['emotional-wellbeing'] }),
    ]).thenOpenTasks('offer', 'offer');
  });

  it('with another service that only had no capacity, may still be asked', () =>
    matching(declined(asked()), [ofTheSame]).thenOpenTasks('offer'));

  it('is not asked even where operations choose it: it is refused, or they are asked again', () => {
    const byHand = matching(conflicted(asked()), [serviceOf('provider-a')]).story;
    const { id: taskId } = byHand.task('manual-allocation');
    given(byHand)
      .when(allocateManually, { taskId, ...choiceOf(ofTheSame) })
      .thenRefused('Contradiction', '/serviceId');
    // It has come to that provider since it was chosen.
    const chosen = byHand.does(allocateManually, { taskId, ...choiceOf(aService('sister')) });
    matching(chosen, [ofTheSame]).thenOpenTasks('manual-allocation');
  });
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
  const answering = (story: Story, answer: Omit<Parameters<typeof allocateManually>[1], 'taskId'>) =>
    given(story).when(allocateManually, { taskId: story.task('manual-allocation').id, ...answer });
  const far = aService('far-away', { areas: ['gwent'], minimumAge: 60 });

  it('choose a service by hand, and it is offered whatever the filters say', () => {
    const chosen = answering(byHand(), choiceOf(far))
      .thenEvents({ type: 'referral.allocated-manually.v1', data: { decision: 'offer', serviceId: 'far-away' } })
      .thenStands('provider-matching', 'offered').story;
    matching(chosen, [far]).thenEvents('candidates.ranked.v1', 'task.opened.v1', {
      type: 'offer.made.v1',
      data: { serviceId: 'far-away' },
    });
  });

  it('cannot choose what the directory does not know, nor what has ended: it says so, and they can choose again', () => {
    const closed = { ...far, contract: { ...far.contract, closes: '2026-06-14' } };
    answering(byHand(), { ...choiceOf(far), service: undefined }).thenRefused('Contradiction', '/serviceId');
    answering(byHand(), choiceOf(closed)).thenRefused('Contradiction', '/serviceId');
  });

  it('cannot choose a place that is not there: they are asked again', () => {
    const chosen = answering(byHand(), choiceOf(far)).story;
    matching(chosen, [{ ...far, free: 0 }]).thenOpenTasks('manual-allocation');
    matching(chosen, []).thenOpenTasks('manual-allocation');
  });

  it('cannot choose a service whose contract has ended (O4); one that has yet to open they can', () => {
    const chosen = answering(byHand(), choiceOf(far)).story;
    const contract = (dates: { opens?: string; closes?: string }) => ({ ...far.contract, ...dates });
    matching(chosen, [{ ...far, contract: contract({ closes: '2026-06-14' }) }]).thenOpenTasks('manual-allocation');
    matching(chosen, [{ ...far, contract: contract({ opens: '2026-09-01' }) }]).thenOpenTasks('offer');
  });

  it('close what cannot be served, and with nothing else to do the referral concludes: cancelled, no provider', () =>
    answering(byHand(), { answer: { decision: 'close', reason: 'No such service exists here' } })
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
    answering(story, { answer: { decision: 'close', reason: 'Nothing for it' } })
      .thenEvents('referral.allocated-manually.v1')
      .thenOpenTasks('offer')
      .thenStands('provider-matching', 'offered');
  });

  it('answer once', () => {
    const story = byHand();
    const { id: taskId } = story.task('manual-allocation');
    given(story.does(allocateManually, { taskId, ...choiceOf(far) }))
      .when(allocateManually, { taskId, ...choiceOf(far) })
      .thenRefused('TaskNoLongerOpen');
  });
});

describe('L3: offers to several providers at once', () => {
  const rivals = ['a', 'b', 'c'].map((name) => serviceOf(`provider-${name}`));
  const asked = ({ referral }: Story) => referral.openTasks.map(({ organisation }) => organisation).sort();
  const offering = (
    needs: readonly NonNullable<Parameters<typeof aNeed>[0]>[],
    services: AvailableService[],
    parallelOffers: ParallelOffers = { accommodation: 2 },
  ) =>
    given(aReferralState(aReferral().with({ needs: needs.map((need) => aNeed(need)) })).confirmed()).when(makeOffers, {
      services,
      policy: { parallelOffers },
    });

  it('go to as many of the best as the policy says of the need, each with a place of its own', () =>
    offering(['accommodation'], rivals)
      .thenEvents('candidates.ranked.v1', 'task.opened.v1', 'offer.made.v1', 'task.opened.v1', 'offer.made.v1')
      .thenSees((story, [ranked]) => {
        const best = ranked?.type === 'candidates.ranked.v1' ? ranked.data.candidates.slice(0, 2) : [];
        expect(asked(story)).toEqual(best.map(({ providerId }) => providerId).sort());
        expect(placesHeld(story.referral)).toHaveLength(2);
      }));

  it('are one where the policy does not name the need, and for needs that go together where it does not name all', () => {
    offering(['emotional-wellbeing'], rivals).thenOpenTasks('offer');
    offering(['accommodation', 'emotional-wellbeing'], rivals).thenOpenTasks('offer');
    offering(['accommodation', 'emotional-wellbeing'], rivals, {
      accommodation: 3,
      'emotional-wellbeing': 2,
    }).thenOpenTasks('offer', 'offer');
  });

  it('go to as many as there are', () => offering(['accommodation'], rivals.slice(0, 1)).thenOpenTasks('offer'));

  it('ask no provider twice, whatever services it has', () =>
    offering(
      ['accommodation'],
      [
        aService('one', { provider: { id: 'provider-a', name: 'A' }, free: 20 }),
        aService('two', { provider: { id: 'provider-a', name: 'A' }, free: 20 }),
        serviceOf('provider-b', { free: 1 }),
      ],
    ).thenSees((story) => expect(asked(story)).toEqual(['provider-a', 'provider-b'])));

  it('leave the choice of operations alone: who is chosen by hand is asked alone', () => {
    const byHand = offering(['accommodation'], []).story;
    const chosen = byHand.does(allocateManually, {
      taskId: byHand.task('manual-allocation').id,
      ...choiceOf(serviceOf('provider-b')),
    });
    given(chosen)
      .when(makeOffers, { services: rivals, policy: { parallelOffers: { accommodation: 3 } } })
      .thenSees((story) => expect(asked(story)).toEqual(['provider-b']));
  });

  it('are ten at most of one referral, or one for each of its groups', () => {
    const needs = [
      'accommodation',
      'education-training-employment',
      'emotional-wellbeing',
      'family-significant-others',
      'lifestyle-associates',
    ] as const;
    const services = needs.flatMap((need) =>
      ['a', 'b', 'c', 'd', 'e'].map((name) => serviceOf(`${need}-${name}`, { needs: [need] })),
    );
    const parallelOffers = Object.fromEntries(needs.map((need) => [need, 5]));
    let story = offering(needs, services, parallelOffers).story;
    while (hasOffersToMake(story.referral)) story = story.does(makeOffers, { services, policy: { parallelOffers } });
    expect(openOffers(story.referral)).toHaveLength(10);
  });
});

describe('L3: needs whose provider is looked for afresh', () => {
  const needs = [aNeed(), aNeed('emotional-wellbeing')];
  const both = serviceOf('both', { needs: ['accommodation', 'emotional-wellbeing'] });
  const homes = serviceOf('homes', { needs: ['accommodation'] });
  const minds = serviceOf('minds', { needs: ['emotional-wellbeing'] });
  const sent = () => aReferralState(aReferral().with({ needs }));
  const asked = ({ referral }: Story) =>
    openOffers(referral).map(({ providerId, needs: of }) => [providerId, of.length]);

  it('are grouped anew when a preference is given: it is honoured as in a referral that was sent with it', () => {
    const preferredService = { id: homes.id, reason: 'Knows him' };
    const amended = sent()
      .offeredFrom([both, homes])
      .amended({ needs: [{ need: 'accommodation', preferredService }] });
    matching(amended, [both, homes]).thenSees((story) =>
      expect(asked(story).toSorted()).toEqual([
        ['both', 1],
        ['homes', 1],
      ]),
    );
  });

  it('go to one provider where one takes them all now', () =>
    matching(sent().offeredFrom([homes, minds]).amended({ area: 'lancashire' }), [
      { ...both, areas: ['lancashire'] },
    ]).thenSees((story) => expect(asked(story)).toEqual([['both', 2]])));

  it('stay as they were grouped where nothing else is better, without a word', () =>
    matching(sent().offeredFrom([homes, minds]).amended({ setting: 'custody' }), [homes, minds]).thenEvents(
      ...(['candidates.ranked.v1', 'task.opened.v1', 'offer.made.v1'] as const),
      ...(['candidates.ranked.v1', 'task.opened.v1', 'offer.made.v1'] as const),
    ));

  it('are not looked for again because of a need that has its provider', () => {
    const [first] = sent().offeredFrom([homes, minds]).tasks('offer');
    const offered = sent().offeredFrom([homes, minds]);
    const accepted = offered.does(answerOffer, { taskId: first?.id ?? '', answer: { decision: 'accepted' } });
    const preferredService = { id: 'another', reason: 'Nearer' };
    const placed = accepted.referral.allocations.flatMap((one) => one.needs.map(({ need }) => need));
    const amended = accepted.amended({ needs: placed.map((need) => ({ need, preferredService })) });
    expect(openOffers(amended.referral)).toEqual(openOffers(accepted.referral));
  });

  it('tell of every provider that is asked, however far down the ranking', () => {
    const provider = { id: 'large', name: 'Large' };
    const many = Array.from({ length: 11 }, (_, n) => aService(`large-${n}`, { provider, free: 20 }));
    given(aReferralState().confirmed())
      .when(makeOffers, {
        services: [...many, serviceOf('small', { free: 1 })],
        policy: { parallelOffers: { accommodation: 2 } },
      })
      .thenSees((story, [ranked]) => {
        const told = ranked?.type === 'candidates.ranked.v1' ? ranked.data.candidates : [];
        expect(told.map(({ providerId }) => providerId)).toContain('small');
        expect(told).toHaveLength(11);
        expect(asked(story)).toContainEqual(['small', 1]);
      });
  });
});
