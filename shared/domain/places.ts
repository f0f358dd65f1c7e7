import type { Referral } from './referral.ts';
import type { Capacity } from './service.ts';
import { openOffers } from './standing.ts';
import { linesOf } from './waiting-list.ts';

/** A place of a service that a referral holds: reserved by an open offer, taken by an allocation until that ends (L3). */
export interface HeldPlace {
  serviceId: string;
  /** The offer or the allocation. */
  holder: string;
  as: 'reserved' | 'confirmed';
}

export const placesHeld = (referral: Referral): HeldPlace[] => [
  ...openOffers(referral).map(({ id, serviceId }) => ({ serviceId, holder: id, as: 'reserved' as const })),
  ...referral.allocations
    .filter(({ phase }) => phase !== 'ended')
    .map(({ id, serviceId }) => ({ serviceId, holder: id, as: 'confirmed' as const })),
];

/** What a change of a referral does to the counters of one service. */
export interface PlaceMove {
  serviceId: string;
  reserved: number;
  confirmed: number;
  waiting: number;
}

/** Follows from what the referral holds and waits for before and after, so that no event can be forgotten. */
export function placeMoves(before: Referral | undefined, after: Referral): PlaceMove[] {
  const moves = new Map<string, PlaceMove>();
  const count = (referral: Referral, by: 1 | -1): void => {
    for (const { serviceId, as } of placesHeld(referral)) moveOf(moves, serviceId)[as] += by;
    for (const { serviceId } of linesOf(referral)) moveOf(moves, serviceId).waiting += by;
  };
  if (before) count(before, -1);
  count(after, 1);
  return [...moves.values()].filter((move) => move.reserved || move.confirmed || move.waiting);
}

function moveOf(moves: Map<string, PlaceMove>, serviceId: string): PlaceMove {
  const found = moves.get(serviceId) ?? { serviceId, reserved: 0, confirmed: 0, waiting: 0 };
  moves.set(serviceId, found);
  return found;
}

type Counters = Omit<Capacity, 'places'>;

/** What the counters of a service must say when so many hold or wait for its places; undefined: they do. */
export function reconciled(
  { places, ...counted }: Capacity,
  { reserved, confirmed, waiting }: Omit<Counters, 'free'>,
): Counters | undefined {
  const right = { reserved, confirmed, free: places - reserved - confirmed, waiting };
  return (Object.keys(right) as (keyof Counters)[]).some((name) => right[name] !== counted[name]) ? right : undefined;
}
