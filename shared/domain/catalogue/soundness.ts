import { recommend } from '../complexity.ts';
import { complexityLevels } from '../vocabulary.ts';
import type { CatalogueNeed, Criterion } from './schema.ts';

/**
 * C2: what keeps a need's criteria from working, beyond their shape; nothing for one that can be published. Every
 * criterion must count: what it asks for, with every other answer at its best, leads to its own level and no other.
 */
export function unsound(need: CatalogueNeed): string[] {
  const faults = [...namesTwice(need), ...levelsOutOfOrder(need), ...badReferences(need)];
  // What is not well formed cannot be tried out.
  return faults.length > 0 ? faults : [...idleIndicators(need), ...idleCriteria(need)];
}

const criteriaOf = (need: CatalogueNeed): Criterion[] => need.complexityLevels.flatMap(({ criteria }) => criteria);

function namesTwice(need: CatalogueNeed): string[] {
  const lists = {
    outcome: need.outcomes.map(({ id }) => id),
    indicator: need.indicators.map(({ id }) => id),
    criterion: criteriaOf(need).map(({ id }) => id),
    ...Object.fromEntries(need.indicators.map(({ id, values }) => [`value of ${id}`, values])),
  };
  return Object.entries(lists).flatMap(([what, ids]) =>
    ids.filter((id, index) => ids.indexOf(id) < index).map((id) => `the ${what} ${id} is there more than once`),
  );
}

function levelsOutOfOrder({ complexityLevels: levels }: CatalogueNeed): string[] {
  const isOrdered = levels.every(({ level }, index) => level === complexityLevels[index]);
  return isOrdered ? [] : [`the levels must be ${complexityLevels.join(', ')}, in this order`];
}

function badReferences(need: CatalogueNeed): string[] {
  return criteriaOf(need).flatMap(({ id: criterion, all, any, atLeast }) => {
    const asked = [...Object.entries(all), ...Object.entries(any)];
    const faults = asked.flatMap(([id, value]) => {
      const values = need.indicators.find((indicator) => indicator.id === id)?.values;
      if (!values) return [`${criterion} names the indicator ${id}, which is not there`];
      if (!values.includes(value)) return [`${criterion} asks for ${id}: ${value}, which is none of its values`];
      return value === values[0] ? [`${criterion} asks for ${id}: ${value} or worse, which everyone has`] : [];
    });
    const count = Object.keys(any).length;
    if (asked.length === 0) faults.push(`${criterion} asks for nothing`);
    if (count > 0 ? atLeast > count : atLeast > 1) faults.push(`${criterion} asks for ${atLeast} of ${count}`);
    return faults;
  });
}

function idleIndicators(need: CatalogueNeed): string[] {
  const used = new Set(criteriaOf(need).flatMap(({ all, any }) => [...Object.keys(all), ...Object.keys(any)]));
  return need.indicators.filter(({ id }) => !used.has(id)).map(({ id }) => `no criterion asks for the indicator ${id}`);
}

function idleCriteria(need: CatalogueNeed): string[] {
  const best = Object.fromEntries(need.indicators.map(({ id, values }) => [id, values[0] ?? '']));
  return need.complexityLevels.flatMap(({ level, criteria }) =>
    criteria.flatMap((criterion) => {
      const profiles = barely(criterion).map((answers) => recommend(need, { ...best, ...answers }));
      const counts = profiles.some(
        (found) => found.level === level && found.reasons.some(({ criterion: id }) => id === criterion.id),
      );
      return counts ? [] : [`${criterion.id} of ${level} is always outdone: what meets it reaches a higher level`];
    }),
  );
}

/** The answers that only just meet a criterion. */
const barely = ({ all, any, atLeast }: Criterion): Record<string, string>[] =>
  chosen(Object.entries(any), Object.keys(any).length > 0 ? atLeast : 0).map((some) => ({
    ...Object.fromEntries(some),
    ...all,
  }));

const chosen = <T>([first, ...rest]: T[], count: number): T[][] => {
  if (count === 0) return [[]];
  if (first === undefined) return [];
  return [...chosen(rest, count - 1).map((others) => [first, ...others]), ...chosen(rest, count)];
};
