import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { catalogues, catalogueVersion } from '../../shared/domain/catalogue/index.ts';
import { recommend } from '../../shared/domain/complexity.ts';
import { complexityLevels, needIds } from '../../shared/domain/vocabulary.ts';

/** Cases that a practitioner would judge so, each with its reason: what the recommendation must agree with. */
const workedCases = z.strictObject({
  need: z.enum(needIds),
  cases: z.array(
    z.strictObject({
      case: z.string().min(10),
      level: z.enum(complexityLevels),
      /** It stands at the border of its level: little would move it. */
      borderline: z.literal(true).optional(),
      certainty: z.enum(['certain', 'provisional']).default('certain'),
      indicators: z.record(z.string(), z.string()),
      rationale: z.string().min(20),
    }),
  ),
});

/** A folder for each version: what was right under it stays right, whatever is published later. */
const folder = join(import.meta.dirname, 'worked-cases');
const files = readdirSync(folder).flatMap((version) =>
  readdirSync(join(folder, version)).map((file) => ({
    version,
    ...workedCases.parse(parse(readFileSync(join(folder, version, file), 'utf8'))),
  })),
);

describe.each(catalogues)('L2: worked cases of version $version', ({ version, needs }) => {
  it('are there for every need', () => {
    const own = files.filter((one) => one.version === version).map(({ need }) => need);
    expect(own.sort()).toEqual(needs.map(({ id }) => id).sort());
  });
});

describe.each(files)('L2: worked cases of $need, version $version', ({ version, need: id, cases }) => {
  const need = catalogueVersion(version)?.needs.find((candidate) => candidate.id === id);
  if (!need) throw new Error(`version ${version} of the catalogue has no ${id}`);

  it.each(complexityLevels)('are eight or more for %s, two of them at its border', (level) => {
    const own = cases.filter((worked) => worked.level === level);
    expect(own.length).toBeGreaterThanOrEqual(8);
    expect(own.filter(({ borderline }) => borderline).length).toBeGreaterThanOrEqual(2);
    expect(new Set(own.map(({ indicators }) => JSON.stringify(indicators))).size).toBe(own.length);
  });

  it('answer with values that the need knows', () => {
    for (const { case: name, indicators } of cases) {
      for (const [indicator, value] of Object.entries(indicators)) {
        const values = need.indicators.find((known) => known.id === indicator)?.values;
        expect(values, `${name}: ${indicator}`).toContain(value);
      }
    }
  });

  it.each(cases)('$level: $case', ({ level, certainty, indicators }) =>
    expect(recommend(need, indicators)).toMatchObject({ level, certainty }),
  );
});
