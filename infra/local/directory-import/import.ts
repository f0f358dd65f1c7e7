import { createHash } from 'node:crypto';
import type { ApiClient } from '../api-client.ts';
import { applied, type Outcome, presentServices } from './apply.ts';
import { type Entry, entriesOf } from './entries.ts';
import type { Finding } from './finding.ts';
import { type Mapping, translated } from './mapping.ts';
import { type Plan, type Present, planOf } from './plan.ts';
import { tableOf } from './table.ts';

/** A file of services, by its name, and how it is read. */
export interface Source {
  name: string;
  text: string;
  mapping: Mapping;
}

export interface Judged extends Plan {
  /** How many rows the file has. */
  rows: number;
  /** Whether it is read at all: a header that is not understood would make every row wrong. */
  isReadable: boolean;
}

interface FileRead extends Pick<Judged, 'rows' | 'isReadable' | 'faults'> {
  entries: Entry[];
}

/** Reads a file, and finds what is wrong with it and with each of its rows. */
export function fileRead({ name, text, mapping }: Source): FileRead {
  const { rows: ownRows, faults: headerFaults, malformed } = translated(tableOf(name, text), mapping);
  const rows = ownRows.length + new Set(malformed.map(({ row }) => row)).size;
  if (headerFaults.length > 0) return { rows, isReadable: false, entries: [], faults: [...headerFaults, ...malformed] };
  const { entries, faults } = entriesOf(ownRows, mapping);
  return { rows, isReadable: true, entries, faults: [...malformed, ...faults] };
}

/** Holds every row that can be read against what is there. */
export function heldAgainst(
  { entries, ...file }: FileRead,
  present: ReadonlyMap<string, Present>,
  map: Mapping,
  now: Date,
): Judged {
  const plan = planOf(entries, present, map, now);
  const faults = [...file.faults, ...plan.faults].sort((one, other) => one.row - other.row);
  return { ...plan, ...file, faults };
}

/** Reads a file, judges every row, and finds what would change. Nothing is written. */
export async function judged(source: Source, api: ApiClient, now: Date): Promise<Judged> {
  const file = fileRead(source);
  const present = await presentServices(
    api,
    file.entries.map(({ id }) => id),
  );
  return heldAgainst(file, present, source.mapping, now);
}

export interface Applying {
  importId: string;
  /** Writes the rows that are valid although others are not. */
  skipRejected: boolean;
  onDone?: (outcome: Outcome) => void;
}

/** Writes what was judged; nothing at all unless every row is valid, or the others are to be skipped. */
export async function writeJudged(
  api: ApiClient,
  { isReadable, faults, changes }: Judged,
  { importId, skipRejected, onDone = () => {} }: Applying,
): Promise<Outcome[]> {
  const isRefused = !isReadable || (faults.length > 0 && !skipRejected);
  return isRefused ? [] : applied(api, changes, importId, onDone);
}

/** The same file, read the same way, is the same import. */
export const importIdOf = ({ text, mapping }: Source): string =>
  createHash('sha256').update(text).update(JSON.stringify(mapping)).digest('hex').slice(0, 12);

interface Rejected {
  row: number;
  service: string;
  faults: Pick<Finding, 'column' | 'value' | 'reason'>[];
}

/** The rows that were not taken, each with everything that is wrong with it. */
export function rejectedRows(faults: readonly Finding[]): Rejected[] {
  return [...Map.groupBy(faults, ({ row }) => row)]
    .sort(([one], [other]) => one - other)
    .map(([row, found]) => ({
      row,
      service: found.find(({ service }) => service)?.service ?? '',
      faults: found.map(({ column, value, reason }) => ({ column, value, reason })),
    }));
}
