import { areaNamed, areasOf, regionNamed } from '../../../shared/domain/areas.ts';
import { cohortOf, generalNeedOf } from '../../../shared/domain/cohorts.ts';
import { needIds } from '../../../shared/domain/vocabulary.ts';
import { type ColumnName, columns } from './columns.ts';
import type { OwnRow } from './mapping.ts';
import type { Cell } from './table.ts';

/** Fields as the API takes them, with whatever the file says in them: not judged yet. */
export type Fields = { [field: string]: Fields | Value };
type Value = string | number | boolean | null | undefined | readonly (string | Fields)[];

type Cells = OwnRow['cells'];
export const textIn = (cells: Cells, name: ColumnName): string => listIn(cells, name).join(';');
export const listIn = (cells: Cells, name: ColumnName): string[] => [cells.get(name) ?? []].flat();

/** What a row says of its service, whose cohort is that one unless it says another. Of a column that is not there, nothing. */
export function fieldsOf(cells: Cells, needsOfCohort: boolean, cohort = 'general'): Fields {
  const fields: Fields = {};
  for (const [name, cell] of cells) {
    if (name !== 'regions' && name !== 'areas') {
      set(fields, columns[name].pointer.slice(1).split('/'), read(name, cell));
    }
  }
  if (cells.has('areas') || cells.has('regions')) fields.areas = areasIn(cells);
  if (needsOfCohort && cells.has('needs')) fields.needs = [...needsIn(cells, cohort).keys()];
  return fields;
}

/** The needs of a cohort that a row means, each with what it calls it first: by its general name, or by the cohort's own. */
export function needsIn(cells: Cells, cohort = 'general'): Map<string, string> {
  const named = listIn(cells, 'needs').toReversed();
  const meant = named.map((name) => [needOf(textIn(cells, 'cohort') || cohort, name), name] as const);
  return new Map([...new Map(meant)].toReversed());
}

/** C3: the need that a service of a cohort means by the general one's name. */
const needOf = (cohort: unknown, need: string): string =>
  needIds.find((id) => cohortOf(id) === cohort && generalNeedOf(id) === need) ?? need;

const yesOrNo = new Map([
  ['yes', true],
  ['true', true],
  ['no', false],
  ['false', false],
]);

function read(name: ColumnName, cell: Cell): Value {
  const [text = '', ...others] = [cell].flat();
  switch (columns[name].kind) {
    case 'list':
      if (columns[name].isSilent && text === '') return undefined;
      return name === 'sites' ? [cell].flat().map(siteOf) : [cell].flat();
    case 'number':
      if (text === '') return columns[name].isNullable ? null : undefined;
      return /^\d+$/.test(text) && others.length === 0 ? Number(text) : text;
    case 'yes-no':
      return yesOrNo.get(text.toLowerCase()) ?? (text || undefined);
    case 'text':
      if (text === '' && columns[name].isNullable) return null;
      return text === '' && columns[name].required ? undefined : text;
  }
}

function siteOf(text: string): Fields {
  const [id = '', name = '', area = ''] = text.split('|').map((part) => part.trim());
  return { id, name, area: areaNamed(area) ?? area };
}

// ---- places

/** The areas that a row names, or else all areas of its regions. A name that is none stays, to be refused. */
export function areasIn(cells: Cells): string[] {
  const named = listIn(cells, 'areas').flatMap(areasNamed);
  const areas = named.length > 0 ? named : listIn(cells, 'regions').flatMap(areasOfRegion);
  return [...new Set(areas)].sort();
}

export const areasOfRegion = (name: string): string[] => {
  const region = regionNamed(name);
  return region ? areasOf(region) : [];
};

/** An area; or all of a region, where no area has that name: Wales, London, East Midlands. */
export function areasNamed(name: string): string[] {
  const area = areaNamed(name);
  if (area) return [area];
  const region = areasOfRegion(name);
  return region.length > 0 ? region : [name];
}

// ---- fields within fields

function set(into: Fields, [first = '', ...rest]: string[], value: Value): void {
  if (rest.length === 0) {
    into[first] = value;
    return;
  }
  const inner = into[first];
  const next: Fields = isFields(inner) ? inner : {};
  into[first] = next;
  set(next, rest, value);
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What is said replaces what is there, field by field; lists as a whole. */
export function merged(before: object, said: Fields): object {
  const result: Record<string, unknown> = { ...before };
  for (const [field, value] of Object.entries(said)) {
    const inner = result[field];
    result[field] = isFields(value) && isFields(inner) ? merged(inner, value) : value;
  }
  return result;
}
