import type { NeedId } from '../vocabulary.ts';
import { londonDate } from '../working-days.ts';
import type { Catalogue, CatalogueNeed } from './schema.ts';
import { version1 } from './version-1/index.ts';

/** C3: every version ever published, oldest first. To publish one is to add its folder of data and its name here. */
export const catalogues: readonly [Catalogue, ...Catalogue[]] = [version1];

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

export const outcomesOf = (catalogue: Catalogue, need: NeedId): CatalogueNeed['outcomes'] =>
  catalogue.needs.find(({ id }) => id === need)?.outcomes ?? [];
