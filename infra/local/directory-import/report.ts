import type { Outcome } from './apply.ts';
import type { Finding } from './finding.ts';
import type { Judged } from './import.ts';
import type { Change } from './plan.ts';

const shown = 60;
const brief = (value: unknown): string => {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'none');
  return text.length > shown ? `${text.slice(0, shown - 1)}…` : text;
};

/** What an import will do, a line a service; those that stay as they are are only counted. */
export function plannedLines({ changes }: Judged): string[] {
  return changes.flatMap((change) => {
    if (change.kind === 'unchanged') return [];
    const { kind, row, id, service, differences } = change;
    const fields = differences.map(({ field, from, to }) => `      ${field}: ${brief(from)} → ${brief(to)}`);
    return [`  ${kind.padEnd(6)}  row ${row}  ${id}  ${brief(service.name)}${closing(change)}`, ...fields];
  });
}

const closing = ({ closesOn }: Change): string => (closesOn ? `, closes on ${closesOn}` : '');

export function summaryOf({ rows, changes, faults }: Judged): string {
  const count = (kind: Change['kind']) => changes.filter((change) => change.kind === kind).length;
  const rejected = new Set(faults.map(({ row }) => row)).size;
  const closed = changes.filter(({ kind, closesOn }) => kind !== 'unchanged' && closesOn).length;
  return [
    `${rows} rows`,
    `${count('create')} to create`,
    `${count('change')} to change`,
    `${count('unchanged')} unchanged`,
    `${closed} closing`,
    `${rejected} rejected`,
  ].join(', ');
}

export const faultLines = (faults: readonly Finding[]): string[] =>
  faults.map(({ row, service, column, value, reason }) =>
    [
      `  row ${row}`,
      ...(service ? [service] : []),
      ...(column ? [column] : []),
      ...(value ? [`"${brief(value)}"`] : []),
      reason,
    ].join('  '),
  );

/** Notes by what they say: which rows, and on which values. */
export function noteLines(notes: readonly Finding[]): string[] {
  const alike = Map.groupBy(notes, ({ column, reason }) => `${column}: ${reason}`);
  return [...alike].map(([note, found]) => {
    const rows = [...new Set(found.map(({ row }) => row))];
    return `  ${rows.length} × ${note}\n      rows ${rows.join(', ')}`;
  });
}

export function outcomeLines(outcomes: readonly Outcome[]): string[] {
  const count = (result: Outcome['result']) => outcomes.filter((outcome) => outcome.result === result).length;
  const undone = outcomes.flatMap((outcome) =>
    'why' in outcome ? [`  row ${outcome.change.row}  ${outcome.change.id}  ${outcome.result}: ${outcome.why}`] : [],
  );
  const others = undone.length > 0 ? [`${undone.length} not written; run the import again, and it goes on there`] : [];
  return [`${count('written')} written, ${count('unchanged')} as they were`, ...undone, ...others];
}
