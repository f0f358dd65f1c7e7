import type { Capacity, Service } from '../service.ts';

export const availabilityView = ({ places, free, waiting }: Capacity) => ({
  places,
  free: Math.max(0, free),
  waiting,
  status: free > 0 ? ('available' as const) : ('full' as const),
});

/** What everyone sees of a service, with its places at this moment (O3). */
export function serviceView({ capacity, sequence: _sequence, ...service }: Service & { capacity: Capacity }) {
  return { ...service, availability: availabilityView(capacity) };
}
