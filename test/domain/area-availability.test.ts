import { describe, expect, it } from 'vitest';
import { type AreaLimit, areaLimits, areasLimitedTo, openIn } from '../../shared/domain/area-availability.ts';
import { areaIds, areasOf } from '../../shared/domain/areas.ts';
import { needIds } from '../../shared/domain/vocabulary.ts';
import { today } from '../builders/referral-facts.ts';

const openAreas = (need: (typeof needIds)[number]) => areaIds.filter((area) => openIn(need, area, today));

describe('E5: the dated list of areas', () => {
  it('opens finance, benefit and debt in four whole regions, Hampshire and Thames Valley', () => {
    const expected = [
      ...areasOf('wales'),
      ...areasOf('west-midlands'),
      ...areasOf('london'),
      ...areasOf('east-midlands'),
      'hampshire',
      'thames-valley',
    ].sort();
    expect(openAreas('finance-benefit-debt')).toEqual(expected);
    expect(expected).toHaveLength(16);
  });

  it('opens dependency and recovery in London and six police areas of the north', () => {
    expect(openAreas('dependency-recovery')).toEqual([
      'city-of-london',
      'cleveland',
      'durham',
      'humberside',
      'metropolitan-police',
      'north-yorkshire',
      'northumbria',
      'west-yorkshire',
    ]);
  });

  it.each(needIds.filter((need) => !['finance-benefit-debt', 'dependency-recovery'].includes(need)))(
    'limits %s nowhere',
    (need) => {
      expect(areasLimitedTo(need, today)).toBeUndefined();
      expect(openAreas(need)).toEqual([...areaIds]);
    },
  );

  it('names its source for every entry', () => {
    for (const { source } of areaLimits) expect(source).toMatch(/in the Community$/);
  });

  it('changes by date: a later entry takes over, and an ended one limits nothing', () => {
    const entry = { need: 'accommodation', regions: [], source: 'test' } as const;
    const limits: AreaLimit[] = [
      { ...entry, areas: ['kent'], effectiveFrom: '2026-01-01' },
      { ...entry, areas: ['essex'], effectiveFrom: '2026-07-01', effectiveTo: '2026-12-31' },
    ];
    const open = (area: 'kent' | 'essex', at: string) => openIn('accommodation', area, new Date(at), limits);
    expect([open('kent', '2025-12-31T12:00:00Z'), open('essex', '2025-12-31T12:00:00Z')]).toEqual([true, true]);
    expect([open('kent', '2026-06-30T22:59:00Z'), open('essex', '2026-06-30T22:59:00Z')]).toEqual([true, false]);
    expect([open('kent', '2026-06-30T23:00:00Z'), open('essex', '2026-06-30T23:00:00Z')]).toEqual([false, true]);
    expect([open('kent', '2027-01-01T00:00:00Z'), open('essex', '2027-01-01T00:00:00Z')]).toEqual([true, true]);
  });
});
