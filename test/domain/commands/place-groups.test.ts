import { describe, expect, it } from 'vitest';
import { marketOf, placeGroups } from '../../../shared/domain/commands/place-groups.ts';
import { given } from '../../builders/given.ts';
import { aNeed, aReferral } from '../../builders/referral-facts.ts';
import { serviceOf } from '../../builders/services.ts';
import { aReferralState } from '../../builders/story.ts';

describe('L3: a group of this very command whose provider an earlier group took', () => {
  const needs = [aNeed(), aNeed('emotional-wellbeing')];
  const whole = serviceOf('whole', { free: 0 });
  const homes = serviceOf('homes', { needs: ['accommodation'] });

  it('is formed anew, and nothing is told of the split of a group that nobody has heard of', () =>
    given(aReferralState(aReferral().with({ needs })).confirmed())
      .when(
        ({ referral, confidential }, services, context) => {
          if (!confidential) throw new Error('matching needs to know the person');
          const market = marketOf({ referral, confidential }, { services }, context);
          const needsOfGroup = referral.needs.map(({ need }) => need);
          const since = context.now.toISOString();
          return placeGroups(
            market,
            { groups: [{ id: context.newId(), needs: needsOfGroup, since, tried: [], place: { at: 'unplaced' } }] },
            context,
          );
        },
        [whole, homes],
      )
      .thenEvents(
        { type: 'candidates.ranked.v1', data: { needs: ['accommodation'] } },
        'task.opened.v1',
        { type: 'offer.made.v1', data: { providerId: 'homes' } },
        { type: 'candidates.ranked.v1', data: { needs: ['emotional-wellbeing'] } },
        'task.opened.v1',
        'referral.waiting-listed.v1',
      )
      .thenSees(({ referral }) =>
        expect(referral.groups.map((group) => group.needs)).toEqual([['accommodation'], ['emotional-wellbeing']]),
      ));
});
