import { CsvError, parse } from 'csv-parse/sync';
import * as z from 'zod';
import type { Finding } from './finding.ts';

/** A cell of a CSV file is text; in JSON it may also be a list. */
export type Cell = string | string[];

export interface Row {
  row: number;
  cells: Map<string, Cell>;
}

export interface Table {
  columns: string[];
  rows: Row[];
  /** Of the file as such: none of it can be trusted. */
  faults: Finding[];
}

/** Reads a file of services: JSON by its name, CSV otherwise. */
export const tableOf = (name: string, text: string): Table =>
  name.toLowerCase().endsWith('.json') ? fromJson(text) : fromCsv(text);

const unreadable = (reason: string, row = 1): Table => ({
  columns: [],
  rows: [],
  faults: [{ row, column: '', value: '', reason }],
});

/** With `info`, each record comes with the line that it ends on. */
const records = z.array(z.object({ record: z.array(z.string()), info: z.object({ lines: z.int() }) }));

function fromCsv(text: string): Table {
  let read: z.infer<typeof records>;
  try {
    const options = { bom: true, info: true, relax_column_count: true, skip_empty_lines: true, trim: true } as const;
    read = records.parse(parse(text, options));
  } catch (fault) {
    if (!(fault instanceof CsvError)) throw fault;
    return unreadable(`is not CSV: ${fault.message}`, Number(fault.lines ?? 1));
  }
  const [header, ...body] = read;
  if (!header) return unreadable('is empty');
  const columns = header.record;
  const faults = columns
    .filter((column, index) => columns.indexOf(column) < index)
    .map((column) => ({ row: 1, column, value: '', reason: 'stands there twice' }));
  const rows: Row[] = [];
  for (const { record, info } of body) {
    // A record that goes over several lines begins above the line that it ends on.
    const row = info.lines - record.join('').split('\n').length + 1;
    if (record.length === columns.length)
      rows.push({ row, cells: new Map(columns.map((name, at) => [name, record[at] ?? ''])) });
    else
      faults.push({
        row,
        column: '',
        value: '',
        reason: `has ${record.length} cells, and the header ${columns.length}`,
      });
  }
  return { columns, rows, faults };
}

const scalar = z
  .union([z.string(), z.number(), z.boolean(), z.null()])
  .transform((value) => String(value ?? '').trim());
const items = z.array(z.record(z.string(), z.union([scalar, z.array(scalar)])));

function fromJson(text: string): Table {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (fault) {
    return unreadable(`is not JSON: ${(fault as Error).message}`);
  }
  const { data, error } = items.safeParse(value);
  if (!data) {
    const faults = error.issues.map(({ path: [at = 0, column = ''] }) => ({
      row: Number(at) + 1,
      column: String(column),
      value: '',
      reason: 'must be text, a number, true, false, null or a list of these, in an object of a list',
    }));
    return { columns: [], rows: [], faults };
  }
  const columns = [...new Set(data.flatMap(Object.keys))];
  const rows = data.map((item, at) => ({ row: at + 1, cells: new Map(Object.entries(item)) }));
  return { columns, rows, faults: [] };
}
