import { table } from '../../infra/local/demo/text.ts';

/** One table of the report: what it shows, how it was measured, and its rows. */
export interface Section {
  title: string;
  /** What is compared with what, in plain sentences. */
  about: readonly string[];
  /** `>` before a title sets its column to the right. */
  columns: readonly string[];
  rows: readonly (readonly (string | number)[])[];
}

/** The name of the budget, what it is, what was measured. */
export const budget = (measured: number, limit: number): 'met' | 'MISSED' => (measured <= limit ? 'met' : 'MISSED');

const name = (column: string): string => column.replace(/^>/, '');
const toRight = (column: string): boolean => column.startsWith('>');

/** As the terminal shows it. */
export function asText({ title, about, columns, rows }: Section): string {
  const shown = columns.map((column) => ({ title: name(column), ...(toRight(column) && { align: 'right' as const }) }));
  return ['', title, '─'.repeat(title.length), ...about, '', ...table(shown, rows)].join('\n');
}

/** As it stands in `docs/performance.md`. */
export function asMarkdown({ title, about, columns, rows }: Section): string {
  const row = (cells: readonly (string | number)[]): string => `| ${cells.join(' | ')} |`;
  const rule = columns.map((column) => (toRight(column) ? '---:' : '---'));
  return [`## ${title}`, '', about.join('\n'), '', row(columns.map(name)), row(rule), ...rows.map(row), ''].join('\n');
}
