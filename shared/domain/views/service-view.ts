import type { Capacity, Service } from '../service.ts';

export const availabilityView = ({ places, free, waiting }: Capacity) => ({
  places,
  free: Math.max(0, free),
  waiting,
  status: free > 0 ? ('available' as const) : ('full' as const),
});

/** What everyone sees of a service, with its places at this moment and those of days to come (O3). */
export function serviceView({ capacity, sequence: _sequence, planned, ...service }: Service & { capacity: Capacity }) {
  return { ...service, availability: { ...availabilityView(capacity), planned } };
}
