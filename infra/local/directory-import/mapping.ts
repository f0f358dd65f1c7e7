import * as z from 'zod';
import { type ColumnName, columnNames, columns } from './columns.ts';
import type { Finding } from './finding.ts';
import type { Cell, Row, Table } from './table.ts';

const values = z.union([z.string(), z.array(z.string())]);
/** A note without a value: it is left out of the list that it stands in, and the report says so. */
const translation = z.union([values, z.strictObject({ value: values.optional(), note: z.string().min(1) })]);
const named = <T extends z.ZodType>(of: T) => z.partialRecord(z.enum(columnNames), of).default({});

/** How a foreign file is read: which of its columns is which of ours, and what its values mean. */
export const mapping = z.strictObject({
  about: z.string().optional(),
  /** Our column: theirs. One that is not named here is called as ours is. */
  columns: named(z.string()),
  /** Of their columns, those that say nothing to us. Any other that we do not know is a fault. */
  ignored: z.array(z.string()).default([]),
  /** What a service that is new begins with where the file says nothing. What stands in the directory stays. */
  defaults: named(z.string()),
  /** Our column: what their values mean; a key may end in `*`. A value that is not named stays as it is. */
  values: named(z.record(z.string(), translation)),
  /** The file names needs without their cohort: those of the service's own cohort are meant. */
  needsOfCohort: z.boolean().default(false),
});
export type Mapping = z.infer<typeof mapping>;

/** A row in our own columns. */
export interface OwnRow {
  row: number;
  /** What the file says. */
  cells: Map<ColumnName, Cell>;
  /** What the mapping says, for a service that is new, where the file says nothing. */
  defaults: Map<ColumnName, Cell>;
  /** What stood in the file for a value that it means. */
  words: Map<ColumnName, Map<string, string>>;
  notes: Finding[];
  faults: Finding[];
}

export interface Translated {
  rows: OwnRow[];
  /** Of the header: of every row, that is. */
  faults: Finding[];
  /** Of rows that cannot be read, each by itself. */
  malformed: Finding[];
}

/** What the file calls a column of ours. */
export const theirName = (name: ColumnName, { columns: theirs }: Mapping): string => theirs[name] ?? name;

/** Puts a table into our own columns and words. */
export function translated(table: Table, map: Mapping): Translated {
  const { malformed } = table;
  if (table.columns.length === 0) return { rows: [], faults: [...table.faults], malformed };
  return {
    rows: table.rows.map((row) => translatedRow(row, map)),
    faults: [...table.faults, ...headerFaults(table, map)],
    malformed,
  };
}

function headerFaults({ columns: theirs }: Table, map: Mapping): Finding[] {
  const fault = (column: string, reason: string): Finding => ({ row: 1, column, value: '', reason });
  const known = new Set([...columnNames.map((name) => theirName(name, map)), ...map.ignored]);
  const unknown = theirs
    .filter((column) => !known.has(column))
    .map((column) => fault(column, 'is no column that is known'));
  const isThere = (name: ColumnName) => theirs.includes(theirName(name, map));
  const isPromised = (name: ColumnName) =>
    map.columns[name] !== undefined || (columns[name].required && map.defaults[name] === undefined);
  const missing = columnNames
    .filter((name) => isPromised(name) && !isThere(name))
    .map((name) => fault(theirName(name, map), 'is missing'));
  const hasPlace = isThere('areas') || isThere('regions') || map.defaults.areas || map.defaults.regions;
  return [
    ...unknown,
    ...missing,
    ...(hasPlace ? [] : [fault(theirName('areas', map), 'is missing, and so are regions')]),
  ];
}

function translatedRow({ row, cells: theirs }: Row, map: Mapping): OwnRow {
  const cells = new Map<ColumnName, Cell>();
  const defaults = new Map<ColumnName, Cell>();
  const words: OwnRow['words'] = new Map();
  const notes: Finding[] = [];
  const faults: Finding[] = [];
  for (const name of columnNames) {
    const column = theirName(name, map);
    const cell = theirs.get(column);
    const said = new Map<string, string>();
    const found = listed(name, cell ?? '').flatMap((value) => {
      const meaning = meaningOf(value, map.values[name] ?? {});
      const hasNote = typeof meaning === 'object' && !Array.isArray(meaning);
      if (hasNote) notes.push({ row, column, value, reason: meaning.note });
      const meant = [(hasNote ? meaning.value : meaning) ?? []].flat();
      for (const one of meant) said.set(one, value);
      return meant;
    });
    words.set(name, said);
    if (columns[name].kind !== 'list' && found.length > 1) {
      const value = typeof cell === 'string' ? cell : (cell ?? []).join(';');
      faults.push({ row, column, value, reason: 'must be one value' });
    }
    const isSilent = found.every((value) => value === '');
    const silence = map.defaults[name];
    if (isSilent && silence !== undefined) defaults.set(name, cellOf(name, listed(name, silence)));
    else if (cell !== undefined) cells.set(name, cellOf(name, found));
  }
  return { row, cells, defaults, words, notes, faults };
}

const cellOf = (name: ColumnName, values: string[]): Cell =>
  columns[name].kind === 'list' ? [...new Set(values.filter(Boolean))] : (values[0] ?? '');

/** A list in one cell is parted by semicolons. */
function listed(name: ColumnName, cell: Cell): string[] {
  if (typeof cell !== 'string') return cell;
  return columns[name].kind === 'list' ? cell.split(';').map((item) => item.trim()) : [cell];
}

function meaningOf(value: string, known: Record<string, z.infer<typeof translation>>): z.infer<typeof translation> {
  const exact = Object.hasOwn(known, value) ? known[value] : undefined;
  if (exact !== undefined) return exact;
  const [longest] = Object.keys(known)
    .filter((key) => key.endsWith('*') && value !== '' && value.startsWith(key.slice(0, -1)))
    .sort((a, b) => b.length - a.length);
  return (longest === undefined ? undefined : known[longest]) ?? value;
}
