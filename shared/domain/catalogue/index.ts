import type { NeedId } from '../vocabulary.ts';
import { londonDate } from '../working-days.ts';
import published from './published.json' with { type: 'json' };
import type { Catalogue, CatalogueNeed } from './schema.ts';

/** C3: every version ever published, oldest first, as `npm run catalogue` wrote them: checked then, once and for all. */
export const catalogues = published as Catalogue[];

/** C3: the catalogue in force at a moment; none before the first. */
export function catalogueAt(at: Date): Catalogue | undefined {
  const day = londonDate(at);
  const inForce = catalogues.findLast(({ effectiveFrom }) => effectiveFrom <= day);
  return inForce?.effectiveTo !== undefined && inForce.effectiveTo < day ? undefined : inForce;
}

/** C3: the catalogue that work done now goes by. There always is one: none means that the clock is wrong. */
export function currentCatalogue(now: Date): Catalogue {
  const inForce = catalogueAt(now);
  if (!inForce) throw new RangeError(`No catalogue is in force on ${londonDate(now)}`);
  return inForce;
}

/** C3: the version that a referral was sent under. */
export const catalogueVersion = (version: string): Catalogue | undefined =>
  catalogues.find((published) => published.version === version);

/** A need as a version of the catalogue has it. A referral's version has all of its needs. */
export function needIn({ needs, version }: Catalogue, id: NeedId): CatalogueNeed {
  const found = needs.find((need) => need.id === id);
  if (!found) throw new RangeError(`Version ${version} of the catalogue has no ${id}`);
  return found;
}

export const outcomesOf = (catalogue: Catalogue, need: NeedId): CatalogueNeed['outcomes'] =>
  catalogue.needs.find(({ id }) => id === need)?.outcomes ?? [];
