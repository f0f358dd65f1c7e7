import { describe, expect, it } from 'vitest';
import { addOfferInformation, answerOffer, type OfferAnswer } from '../../../shared/domain/commands/answer-offer.ts';
import { withdrawReferral } from '../../../shared/domain/commands/change-referral.ts';
import { keepClocks } from '../../../shared/domain/commands/keep-clocks.ts';
import { placesHeld } from '../../../shared/domain/places.ts';
import type { ReferralFacts } from '../../../shared/domain/referral-facts.ts';
import { hasOffersToMake } from '../../../shared/domain/standing.ts';
import { given } from '../../builders/given.ts';
import { aNeed, aReferral, aReferralThroughTheGate } from '../../builders/referral-facts.ts';
import { aService, serviceOf } from '../../builders/services.ts';
import { aReferralState, type Story } from '../../builders/story.ts';
import { at, friday, monday, thursday, tuesday, wednesday } from '../../builders/times.ts';

const answering = (story: Story, answer: OfferAnswer, now?: Date) =>
  given(story).when(answerOffer, { taskId: story.task('offer').id, answer }, now);
const offered = () => aReferralState().offeredTo('provider-a', { dueAt: wednesday('17:00') });

describe('L3: an offer', () => {
  it('accepted starts an allocation with the confirmed levels, and asks for the supplier assessment (T2)', () =>
    answering(offered(), { decision: 'accepted' }, tuesday('12:00'))
      .thenEvents(
        { type: 'offer.accepted.v1', data: { providerId: 'provider-a' } },
        {
          type: 'allocation.started.v1',
          data: { providerId: 'provider-a', needs: [{ need: 'accommodation', level: 'medium' }] },
        },
        { type: 'task.opened.v1', data: { taskType: 'supplier-assessment', dueAt: '2026-06-30T12:00:00.000Z' } },
      )
      .thenStands('delivery', 'active')
      .thenOpenTasks('supplier-assessment'));

  it('declined with a reason goes on to the next candidate', () =>
    answering(offered(), { decision: 'declined', reason: 'no-capacity' })
      .thenEvents({ type: 'offer.declined.v1', data: { reason: 'no-capacity' } })
      .thenOpenTasks()
      .thenStands('provider-matching')
      .thenSees(({ referral }) => expect(referral.groups[0]?.tried).toEqual(['service-of-provider-a'])));

  it('returned asks the practitioner, and no place is given up meanwhile', () =>
    answering(offered(), { decision: 'returned', text: 'Can she climb stairs?' })
      .thenEvents('offer.returned.v1', {
        type: 'task.opened.v1',
        data: { taskType: 'offer-returned', owner: 'practitioner' },
      })
      .thenStands('provider-matching', 'offered')
      .thenOpenTasks('offer-returned'));

  it('that has lapsed is refused, and stays lapsed', () => {
    const story = offered();
    answering(story, { decision: 'accepted' }, wednesday('17:01')).thenRefused('TaskLapsed');
    const { id: taskId } = story.task('offer');
    const lapsed = story.does(keepClocks, { taskId }, { at: wednesday('17:01') });
    given(lapsed)
      .when(answerOffer, { taskId, answer: { decision: 'accepted' } })
      .thenRefused('TaskNoLongerOpen');
  });

  it('may be answered up to the last moment', () =>
    answering(offered(), { decision: 'accepted' }, wednesday('17:00')).thenEvents(
      'offer.accepted.v1',
      'allocation.started.v1',
      'task.opened.v1',
    ));

  it('is answered once', () => {
    const story = offered();
    const { id: taskId } = story.task('offer');
    given(story.accepted())
      .when(answerOffer, { taskId, answer: { decision: 'accepted' } })
      .thenRefused('TaskNoLongerOpen');
  });

  it('of a withdrawn referral is gone', () => {
    const story = offered();
    const { id: taskId } = story.task('offer');
    given(story.withdrawn())
      .when(answerOffer, { taskId, answer: { decision: 'accepted' } })
      .thenRefused('TaskNoLongerOpen');
  });

  it('does not lapse while the referral is paused: its clock rests, and an answer is still taken', () => {
    const paused = offered().paused({ at: tuesday('12:00') });
    answering(paused, { decision: 'accepted' }, friday('12:00')).thenEvents(
      'offer.accepted.v1',
      'allocation.started.v1',
      'task.opened.v1',
    );
  });

  it('that had lapsed before the pause stays lapsed through it', () => {
    const paused = offered().paused({ at: thursday('12:00') });
    answering(paused, { decision: 'accepted' }, friday('12:00')).thenRefused('TaskLapsed');
    const resumed = paused.resumed({ at: friday('12:00') });
    answering(resumed, { decision: 'accepted' }, friday('12:00')).thenRefused('TaskLapsed');
  });

  it('of one group accepted leaves the other group with its provider', () => {
    const story = aReferralState(aReferral().with({ needs: [aNeed(), aNeed('emotional-wellbeing')] })).offeredFrom([
      serviceOf('homes', { needs: ['accommodation'] }),
      serviceOf('minds', { needs: ['emotional-wellbeing'] }),
    ]);
    const [first] = story.tasks('offer');
    given(story)
      .when(answerOffer, { taskId: first?.id ?? '', answer: { decision: 'accepted' } })
      .thenStands('provider-matching', 'offered')
      .thenOpenTasks('offer', 'supplier-assessment');
  });

  it('keeps what the provider wrote out of every event (V)', () =>
    answering(offered(), { decision: 'declined', reason: 'other', text: 'He threatened us' }).thenSees((_, [event]) => {
      expect(event?.texts?.words).toEqual({ text: 'He threatened us' });
      expect(JSON.stringify(event?.data)).not.toContain('threatened');
    }));
});

describe('E8: an offer accepted before release', () => {
  const inCustody = (expectedReleaseDate: string) => aReferralThroughTheGate().with({ expectedReleaseDate });
  const dueWhenAccepted = (facts: ReferralFacts, now: Date) =>
    answering(aReferralState(facts).offeredTo('provider-a'), { decision: 'accepted' }, now).story.task(
      'supplier-assessment',
    ).dueAt;

  it.each([
    ['a working day, Monday 13 July', '2026-07-13', '2026-07-27T08:00:00.000Z'],
    ['a Saturday', '2026-07-11', '2026-07-24T08:00:00.000Z'],
    ['the bank holiday of 31 August', '2026-08-31', '2026-09-14T08:00:00.000Z'],
    ['Christmas Day, a Friday before two more days off and a substitute', '2026-12-25', '2027-01-12T09:00:00.000Z'],
    ['Easter Monday', '2027-03-29', '2027-04-12T08:00:00.000Z'],
    ['Easter Sunday, on which the clocks go forward', '2027-03-28', '2027-04-12T08:00:00.000Z'],
    ['the Sunday on which they go back', '2026-10-25', '2026-11-06T09:00:00.000Z'],
  ])('starts the clock of the supplier assessment at release (T2): on %s', (_, release, due) =>
    expect(dueWhenAccepted(inCustody(release), monday('09:00'))).toBe(due),
  );

  it('on the day of the release starts it then, at nine in the morning at the earliest', () => {
    expect(dueWhenAccepted(inCustody('2026-06-15'), at('2026-06-15T06:00:00Z'))).toBe('2026-06-29T08:00:00.000Z');
    expect(dueWhenAccepted(inCustody('2026-06-15'), at('2026-06-15T14:00:00Z'))).toBe('2026-06-29T14:00:00.000Z');
  });

  it('that has passed while the setting still is custody, starts it when the offer is accepted', () =>
    expect(dueWhenAccepted(inCustody('2026-06-01'), monday('09:00'))).toBe('2026-06-29T09:00:00.000Z'));

  it('in the community starts it when the offer is accepted, whatever the release date says', () =>
    expect(dueWhenAccepted(inCustody('2026-07-13').with({ setting: 'community' }), monday('09:00'))).toBe(
      '2026-06-29T09:00:00.000Z',
    ));
});

describe('L3: information added to a returned offer', () => {
  const returned = () => {
    const story = offered();
    const answer = { decision: 'returned' as const, text: 'Can she climb stairs?' };
    return story.does(answerOffer, { taskId: story.task('offer').id, answer });
  };
  const adding = (story: Story, now?: Date) =>
    given(story).when(addOfferInformation, { taskId: story.task('offer-returned').id, information: 'She can' }, now);

  it('asks the same provider again, with a new deadline (T1)', () =>
    adding(returned(), thursday('09:00'))
      .thenEvents(
        { type: 'offer.information-added.v1', data: { providerId: 'provider-a', dueAt: '2026-06-22T09:00:00.000Z' } },
        { type: 'task.opened.v1', data: { taskType: 'offer', dueAt: '2026-06-22T09:00:00.000Z' } },
      )
      .thenOpenTasks('offer')
      .thenStands('provider-matching', 'offered'));

  it('is too late after its deadline (T7): the next candidate is asked', () => {
    const due = returned().task('offer-returned').dueAt;
    adding(returned(), at(due)).thenOpenTasks('offer');
    adding(returned(), new Date(Date.parse(due) + 1)).thenRefused('TaskLapsed');
  });

  it('is the same offer, which can be accepted then', () =>
    answering(adding(returned()).story, { decision: 'accepted' }).thenStands('delivery', 'active'));

  it('after a withdrawal has nowhere to go', () => {
    const story = returned();
    const { id: taskId } = story.task('offer-returned');
    given(story.withdrawn())
      .when(addOfferInformation, { taskId, information: 'She can' })
      .thenRefused('TaskNoLongerOpen');
  });
});

describe('L3: an offer beside others for the same needs', () => {
  const [first, second, third] = ['a', 'b', 'c'].map((name) => serviceOf(`provider-${name}`));
  const together = () =>
    aReferralState().offeredFrom(
      [first, second, third].flatMap((service) => service ?? []),
      {
        parallelOffers: { accommodation: 3 },
      },
    );
  const taskOf = (story: Story, provider: string): string =>
    story.tasks('offer').find(({ organisation }) => organisation === provider)?.id ?? '';
  const says = (story: Story, provider: string, answer: OfferAnswer) =>
    given(story).when(answerOffer, { taskId: taskOf(story, provider), answer });
  const held = ({ referral }: Story) => placesHeld(referral).map(({ serviceId, as }) => [serviceId, as]);

  it('accepted first has it: the others are withdrawn in the same breath, and their places are free', () =>
    says(together(), 'provider-b', { decision: 'accepted' })
      .thenEvents(
        { type: 'offer.withdrawn.v1' },
        { type: 'offer.withdrawn.v1' },
        { type: 'offer.accepted.v1', data: { providerId: 'provider-b' } },
        { type: 'allocation.started.v1', data: { providerId: 'provider-b' } },
        { type: 'task.opened.v1', data: { taskType: 'supplier-assessment' } },
      )
      .thenStands('delivery', 'active')
      .thenOpenTasks('supplier-assessment')
      .thenSees((story) => expect(held(story)).toEqual([['service-of-provider-b', 'confirmed']])));

  it('accepted second is too late, and changes nothing', () => {
    const story = together();
    const taskId = taskOf(story, 'provider-a');
    const accepted = says(story, 'provider-b', { decision: 'accepted' }).story;
    given(accepted)
      .when(answerOffer, { taskId, answer: { decision: 'accepted' } })
      .thenRefused('TaskNoLongerOpen');
  });

  it('declined leaves the others open: nobody else is asked until all have said no', () => {
    const decline = { decision: 'declined' as const, reason: 'no-capacity' as const };
    const one = says(together(), 'provider-a', decline)
      .thenEvents('offer.declined.v1')
      .thenOpenTasks('offer', 'offer')
      .thenSees(({ referral }) => expect(hasOffersToMake(referral)).toBe(false)).story;
    const two = says(one, 'provider-b', decline).thenOpenTasks('offer').story;
    says(two, 'provider-c', decline)
      .thenOpenTasks()
      .thenSees(({ referral }) => {
        expect(hasOffersToMake(referral)).toBe(true);
        expect(referral.groups[0]?.tried).toEqual(['a', 'b', 'c'].map((name) => `service-of-provider-${name}`));
      });
  });

  it('that lapses leaves the others open', () => {
    const story = together();
    given(story)
      .when(keepClocks, { taskId: taskOf(story, 'provider-a') }, at('2026-12-01T09:00:00Z'))
      .thenEvents('task.lapsed.v1', 'offer.lapsed.v1')
      .thenOpenTasks('offer', 'offer')
      .thenStands('provider-matching', 'offered');
  });

  it('returned for information waits for the practitioner, while another may accept it', () => {
    const returned = says(together(), 'provider-a', { decision: 'returned', text: 'Which floor?' }).thenOpenTasks(
      'offer',
      'offer',
      'offer-returned',
    ).story;
    says(returned, 'provider-c', { decision: 'accepted' }).thenOpenTasks('supplier-assessment');
    const { id: taskId } = returned.task('offer-returned');
    given(returned)
      .when(addOfferInformation, { taskId, information: 'The second' })
      .thenOpenTasks('offer', 'offer', 'offer')
      .thenSees((story) => expect(taskOf(story, 'provider-a')).not.toBe(taskOf(together(), 'provider-a')));
  });

  it('declined for a conflict of interest takes every other offer of that provider back, the returned one too', () => {
    const provider = { id: 'landlords', name: 'Landlords' };
    const facts = aReferral().with({ needs: [aNeed(), aNeed('emotional-wellbeing')] });
    const story = aReferralState(facts).offeredFrom([
      aService('homes', { provider, needs: ['accommodation'] }),
      aService('minds', { provider, needs: ['emotional-wellbeing'] }),
    ]);
    const [one, other] = story.tasks('offer').map(({ id }) => id);
    const answer = { decision: 'returned' as const, text: 'Where?' };
    given(story.does(answerOffer, { taskId: one ?? '', answer }))
      .when(answerOffer, { taskId: other ?? '', answer: { decision: 'declined', reason: 'conflict-of-interest' } })
      .thenEvents('offer.declined.v1', 'offer.withdrawn.v1')
      .thenOpenTasks();
  });

  it('is withdrawn with all of them when the referral is', () =>
    given(together())
      .when(withdrawReferral, { reason: 'moved' })
      .thenOpenTasks()
      .thenSees((story, events) => {
        expect(events.filter(({ type }) => type === 'offer.withdrawn.v1')).toHaveLength(3);
        expect(held(story)).toEqual([]);
      }));
});
