import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseDocument } from 'yaml';
import type * as z from 'zod';
import { canonical } from '../../shared/domain/canonical.ts';
import { type Catalogue, type CatalogueNeed, catalogue, catalogueNeed } from '../../shared/domain/catalogue/schema.ts';
import { unsound } from '../../shared/domain/catalogue/soundness.ts';
import { code } from '../../shared/domain/referral-facts.ts';

/** Where the versions of the catalogue stand, a folder each: one file per need, and `catalogue.yaml`. */
export const catalogueFolder = join(import.meta.dirname, '../../shared/domain/catalogue');

/** A need and a cohort are known by being published, so in their files they may have any name. */
const needFile = catalogueNeed.extend({ id: code, cohort: code, counterpartOf: code.optional() });
const { element: cohort } = catalogue.shape.cohorts;
const { element: aim } = catalogue.shape.aims;
/** `catalogue.yaml`: the version, its day, its cohorts, and its needs in the order in which they are shown. */
const cover = catalogue.extend({
  cohorts: cohort.extend({ id: code }).array().min(1),
  needs: code.array().min(1),
  aims: aim.extend({ cohort: code }).array(),
});

/** What is wrong, and in which file. */
export type CatalogueFault = `${string}: ${string}`;

interface Read {
  catalogues: Catalogue[];
  faults: CatalogueFault[];
}

/** C3: every version as its files say, oldest first. All faults of all files are found at once. */
export function readCatalogues(folder = catalogueFolder): Read {
  const faults: CatalogueFault[] = [];
  const names = readdirSync(join(folder, 'versions')).sort();
  const catalogues = names.flatMap((name) => readVersion(join(folder, 'versions', name), name, faults) ?? []);
  catalogues.sort((a, b) => a.effectiveFrom.localeCompare(b.effectiveFrom));
  for (const [index, { version, effectiveFrom }] of catalogues.entries()) {
    if (catalogues[index - 1]?.effectiveFrom === effectiveFrom) {
      faults.push(`${version}: another version takes over on the same day, ${effectiveFrom}`);
    }
  }
  return { catalogues, faults: [...faults, ...changedMeanings(catalogues)] };
}

/** Who belongs to a cohort, and what a need stands for, is told by its name at every time: another meaning, another name. */
function changedMeanings(catalogues: Catalogue[]): CatalogueFault[] {
  const meanings = new Map<string, string>();
  return catalogues.flatMap(({ version, cohorts, needs }) =>
    [
      ...cohorts.map(({ id, name: _name, ...meaning }) => [`the cohort ${id}`, meaning] as const),
      ...needs.map(({ id, cohort, counterpartOf }) => [`the need ${id}`, { cohort, counterpartOf }] as const),
    ].flatMap(([what, meaning]): CatalogueFault[] => {
      const before = meanings.get(what);
      meanings.set(what, canonical(meaning));
      return before && before !== canonical(meaning)
        ? [`${version}: ${what} is not what it was: give it a new name`]
        : [];
    }),
  );
}

function readVersion(folder: string, name: string, faults: CatalogueFault[]): Catalogue | undefined {
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));
  const needs = files
    .filter((file) => file !== 'catalogue.yaml')
    .flatMap((file) => readNeed(folder, file, faults) ?? []);
  const head = parsed(folder, 'catalogue.yaml', cover, faults);
  if (!head) return undefined;

  const fault = (what: string) => faults.push(`${name}/catalogue.yaml: ${what}`);
  if (head.version !== name) fault(`version ${head.version} stands in the folder ${name}`);
  for (const { id } of needs) if (!head.needs.includes(id)) fault(`does not list ${id}`);
  const listed = head.needs.flatMap((id) => {
    const need = needs.find((candidate) => candidate.id === id);
    if (!need) fault(`lists ${id}, which has no file that can be read`);
    return need ?? [];
  });
  const known = { cohorts: head.cohorts.map(({ id }) => id), needs: head.needs };
  for (const { id, cohort, counterpartOf } of listed as z.infer<typeof needFile>[]) {
    if (!known.cohorts.includes(cohort)) fault(`has no cohort ${cohort}, which ${id} is for`);
    if (counterpartOf && !known.needs.includes(counterpartOf)) fault(`has no ${counterpartOf} for ${id} to stand for`);
  }
  for (const { id, cohort } of head.aims) {
    if (!known.cohorts.includes(cohort)) fault(`has no cohort ${cohort}, whose aim ${id} is`);
  }
  // What is named here is known to the service once it has been published.
  return { ...head, needs: listed } as Catalogue;
}

function readNeed(folder: string, file: string, faults: CatalogueFault[]): CatalogueNeed | undefined {
  const need = parsed(folder, file, needFile, faults) as CatalogueNeed | undefined;
  if (!need) return undefined;
  const wrong = unsound(need);
  if (`${need.id}.yaml` !== file) wrong.unshift(`holds ${need.id}: call it ${need.id}.yaml`);
  faults.push(...wrong.map((what): CatalogueFault => `${named(folder, file)}: ${what}`));
  return need;
}

function parsed<S extends z.ZodType>(
  folder: string,
  file: string,
  schema: S,
  faults: CatalogueFault[],
): z.infer<S> | undefined {
  const document = parseDocument(readFileSync(join(folder, file), 'utf8'));
  for (const { message } of document.errors) faults.push(`${named(folder, file)}: ${message}`);
  if (document.errors.length > 0) return undefined;
  const result = schema.safeParse(document.toJS());
  if (result.success) return result.data;
  for (const { path, message } of result.error.issues) {
    faults.push(`${named(folder, file)}: ${path.join('.') || 'the file'}: ${message}`);
  }
  return undefined;
}

const named = (folder: string, file: string): string => relative(join(folder, '..'), join(folder, file));

/** What the service reads: every version whole; and as types, the names of all cohorts and needs that any of them has. */
export function publishedFiles(catalogues: Catalogue[]): Record<string, string> {
  const cohorts = new Map(
    catalogues.flatMap((version) =>
      version.cohorts.map(({ id, name, who, comesFirst }) => [id, { name, who, comesFirst }]),
    ),
  );
  const needs = new Map(
    catalogues.flatMap((version) =>
      version.needs.map(({ id, cohort, counterpartOf }) => [id, { cohort, counterpartOf: counterpartOf ?? null }]),
    ),
  );
  return {
    'published.json': `${JSON.stringify(catalogues, null, 1)}\n`,
    'needs.ts': `/** Made by \`npm run catalogue\`: the cohorts and needs of all versions of the catalogue, as the newest has them (C1, C3). */
export const publishedCohorts = ${listed(cohorts)} as const;

export const publishedNeeds = ${listed(needs)} as const;
`,
  };
}

/** A map as the source of an object, an entry a line. */
const listed = (entries: ReadonlyMap<string, object>): string =>
  `{\n${[...entries].map(([id, entry]) => `  ${JSON.stringify(id)}: ${JSON.stringify(entry)},\n`).join('')}}`;
