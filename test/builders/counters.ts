import { expect } from 'vitest';
import { placesHeld } from '../../shared/domain/places.ts';
import type { Referral } from '../../shared/domain/referral.ts';
import { linesOf } from '../../shared/domain/waiting-list.ts';
import { services, type Town } from './town.ts';

export const offersOf = (all: Referral[], serviceId: string) =>
  all
    .flatMap((one) => placesHeld(one).map((place) => ({ ...place, referralId: one.id })))
    .filter((place) => place.serviceId === serviceId);

/** Counters, items and referrals say the same. */
export function countersHold(town: Town): void {
  const all = town.referrals;
  for (const serviceId of services) {
    const held = offersOf(all, serviceId);
    const items = town.serviceItems(serviceId, 'PLACE#');
    expect(items.map(({ holder, as, referralId }) => `${holder} ${as} ${referralId}`).sort()).toEqual(
      held.map(({ holder, as, referralId }) => `${holder} ${as} ${referralId}`).sort(),
    );
    const waiting = all.filter((one) => linesOf(one).some((line) => line.serviceId === serviceId)).map(({ id }) => id);
    expect(
      town
        .serviceItems(serviceId, 'WAITING#')
        .map(({ referralId }) => referralId)
        .sort(),
    ).toEqual(waiting.sort());
    const { places, ...counted } = town.capacity(serviceId);
    const count = (as: 'reserved' | 'confirmed') => held.filter((place) => place.as === as).length;
    const [reserved, confirmed] = [count('reserved'), count('confirmed')];
    expect(counted).toEqual({ reserved, confirmed, free: places - reserved - confirmed, waiting: waiting.length });
  }
}
