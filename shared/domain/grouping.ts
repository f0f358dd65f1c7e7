import { firstOf, sizeOf } from './bits.ts';
import { coverageOf, type Whom } from './matching.ts';
import type { Service } from './service.ts';
import type { NeedId } from './vocabulary.ts';

export interface Grouping {
  whom: Whom;
  /** By need, the service that the practitioner prefers for it. */
  preferred: ReadonlyMap<NeedId, string>;
  /** Decides between groupings that are equally good. */
  tie: (text: string) => number;
}

/**
 * L3: parts needs into the fewest groups for each of which there is a service that takes all of it. Of equally few, the
 * largest groups are taken first. A need for which the practitioner prefers a service that is there goes to that one,
 * with whatever else it takes: a reason was given for it. Needs that nobody covers stand alone, so that one gap does
 * not hold up the others.
 */
export function groupNeeds(
  needs: readonly NeedId[],
  services: readonly Pick<Service, 'id' | 'cohort' | 'needs'>[],
  { whom, preferred, tie }: Grouping,
): NeedId[][] {
  const named = (bits: number): NeedId[] => needs.filter((_, at) => bits & (1 << at));
  const covers = largest(coveredTogether(needs, services, { whom, preferred }));
  const fewest = fewestBy(covers);
  const groups = needs.map((_, at) => 1 << at).filter((bit) => !covers.some((cover) => cover & bit));
  let left = covers.reduce((all, cover) => all | cover, 0);
  while (left > 0) {
    const [best = left] = covers
      .map((cover) => cover & left)
      .filter((group) => group > 0 && fewest(left & ~group) === fewest(left) - 1)
      .map((group) => ({ group, tie: tie(named(group).join()) }))
      .sort((a, b) => sizeOf(b.group) - sizeOf(a.group) || a.tie - b.tie)
      .map(({ group }) => group);
    groups.push(best);
    left &= ~best;
  }
  return groups.sort((a, b) => sizeOf(b) - sizeOf(a) || firstOf(a) - firstOf(b)).map(named);
}

/** Every set of needs that some service takes, as bits in the order of the needs. Many services take the same ones. */
function coveredTogether(
  needs: readonly NeedId[],
  services: readonly Pick<Service, 'id' | 'cohort' | 'needs'>[],
  { whom, preferred }: Pick<Grouping, 'whom' | 'preferred'>,
): Set<number> {
  const coverage = coverageOf(needs, whom);
  const reserved = new Map<string, number>();
  for (const service of preferred.size > 0 ? services : []) {
    const own = coverage(service) & bitsOf(needs, (need) => preferred.get(need) === service.id);
    if (own > 0) reserved.set(service.id, own);
  }
  const kept = [...reserved.values()].reduce((all, own) => all | own, 0);
  return new Set(services.map((service) => coverage(service) & (~kept | (reserved.get(service.id) ?? 0))));
}

/** Without the sets that lie within another: whoever takes that takes this. */
function largest(covers: Iterable<number>): number[] {
  const found: number[] = [];
  for (const cover of [...covers].sort((a, b) => sizeOf(b) - sizeOf(a))) {
    if (cover > 0 && !found.some((larger) => (cover & ~larger) === 0)) found.push(cover);
  }
  return found;
}

/**
 * How few of these sets cover what is left. Whatever covers it covers its first need, so only those are tried; with at
 * most 14 needs there are no more than 16,384 rests, each of which is worked out once.
 */
function fewestBy(covers: readonly number[]): (left: number) => number {
  const known = new Map([[0, 0]]);
  const fewest = (left: number): number => {
    const found = known.get(left);
    if (found !== undefined) return found;
    const first = firstOf(left);
    let best = Number.POSITIVE_INFINITY;
    for (const cover of covers) if (cover & first) best = Math.min(best, 1 + fewest(left & ~cover));
    known.set(left, best);
    return best;
  };
  return fewest;
}

const bitsOf = (needs: readonly NeedId[], has: (need: NeedId) => boolean): number =>
  needs.reduce((bits, need, at) => (has(need) ? bits | (1 << at) : bits), 0);
