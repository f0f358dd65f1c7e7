import { type AreaId, areaIds } from './areas.ts';

/**
 * Police areas of England and Wales that border each other on land, each border once, under the first of the two. What
 * only a river mouth or the sea lies between is not adjacent: Merseyside and North Wales, Essex and Kent.
 */
const borders: Partial<Record<AreaId, AreaId[]>> = {
  'avon-and-somerset': ['devon-and-cornwall', 'dorset', 'gloucestershire', 'wiltshire'],
  bedfordshire: ['cambridgeshire', 'hertfordshire', 'northamptonshire', 'thames-valley'],
  cambridgeshire: ['essex', 'hertfordshire', 'lincolnshire', 'norfolk', 'northamptonshire', 'suffolk'],
  cheshire: ['derbyshire', 'greater-manchester', 'merseyside', 'north-wales', 'staffordshire', 'west-mercia'],
  'city-of-london': ['metropolitan-police'],
  cleveland: ['durham', 'north-yorkshire'],
  cumbria: ['durham', 'lancashire', 'north-yorkshire', 'northumbria'],
  derbyshire: [
    'greater-manchester',
    'leicestershire',
    'nottinghamshire',
    'south-yorkshire',
    'staffordshire',
    'west-yorkshire',
  ],
  'devon-and-cornwall': ['dorset'],
  dorset: ['hampshire', 'wiltshire'],
  durham: ['north-yorkshire', 'northumbria'],
  'dyfed-powys': ['gwent', 'north-wales', 'south-wales', 'west-mercia'],
  essex: ['hertfordshire', 'metropolitan-police', 'suffolk'],
  gloucestershire: ['gwent', 'thames-valley', 'warwickshire', 'west-mercia', 'wiltshire'],
  'greater-manchester': ['lancashire', 'merseyside', 'west-yorkshire'],
  gwent: ['south-wales', 'west-mercia'],
  hampshire: ['surrey', 'sussex', 'thames-valley', 'wiltshire'],
  hertfordshire: ['metropolitan-police', 'thames-valley'],
  humberside: ['lincolnshire', 'north-yorkshire', 'nottinghamshire', 'south-yorkshire'],
  kent: ['metropolitan-police', 'surrey', 'sussex'],
  lancashire: ['merseyside', 'north-yorkshire', 'west-yorkshire'],
  leicestershire: ['lincolnshire', 'northamptonshire', 'nottinghamshire', 'staffordshire', 'warwickshire'],
  lincolnshire: ['norfolk', 'northamptonshire', 'nottinghamshire'],
  'metropolitan-police': ['surrey', 'thames-valley'],
  norfolk: ['suffolk'],
  'north-wales': ['west-mercia'],
  'north-yorkshire': ['south-yorkshire', 'west-yorkshire'],
  northamptonshire: ['thames-valley', 'warwickshire'],
  nottinghamshire: ['south-yorkshire'],
  'south-yorkshire': ['west-yorkshire'],
  staffordshire: ['warwickshire', 'west-mercia', 'west-midlands'],
  surrey: ['sussex', 'thames-valley'],
  'thames-valley': ['warwickshire', 'wiltshire'],
  warwickshire: ['west-mercia', 'west-midlands'],
  'west-mercia': ['west-midlands'],
};

const neighbours = new Map(areaIds.map((area) => [area, new Set<AreaId>()]));
for (const [area, others] of Object.entries(borders) as [AreaId, AreaId[]][]) {
  for (const other of others) {
    neighbours.get(area)?.add(other);
    neighbours.get(other)?.add(area);
  }
}

export const neighboursOf = (area: AreaId): ReadonlySet<AreaId> => neighbours.get(area) ?? new Set();

/** L3: how many borders lie between this area and each of the others, at least; none to itself. */
export function hopsFrom(area: AreaId): Record<AreaId, number> {
  const hops: Partial<Record<AreaId, number>> = { [area]: 0 };
  const reached = [area];
  for (const one of reached) {
    for (const next of neighboursOf(one)) {
      if (hops[next] !== undefined) continue;
      hops[next] = (hops[one] ?? 0) + 1;
      reached.push(next);
    }
  }
  return hops as Record<AreaId, number>;
}
