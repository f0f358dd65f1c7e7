import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseDocument } from 'yaml';
import type * as z from 'zod';
import { type Catalogue, type CatalogueNeed, catalogue, catalogueNeed } from '../../shared/domain/catalogue/schema.ts';
import { unsound } from '../../shared/domain/catalogue/soundness.ts';
import { code } from '../../shared/domain/referral-facts.ts';
import { cohorts } from '../../shared/domain/vocabulary.ts';

/** Where the versions of the catalogue stand, a folder each: one file per need, and `catalogue.yaml`. */
export const catalogueFolder = join(import.meta.dirname, '../../shared/domain/catalogue');

/** A need is known by being published, so in its file it may have any name. */
const needFile = catalogueNeed.extend({ id: code });
/** `catalogue.yaml`: the version, its day, and its needs in the order in which they are shown. */
const cover = catalogue.omit({ needs: true }).extend({ needs: code.array().min(1) });

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
  return { catalogues, faults };
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
  return { ...head, needs: listed };
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

/** What the service reads: every version whole, and the names of all needs that any version has had. */
export function publishedFiles(catalogues: Catalogue[]): Record<string, string> {
  const named = cohorts.map((cohort) => {
    const ids = catalogues.flatMap(({ needs }) => needs.filter((need) => need.cohort === cohort).map(({ id }) => id));
    return `  ${cohort}: [\n${[...new Set(ids)].map((id) => `    '${id}',\n`).join('')}  ],\n`;
  });
  return {
    'published.json': `${JSON.stringify(catalogues, null, 1)}\n`,
    'needs.ts': `/** Made by \`npm run catalogue\`: the needs of all versions of the catalogue, by cohort (C1, C3). */
export const needsByCohort = {
${named.join('')}} as const;
`,
  };
}
