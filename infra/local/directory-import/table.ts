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
  /** Of rows that cannot be read, and so are not among the others. */
  malformed: Finding[];
}

/** Reads a file of services: JSON by its name, CSV otherwise. */
export const tableOf = (name: string, text: string): Table =>
  name.toLowerCase().endsWith('.json') ? fromJson(text) : fromCsv(text);

const unreadable = (reason: string, row = 1): Table => ({
  columns: [],
  rows: [],
  faults: [{ row, column: '', value: '', reason }],
  malformed: [],
});

/** With `info`, each record comes with the line that it ends on. */
const records = z.array(z.object({ record: z.array(z.string()), info: z.object({ lines: z.int() }) }));

function fromCsv(text: string): Table {
  let read: z.infer<typeof records>;
  try {
    const options = {
      bom: true,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
      trim: true,
    } as const;
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
  if (body.length === 0) faults.push({ row: 1, column: '', value: '', reason: 'has no rows' });
  const rows: Row[] = [];
  const malformed: Finding[] = [];
  for (const { record, info } of body) {
    // A record that goes over several lines begins above the line that it ends on.
    const row = info.lines - record.join('').split('\n').length + 1;
    if (record.length === columns.length)
      rows.push({ row, cells: new Map(columns.map((name, at) => [name, record[at] ?? ''])) });
    else
      malformed.push({
        row,
        column: '',
        value: '',
        reason: `has ${record.length} cells, and the header ${columns.length}`,
      });
  }
  return { columns, rows, faults, malformed };
}

const scalar = z
  .union([z.string(), z.number(), z.boolean(), z.null()])
  .transform((value) => String(value ?? '').trim());
const item = z.record(z.string(), z.union([scalar, z.array(scalar)]));

function fromJson(text: string): Table {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (fault) {
    return unreadable(`is not JSON: ${(fault as Error).message}`);
  }
  if (!Array.isArray(value)) return unreadable('must be a list of objects');
  if (value.length === 0) return unreadable('has no rows');
  const rows: Row[] = [];
  const malformed: Finding[] = [];
  for (const [at, found] of value.entries()) {
    const { data, error } = item.safeParse(found);
    const cells = new Map(Object.entries(data ?? {}));
    if (cells.size > 0) rows.push({ row: at + 1, cells });
    else if (data) malformed.push({ row: at + 1, column: '', value: '', reason: 'says nothing' });
    else malformed.push(...error.issues.map(({ path: [column = ''] }) => misshapen(at + 1, String(column))));
  }
  return { columns: [...new Set(rows.flatMap(({ cells }) => [...cells.keys()]))], rows, faults: [], malformed };
}

const misshapen = (row: number, column: string): Finding => ({
  row,
  column,
  value: '',
  reason: column
    ? 'must be text, a number, true, false, null or a list of these'
    : 'must be an object, with a column for each of its fields',
});
