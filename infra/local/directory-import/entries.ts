import type * as z from 'zod';
import { putService } from '../../../shared/contracts/routes/services.ts';
import type { ServiceView } from '../../../shared/contracts/views/service.ts';
import { openIn } from '../../../shared/domain/area-availability.ts';
import { areaNamed, regionNamed } from '../../../shared/domain/areas.ts';
import type { ServiceDescription } from '../../../shared/domain/service.ts';
import { completed, contradictionsIn } from '../../../shared/domain/service-rules.ts';
import { type ColumnName, columnAt, columns } from './columns.ts';
import { areasIn, areasNamed, areasOfRegion, fieldsOf, listIn, merged, needsIn, textIn } from './fields.ts';
import type { Finding } from './finding.ts';
import { type Mapping, type OwnRow, theirName } from './mapping.ts';

/** A row, and the service that it is about. */
export interface Entry {
  own: OwnRow;
  id: string;
}

/** A service that is new begins from these. */
const blank = {
  cohort: 'general',
  minimumAge: null,
  maximumAge: null,
  suitability: '',
  deliveryModes: [],
  languages: [],
  accessibility: [],
  contract: { closes: null },
};

/**
 * Reads rows as services. A row with a fault is no entry; every fault of every row is found. Of several rows for one
 * service none is an entry, since nobody knows which is meant.
 */
export function entriesOf(rows: OwnRow[], map: Mapping): { entries: Entry[]; faults: Finding[] } {
  const entries: Entry[] = [];
  const faults: Finding[] = [];
  const rowsOf = Map.groupBy(rows, serviceIn);
  for (const own of rows) {
    const entry = { own, id: serviceIn(own) };
    const { found } = wanted(entry, undefined, map);
    const others = (rowsOf.get(entry.id) ?? []).flatMap(({ row }) => (row === own.row ? [] : [row]));
    if (entry.id && others.length > 0) {
      const which = `row${others.length > 1 ? 's' : ''} ${others.join(', ')}`;
      found.push(about(own, 'service_id', map, `is the service of ${which} too`));
    }
    if (found.length === 0) entries.push(entry);
    faults.push(...found);
  }
  return { entries, faults };
}

const serviceIn = ({ cells }: OwnRow): string => textIn(cells, 'service_id');

/**
 * What an entry makes of the service that is there, if one is: what the file is silent about stays as it is, and only
 * one that is new takes the mapping's defaults. Judged by the schema and the rules by which `PUT /v1/services/{id}` judges it.
 */
export function wanted(
  { own: row, id }: Entry,
  present: ServiceView | undefined,
  map: Mapping,
): { service?: ServiceDescription; found: Finding[] } {
  const { params, body } = putService;
  const own = present ? row : { ...row, cells: new Map([...row.defaults, ...row.cells]) };
  const { id: _id, ...said } = fieldsOf(own.cells, map.needsOfCohort, present?.cohort);
  const isNamed = params.safeParse({ serviceId: id }).success;
  const unnamed = isNamed ? [] : [about(own, 'service_id', map, id ? 'cannot be an id' : 'is empty')];
  const { data, error } = body.safeParse(merged(present ? descriptionOf(present) : blank, said));
  const service = data && completed(data);
  const faults = error
    ? error.issues.map((issue) => ofIssue(issue, own, map))
    : contradictionsIn(completed(data)).map(({ pointer, detail }) => at(pointer, own, map, detail));
  // A list where one value belongs is told as that alone.
  const cut = new Set(own.faults.map(({ column }) => column));
  const judged = [...unnamed, ...placeFaults(own, map), ...faults].filter(({ column }) => !cut.has(column));
  const found = [...own.faults.map((fault) => ({ ...fault, service: id })), ...judged];
  return service && found.length === 0 ? { service, found } : { found };
}

export function descriptionOf({ id: _id, version: _version, availability: _places, ...description }: ServiceView) {
  return description;
}

/** E5: the dated list decides where a need is open, and no file. A service that it closes somewhere is kept, and said. */
export function closedByE5({ own }: Entry, { needs, areas }: ServiceDescription, map: Mapping, now: Date): Finding[] {
  return needs.flatMap((need) => {
    const closed = areas.filter((area) => !openIn(need, area, now));
    if (closed.length === 0) return [];
    const where = closed.length === areas.length ? 'in none of its areas' : 'not in all of its areas';
    const value = `${need}: ${closed.join(', ')}`;
    return [{ row: own.row, column: theirName('areas', map), value, reason: `E5: ${need} is open ${where}` }];
  });
}

/** A site of too many parts, a region that is none, and an area outside the regions that stand beside it. */
function placeFaults(own: OwnRow, map: Mapping): Finding[] {
  const regions = listIn(own.cells, 'regions');
  const fault = (name: ColumnName, reason: string) => (value: string) => ({ ...about(own, name, map, reason), value });
  const inside = new Set(regions.flatMap(areasOfRegion));
  const isOutside = (name: string) => areasNamed(name).some((area) => areaNamed(area) && !inside.has(area));
  const unknown = regions.filter((name) => !regionNamed(name));
  const sites = listIn(own.cells, 'sites')
    .filter((site) => site.split('|').length > 3)
    .map(fault('sites', 'must be id|name|police area'));
  if (regions.length === 0 || unknown.length > 0) {
    return [...sites, ...unknown.map(fault('regions', 'is no probation region'))];
  }
  const outside = listIn(own.cells, 'areas').filter(isOutside);
  return [...sites, ...outside.map(fault('areas', `does not lie in ${regions.join(', ')}`))];
}

function about(own: OwnRow, name: ColumnName, map: Mapping, reason: string): Finding {
  const service = textIn(own.cells, 'service_id');
  return { row: own.row, service, column: theirName(name, map), value: wordsIn(own, name).join(';'), reason };
}

/** What the file calls a value. */
const wordFor = (own: OwnRow, name: ColumnName, value: string): string => own.words.get(name)?.get(value) ?? value;
const wordsIn = (own: OwnRow, name: ColumnName): string[] => [
  ...new Set(listIn(own.cells, name).map((value) => wordFor(own, name, value))),
];

/** Where a pointer into the service leads in the file; into a list, to the item. */
function at(pointer: string, own: OwnRow, map: Mapping, reason: string): Finding {
  const name = columnAt(pointer);
  if (!name) return { row: own.row, column: pointer, value: '', reason };
  const found = about(own, name, map, reason);
  const [index = ''] = pointer.slice(columns[name].pointer.length + 1).split('/');
  const item = index === '' ? undefined : itemsOf(own, name, map)[Number(index)];
  return { ...found, value: item === undefined ? found.value : wordFor(own, name, item) };
}

/** The items of a list in the order in which the API is told them: areas are sorted, and needs of one meaning are one. */
function itemsOf({ cells }: OwnRow, name: ColumnName, map: Mapping): string[] {
  if (name === 'areas') return areasIn(cells);
  return name === 'needs' && map.needsOfCohort ? [...needsIn(cells).values()] : listIn(cells, name);
}

function ofIssue(issue: z.core.$ZodIssue, own: OwnRow, map: Mapping): Finding {
  const pointer = issue.path.map((part) => `/${String(part)}`).join('');
  const found = at(pointer, own, map, issue.message);
  if (found.value === '') return { ...found, reason: emptiness[pointer] ?? 'is empty' };
  if (pointer === columns.waiting_list.pointer) return { ...found, reason: 'is neither yes nor no' };
  return issue.code === 'invalid_value' ? { ...found, reason: 'is not known' } : found;
}

/** Why a row without this cannot be placed, in the words of its reader. */
const emptiness: Record<string, string> = { '/needs': 'names no need', '/areas': 'names no area and no region' };
