import { type AreaId, areasOf, type RegionId } from './areas.ts';
import type { NeedId } from './vocabulary.ts';
import { londonDate } from './working-days.ts';

export interface AreaLimit {
  need: NeedId;
  /** The whole region: all of its police areas. */
  regions: readonly RegionId[];
  areas: readonly AreaId[];
  effectiveFrom: string;
  /** The last day; without one, until a later entry for the same need takes over. */
  effectiveTo?: string;
  source: string;
}

/**
 * E5: where a need is open, by date, oldest first. Only what stands here limits a need to areas; nothing else does, and
 * no import changes it. Source 004 sets its limits in the general sections, so women's services are in none of them.
 */
export const areaLimits: readonly AreaLimit[] = [
  {
    need: 'finance-benefit-debt',
    regions: ['wales', 'west-midlands', 'london', 'east-midlands'],
    areas: ['hampshire', 'thames-valley'],
    effectiveFrom: '2021-01-01',
    source: 'Commissioned Rehabilitative Services, Finance, Benefit & Debt in the Community',
  },
  {
    need: 'dependency-recovery',
    regions: ['london'],
    areas: ['durham', 'northumbria', 'cleveland', 'humberside', 'west-yorkshire', 'north-yorkshire'],
    effectiveFrom: '2021-01-01',
    source: 'Commissioned Rehabilitative Services, Dependency & Recovery in the Community',
  },
];

/** E5: the areas that a need is limited to at a moment; undefined where it is limited to none. */
export function areasLimitedTo(need: NeedId, at: Date, limits = areaLimits): AreaId[] | undefined {
  const day = londonDate(at);
  const limit = limits.findLast((entry) => entry.need === need && entry.effectiveFrom <= day);
  if (!limit || (limit.effectiveTo !== undefined && limit.effectiveTo < day)) return undefined;
  return [...limit.regions.flatMap(areasOf), ...limit.areas].sort();
}

/** E5: whether the dated list leaves a need open in an area. Whether a service has places is another question. */
export const openIn = (need: NeedId, area: AreaId, at: Date, limits = areaLimits): boolean =>
  areasLimitedTo(need, at, limits)?.includes(area) ?? true;
