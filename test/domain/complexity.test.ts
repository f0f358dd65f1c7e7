import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { currentCatalogue } from '../../shared/domain/catalogue/index.ts';
import { type CatalogueNeed, catalogueNeed } from '../../shared/domain/catalogue/schema.ts';
import { type Answers, recommend } from '../../shared/domain/complexity.ts';
import { type ComplexityLevel, complexityLevels } from '../../shared/domain/vocabulary.ts';
import { today } from '../builders/referral-facts.ts';

const { needs } = currentCatalogue(today);
const rank = (level: ComplexityLevel | null): number => (level === null ? -1 : complexityLevels.indexOf(level));

/** A need that is small enough to see through. */
const small: CatalogueNeed = catalogueNeed.parse({
  id: 'accommodation',
  cohort: 'general',
  name: 'Accommodation',
  source: 'Made up',
  outcomes: [{ id: 'accommodation.home', name: 'Has a home' }],
  indicators: [
    { id: 'home', question: 'Where?', values: ['settled', 'temporary', 'none'] },
    { id: 'record', question: 'How did it go?', values: ['good', 'poor'] },
    { id: 'skills', question: 'Which skills?', values: ['all', 'some', 'few'] },
    { id: 'money', question: 'How much?', values: ['enough', 'little'] },
  ],
  complexityLevels: [
    {
      level: 'low',
      summary: 'Some help',
      criteria: [{ id: 'some-help', because: 'Needs help', any: { skills: 'some' } }],
    },
    {
      level: 'medium',
      summary: 'No home',
      criteria: [{ id: 'no-home', because: 'No home', all: { home: 'temporary' } }],
    },
    {
      level: 'high',
      summary: 'No home and more',
      criteria: [
        {
          id: 'no-home-and-more',
          because: 'No home, and two things in the way of one',
          all: { home: 'none' },
          any: { record: 'poor', skills: 'few', money: 'little' },
          atLeast: 2,
        },
      ],
    },
  ],
});

describe('L2: a recommendation', () => {
  it('is the highest level of which a criterion is met, with the answers that met it', () =>
    expect(recommend(small, { home: 'none', record: 'poor', skills: 'few', money: 'enough' })).toEqual({
      level: 'high',
      certainty: 'certain',
      atMost: 'high',
      reasons: [
        {
          level: 'high',
          criterion: 'no-home-and-more',
          because: 'No home, and two things in the way of one',
          indicators: { home: 'none', record: 'poor', skills: 'few' },
        },
      ],
      missing: [],
    }));

  it('is met by a worse answer as well', () =>
    expect(recommend(small, { home: 'none', record: 'good', skills: 'all', money: 'enough' })).toMatchObject({
      level: 'medium',
      certainty: 'certain',
      reasons: [{ criterion: 'no-home', indicators: { home: 'none' } }],
    }));

  it('is provisional while missing answers could raise it, and names only those', () =>
    expect(recommend(small, { home: 'none', money: 'little' })).toMatchObject({
      level: 'medium',
      certainty: 'provisional',
      atMost: 'high',
      missing: ['record', 'skills'],
    }));

  it('is certain in spite of missing answers that could change nothing', () => {
    expect(recommend(small, { home: 'settled', skills: 'some' })).toMatchObject({
      level: 'low',
      certainty: 'certain',
      missing: [],
    });
    expect(recommend(small, { home: 'none', record: 'poor', skills: 'few' })).toMatchObject({
      level: 'high',
      certainty: 'certain',
    });
  });

  it('of answers that reach no criterion is the lowest level, for no reason', () =>
    expect(recommend(small, { home: 'settled', record: 'good', skills: 'all', money: 'enough' })).toEqual({
      level: 'low',
      certainty: 'certain',
      atMost: 'low',
      reasons: [],
      missing: [],
    }));

  it('without any answer is no level, and says what was missing: never a guess', () =>
    expect(recommend(small, {})).toEqual({
      level: null,
      certainty: 'provisional',
      atMost: 'high',
      reasons: [],
      missing: ['home', 'record', 'skills', 'money'],
    }));
});

/** Any answers to a need's indicators, some of them not known. */
const answersTo = ({ indicators }: CatalogueNeed, unknown: number): fc.Arbitrary<Answers> =>
  fc
    .record(
      Object.fromEntries(
        indicators.map(({ id, values }) => [
          id,
          fc.option(fc.constantFrom(...values), { freq: unknown, nil: undefined }),
        ]),
      ),
    )
    .map((all) =>
      Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined)),
    );

describe.each(needs)('L2: the recommendation for $id', (need) => {
  it('never gets lower by a worse answer', () =>
    fc.assert(
      fc.property(answersTo(need, 8), fc.nat(), fc.nat(), (answers, which, worse) => {
        const answered = need.indicators.filter(({ id }) => answers[id] !== undefined);
        const { id, values } = answered[which % answered.length] ?? {};
        if (!id || !values) return;
        const from = values.indexOf(answers[id] ?? '');
        const changed = { ...answers, [id]: values[from + (worse % (values.length - from))] ?? '' };
        const [before, after] = [recommend(need, answers), recommend(need, changed)];
        expect(rank(after.level)).toBeGreaterThanOrEqual(rank(before.level));
        expect(rank(after.atMost)).toBeGreaterThanOrEqual(rank(before.atMost));
      }),
      { numRuns: 300 },
    ));

  it('only ever rises when a missing answer comes in, as far as it had said, and never if it was certain', () =>
    fc.assert(
      fc.property(answersTo(need, 3), answersTo(need, 1_000_000), (known, all) => {
        const [before, after] = [recommend(need, known), recommend(need, { ...all, ...known })];
        expect(after.certainty).toBe('certain');
        expect(rank(after.level)).toBeGreaterThanOrEqual(rank(before.level));
        expect(rank(after.level)).toBeLessThanOrEqual(rank(before.atMost));
        if (before.certainty === 'certain') expect(after.level).toBe(before.level);
      }),
      { numRuns: 300 },
    ));

  it('can reach the level that it says is possible, by the answers that it says are missing', () =>
    fc.assert(
      fc.property(answersTo(need, 3), (known) => {
        const { atMost, missing } = recommend(need, known);
        const worst = need.indicators
          .filter(({ id }) => missing.includes(id))
          .map(({ id, values }) => [id, values.at(-1) ?? '']);
        const possible = recommend(need, { ...known, ...Object.fromEntries(worst) }).level ?? 'low';
        expect(possible).toBe(atMost);
      }),
      { numRuns: 300 },
    ));

  it('is the same whatever the order of the answers, and gives each reason with answers that were given', () =>
    fc.assert(
      fc.property(answersTo(need, 3), (answers) => {
        const found = recommend(need, answers);
        expect(recommend(need, Object.fromEntries(Object.entries(answers).reverse()))).toEqual(found);
        for (const { level, indicators } of found.reasons) {
          expect(level).toBe(found.level);
          expect(answers).toMatchObject(indicators);
        }
      }),
      { numRuns: 200 },
    ));
});
