import { describe, expect, it } from 'vitest';
import {
  catalogueAt,
  catalogues,
  catalogueVersion,
  currentCatalogue,
  outcomesOf,
} from '../../shared/domain/catalogue/index.ts';
import { type CatalogueNeed, catalogue } from '../../shared/domain/catalogue/schema.ts';
import { unsound } from '../../shared/domain/catalogue/soundness.ts';
import { needsOf } from '../../shared/domain/cohorts.ts';
import { recommend } from '../../shared/domain/complexity.ts';
import { complexityLevels } from '../../shared/domain/vocabulary.ts';

const current = catalogueVersion('1');
if (!current) throw new Error('the first version has gone');
const outcomesIn = (cohort: 'general' | 'women') =>
  current.needs.filter((need) => need.cohort === cohort).flatMap(({ outcomes }) => outcomes);

describe('C1: the catalogue', () => {
  it('has 14 needs, 42 levels, 59 outcomes (30 general, 29 for women) and 3 aims of the women’s service', () => {
    expect(current.needs).toHaveLength(14);
    expect(current.needs.flatMap(({ complexityLevels: levels }) => levels)).toHaveLength(42);
    expect(outcomesIn('general')).toHaveLength(30);
    expect(outcomesIn('women')).toHaveLength(29);
    expect(current.aims.map(({ cohort }) => cohort)).toEqual(['women', 'women', 'women']);
  });

  it.each([
    ['accommodation', 3, 3],
    ['education-training-employment', 3, 3],
    ['emotional-wellbeing', 5, 5],
    ['lifestyle-associates', 3, 3],
    ['family-significant-others', 5, 5],
    ['finance-benefit-debt', 5, 5],
    ['dependency-recovery', 6, 5],
  ] as const)('has for %s %i general outcomes and %i for women', (need, general, women) => {
    expect(outcomesOf(current, need)).toHaveLength(general);
    expect(outcomesOf(current, `womens-${need}`)).toHaveLength(women);
  });

  it.each(current.needs)(
    'gives $id its cohort, its section of the source, and three different levels in order',
    (need) => {
      expect(need.cohort).toBe(need.id.startsWith('womens-') ? 'women' : 'general');
      expect(need.source.includes("Women's Services")).toBe(need.cohort === 'women');
      expect(need.complexityLevels.map(({ level }) => level)).toEqual([...complexityLevels]);
      expect(new Set(need.complexityLevels.map(({ summary }) => summary)).size).toBe(3);
    },
  );

  it('names each outcome once, by an id that begins with its need', () => {
    const ids = current.needs.flatMap(({ outcomes }) => outcomes.map(({ id }) => id));
    expect(new Set(ids).size).toBe(59);
    for (const need of current.needs) {
      for (const { id } of need.outcomes) expect(id.startsWith(`${need.id}.`)).toBe(true);
      expect(new Set(need.outcomes.map(({ name }) => name)).size).toBe(need.outcomes.length);
    }
  });

  it('has levels of its own for women where coercion, abuse or trafficking count', () => {
    const high = (id: string) => current.needs.find((need) => need.id === id)?.complexityLevels[2]?.summary;
    for (const need of needsOf('general')) expect(high(`womens-${need}`)).not.toBe(high(need));
  });
});

describe('C2: the levels of a need', () => {
  /** Whether answers meet one of a level's criteria, by the engine that has only this level to look at. */
  const meets = (need: CatalogueNeed, level: number, answers: Record<string, string>) => {
    const alone = need.complexityLevels.map((one, index) => (index === level ? one : { ...one, criteria: [] }));
    return recommend({ ...need, complexityLevels: alone }, answers).reasons.length > 0;
  };
  const best = ({ indicators }: CatalogueNeed) =>
    Object.fromEntries(indicators.map(({ id, values }) => [id, values[0] ?? '']));
  const worst = ({ indicators }: CatalogueNeed) =>
    Object.fromEntries(indicators.map(({ id, values }) => [id, values.at(-1) ?? '']));

  it.each(current.needs)('of $id have criteria of which each decides: none is always outdone', (need) =>
    expect(unsound(need)).toEqual([]),
  );

  it.each(current.needs)(
    'of $id are told apart from their neighbours: each criterion alone reaches its level',
    (need) => {
      for (const [index, { level, criteria }] of need.complexityLevels.entries()) {
        const apart = criteria.filter(({ all, any }) => {
          const answers = { ...best(need), ...any, ...all };
          return (
            recommend(need, answers).level === level && meets(need, index, answers) && !meets(need, index + 1, answers)
          );
        });
        expect(apart.length, `${need.id}, ${level}`).toBeGreaterThan(0);
        expect(meets(need, index, best(need)), `${need.id}, ${level}`).toBe(false);
        expect(meets(need, index, worst(need)), `${need.id}, ${level}`).toBe(true);
      }
    },
  );
});

describe('C3: a version of the catalogue', () => {
  it.each(catalogues)('$version keeps to the schema', (published) => {
    expect(catalogue.parse(published)).toEqual(published);
  });

  it('has its own name, and takes over on its own day', () => {
    expect(new Set(catalogues.map(({ version }) => version)).size).toBe(catalogues.length);
    const days = catalogues.map(({ effectiveFrom }) => effectiveFrom);
    expect(days).toEqual([...new Set(days)].sort());
  });

  it('is found by the date in London, and not before the first', () => {
    expect(catalogueAt(new Date('2021-01-01T00:00:00Z'))?.version).toBe('1');
    expect(catalogueAt(new Date('2020-12-31T23:59:59Z'))).toBeUndefined();
    expect(() => currentCatalogue(new Date('2020-12-31T23:59:59Z'))).toThrow(RangeError);
  });

  it('is found by its name, for the referrals that were sent under it', () => {
    for (const published of catalogues) expect(catalogueVersion(published.version)).toBe(published);
    expect(catalogueVersion('none-such')).toBeUndefined();
  });
});
