import { describe, expect, it } from 'vitest';
import { allocateManually, answerOffer } from '../../../shared/domain/commands/answer-offer.ts';
import { transferReferral } from '../../../shared/domain/commands/transfer-referral.ts';
import { lifecycleStanding } from '../../../shared/domain/standing.ts';
import { given } from '../../builders/given.ts';
import { aNeed, aReferral } from '../../builders/referral-facts.ts';
import { named, serviceOf } from '../../builders/services.ts';
import { aReferralState, type Story } from '../../builders/story.ts';

type Where = Omit<Parameters<typeof transferReferral>[1], 'reason'>;
const transferring = (story: Story, where: Where) =>
  given(story).when(transferReferral, { ...where, reason: 'Has moved' });
const toLancashire = { area: 'lancashire' as const };

describe('L4: a transfer', () => {
  it('to another area ends the work of who has begun with a report, and matches its needs there', () =>
    transferring(aReferralState().delivering(), toLancashire)
      .thenEvents(
        { type: 'referral.transferred.v1', data: { from: 'west-yorkshire', to: 'lancashire' } },
        { type: 'delivery.ended.v1', data: { reason: 'transferred', reportDue: true } },
        { type: 'task.opened.v1', data: { taskType: 'end-of-service-report' } },
      )
      .thenOpenTasks('end-of-service-report')
      .thenStands('provider-matching')
      .thenSees(({ referral }, [event]) => {
        expect(referral.facts.area).toBe('lancashire');
        expect(referral.groups).toMatchObject([{ tried: [], place: { at: 'unplaced' } }]);
        expect(lifecycleStanding(referral)).toBe('make-offers');
        expect(event?.texts?.words).toEqual({ reason: 'Has moved' });
      }));

  it('before anything began frees the place at once, and asks for no report', () =>
    transferring(aReferralState().accepted(), toLancashire)
      .thenEvents('referral.transferred.v1', 'delivery.ended.v1', {
        type: 'allocation.ended.v1',
        data: { endState: 'cancelled' },
      })
      .thenOpenTasks());

  it('to a named service offers it there first, in whatever area it is', () => {
    const { story } = transferring(aReferralState().delivering(), named(serviceOf('provider-b')));
    const offered = story.offeredFrom([serviceOf('provider-c', { free: 20 }), serviceOf('provider-b')]);
    expect(offered.referral.groups).toMatchObject([{ place: { offers: [{ providerId: 'provider-b' }] } }]);
  });

  const homes = serviceOf('homes', { needs: ['accommodation'] });
  const minds = serviceOf('minds', { needs: ['emotional-wellbeing'] });
  /** Two providers at work, each on a need of its own. */
  const atWorkApart = () => {
    const needs = [aNeed(), aNeed('emotional-wellbeing')];
    return aReferralState(aReferral().with({ needs })).offeredFrom([homes, minds]).delivering();
  };

  const ofOther = (both: Story) => both.referral.allocations[1]?.id ?? '';
  it.each([
    ['to a service that is at work on a part of it leaves that part as it goes on', homes, () => undefined],
    [
      'of one provider’s part alone leaves the others as they go on, whoever takes it',
      serviceOf('provider-b'),
      ofOther,
    ],
  ])('in the same area %s', (_, service, part) => {
    const both = atWorkApart();
    const [own, other] = both.referral.allocations.map(({ id }) => id);
    transferring(both, { ...named(service), allocationId: part(both) })
      .thenEvents(
        { type: 'referral.transferred.v1', data: { allocationIds: [other ?? ''], serviceId: service.id } },
        { type: 'delivery.ended.v1', data: { allocationId: other ?? '', reason: 'transferred' } },
        'task.opened.v1',
      )
      .thenSees(({ referral }) => {
        expect(referral.allocations.map(({ phase }) => phase)).toEqual(['delivery', 'end-of-service-report']);
        expect(referral.groups.map(({ place }) => place)).toMatchObject([
          { at: 'placed', allocationId: own },
          { at: 'unplaced', chosen: { serviceId: service.id } },
        ]);
      });
  });

  it('of one part alone, in another area or of nobody’s at work, is refused', () => {
    const both = atWorkApart();
    const [allocationId] = both.referral.allocations.map(({ id }) => id);
    transferring(both, { ...toLancashire, allocationId }).thenRefused('Contradiction', '/allocationId');
    transferring(both, { ...named(serviceOf('provider-b')), allocationId: 'nobody' }).thenRefused(
      'Contradiction',
      '/allocationId',
    );
    transferring(both, { ...named(homes), allocationId }).thenRefused('Contradiction', '/serviceId');
    const nobodys = { serviceId: 'service-of-nobody', allocationId: 'nobody' };
    transferring(both, nobodys).thenRefused('Contradiction', '/allocationId', '/serviceId');
  });

  it('to another area ends the part of the named service too: it is asked whether it goes on there', () =>
    transferring(atWorkApart(), { ...toLancashire, ...named(homes) }).thenSees(({ referral }) =>
      expect(referral.groups.map(({ place }) => place)).toEqual([
        { at: 'unplaced', chosen: { serviceId: 'service-of-homes' } },
        { at: 'unplaced', chosen: { serviceId: 'service-of-homes' } },
      ]),
    ));

  it('withdraws the offers that are open where it was, and leaves the needs together that go together', () => {
    const needs = [aNeed(), aNeed('emotional-wellbeing')];
    const homes = serviceOf('homes', { needs: ['accommodation'] });
    const minds = serviceOf('minds', { needs: ['emotional-wellbeing'] });
    const both = aReferralState(aReferral().with({ needs }))
      .offeredFrom([homes, { ...minds, free: 0 }])
      .accepted();
    transferring(both, toLancashire).thenSees(({ referral }) =>
      expect(referral.groups.map(({ place }) => place.at)).toEqual(['unplaced', 'unplaced']),
    );
  });

  it('L1: to an area, where none was known any more, says it: nobody is asked for it any longer', () =>
    transferring(aReferralState().delivering().amended({ area: null }), toLancashire)
      .thenOpenTasks('end-of-service-report')
      .thenSees(({ referral }) => {
        expect(referral.missing).toEqual([]);
        expect(lifecycleStanding(referral)).toBe('make-offers');
      }));

  it('L5: concludes as what the last has made of it, once both have reported', () => {
    const moved = transferring(aReferralState().delivering(), toLancashire).story;
    const done = moved.reported().acknowledged();
    expect(done.referral.conclusion).toBeNull();
    const completed = done
      .offeredFrom([serviceOf('provider-b', { areas: ['lancashire'] })])
      .accepted()
      .assessed()
      .planSubmitted()
      .delivering();
    expect(completed.delivered().acknowledged().referral.conclusion).toMatchObject({ endState: 'completed' });
  });

  it('L5: that nobody takes up ends for that', () => {
    const moved = transferring(aReferralState().delivering(), toLancashire).story.reported().acknowledged();
    const byHand = moved.offeredFrom([]);
    const { id: taskId } = byHand.task('manual-allocation');
    const closed = byHand.does(allocateManually, { taskId, answer: { decision: 'close', reason: 'Nobody there' } });
    expect(closed.referral.conclusion).toMatchObject({ endState: 'ended', endReason: 'no-provider' });
  });

  it('E5: to an area that does not have what is needed is refused, with the rule', () => {
    const debt = aReferral().with({ needs: [aNeed('finance-benefit-debt')], area: 'metropolitan-police' });
    const inLondon = serviceOf('provider-a', { needs: ['finance-benefit-debt'], areas: ['metropolitan-police'] });
    const refused = transferring(aReferralState(debt).offeredFrom([inLondon]).accepted(), toLancashire);
    refused.thenRefused('Ineligible');
  });

  it('that moves nothing is refused', () => {
    const story = aReferralState().delivering();
    transferring(story, { area: 'west-yorkshire' }).thenRefused('Contradiction', '/area');
    transferring(story, named(serviceOf('provider-a'))).thenRefused('Contradiction', '/serviceId');
  });

  it('to a service that nobody knows, or that can take nobody on, is refused by its name', () => {
    const contract = { ...homes.contract, closes: '2026-05-31' };
    transferring(atWorkApart(), { serviceId: 'service-of-nobody' }).thenRefused('Contradiction', '/serviceId');
    transferring(atWorkApart(), named({ ...homes, contract })).thenRefused('Contradiction', '/serviceId');
  });

  it('to a service whose provider has declared a conflict of interest is refused, with it', () => {
    const rival = serviceOf('rival');
    const offered = aReferralState().offeredFrom([rival]);
    const { id: taskId } = offered.task('offer');
    const declined = offered.does(answerOffer, {
      taskId,
      answer: { decision: 'declined', reason: 'conflict-of-interest' },
    });
    transferring(declined.offeredTo('provider-a').accepted(), named(rival)).thenRefused('Contradiction', '/serviceId');
  });

  it('before a provider is at work, while it is ending, or after the conclusion is refused', () => {
    transferring(aReferralState().offeredTo('provider-a'), toLancashire).thenRefused('NotPossibleNow');
    transferring(aReferralState().delivering().withdrawn(), toLancashire).thenRefused('NotPossibleNow');
    transferring(aReferralState().withdrawn(), toLancashire).thenRefused('ReferralAlreadyConcluded');
  });

  it('in a pause is matched when the pause ends', () => {
    const moved = transferring(aReferralState().delivering().paused(), toLancashire).story;
    expect(lifecycleStanding(moved.referral)).toBe('paused');
    expect(lifecycleStanding(moved.resumed().referral)).toBe('make-offers');
  });
});
