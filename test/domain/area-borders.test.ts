import { describe, expect, it } from 'vitest';
import { hopsFrom, neighboursOf } from '../../shared/domain/area-borders.ts';
import { areaIds } from '../../shared/domain/areas.ts';

describe('Police areas that border each other', () => {
  it('do so both ways, and none borders itself', () => {
    for (const area of areaIds) {
      expect(neighboursOf(area)).not.toContain(area);
      for (const other of neighboursOf(area)) expect(neighboursOf(other)).toContain(area);
    }
  });

  it.each([
    ['city-of-london', ['metropolitan-police']],
    ['devon-and-cornwall', ['avon-and-somerset', 'dorset']],
    ['northumbria', ['cumbria', 'durham']],
    ['merseyside', ['cheshire', 'greater-manchester', 'lancashire']],
    ['south-wales', ['dyfed-powys', 'gwent']],
    ['metropolitan-police', ['city-of-london', 'essex', 'hertfordshire', 'kent', 'surrey', 'thames-valley']],
    ['west-yorkshire', ['derbyshire', 'greater-manchester', 'lancashire', 'north-yorkshire', 'south-yorkshire']],
  ] as const)('%s borders its neighbours and no others', (area, expected) =>
    expect([...neighboursOf(area)].sort()).toEqual(expected),
  );

  it('do not where water lies between', () => {
    expect(neighboursOf('kent')).not.toContain('essex');
    expect(neighboursOf('north-wales')).not.toContain('merseyside');
    expect(neighboursOf('gwent')).not.toContain('avon-and-somerset');
  });
});

describe('L3: the distance between police areas', () => {
  it('is that of the fewest borders on the way, from everywhere to everywhere', () => {
    for (const area of areaIds) {
      const hops = hopsFrom(area);
      expect(Object.keys(hops)).toHaveLength(43);
      for (const other of areaIds) {
        expect(hops[other] === 0).toBe(other === area);
        expect(hops[other] === 1).toBe(neighboursOf(area).has(other));
        expect(hopsFrom(other)[area]).toBe(hops[other]);
        if (other !== area)
          expect(Math.min(...[...neighboursOf(other)].map((next) => hops[next]))).toBe(hops[other] - 1);
      }
    }
  });

  it.each([
    ['west-yorkshire', 'gwent', 4],
    ['northumbria', 'devon-and-cornwall', 8],
    ['city-of-london', 'kent', 2],
  ] as const)('from %s to %s is %i', (from, to, distance) => expect(hopsFrom(from)[to]).toBe(distance));
});
