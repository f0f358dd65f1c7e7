import { describe, expect, it } from 'vitest';
import { servicesFor } from '../../functions/middleware/available-services.ts';
import { transferReferral } from '../../shared/domain/commands/transfer-referral.ts';
import { Memory } from '../builders/memory.ts';
import { aNeed, aReferral } from '../builders/referral-facts.ts';
import { named, serviceOf } from '../builders/services.ts';
import { aReferralState } from '../builders/story.ts';

describe('L3: the services that matching looks at', () => {
  it('have one that was chosen for several groups once, wherever it is: its places are counted once', async () => {
    const apart = [
      serviceOf('homes', { needs: ['accommodation'] }),
      serviceOf('minds', { needs: ['emotional-wellbeing'] }),
    ];
    const needs = [aNeed('accommodation'), aNeed('emotional-wellbeing')];
    const { referral } = aReferralState(aReferral().with({ needs }))
      .offeredFrom(apart)
      .accepted()
      .does(transferReferral, { ...named(serviceOf('far')), reason: 'Moves there' });
    const { directory } = new Memory().offer(serviceOf('far', { areas: ['lancashire'], free: 1 }));
    expect((await servicesFor(directory, referral)).map(({ id }) => id)).toEqual(['service-of-far']);
  });
});
