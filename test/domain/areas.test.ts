import { describe, expect, it } from 'vitest';
import { areaIds, areaName, areasOf, regionIds, regionOf } from '../../shared/domain/areas.ts';

describe('The police areas of England and Wales', () => {
  it('are 43, each in exactly one of the 12 probation regions', () => {
    expect(areaIds).toHaveLength(43);
    expect(new Set(areaIds).size).toBe(43);
    expect(regionIds).toHaveLength(12);
    expect(regionIds.flatMap(areasOf).sort()).toEqual([...areaIds]);
    for (const area of areaIds) expect(areasOf(regionOf(area))).toContain(area);
  });

  it('are named by their ids in kebab case', () => {
    for (const area of areaIds) expect(areaName(area).toLowerCase().replaceAll(' ', '-')).toBe(area);
  });

  it('of London are the Metropolitan Police and the City of London', () => {
    expect(areasOf('london')).toEqual(['city-of-london', 'metropolitan-police']);
  });

  it('tell a region from the area that shares its name', () => {
    expect(areasOf('west-midlands')).toEqual(['staffordshire', 'warwickshire', 'west-mercia', 'west-midlands']);
    expect(regionOf('greater-manchester')).toBe('greater-manchester');
  });
});
