/** Nothing that the demo prints is wider. */
export const WIDTH = 100;

export interface Column {
  title: string;
  align?: 'right';
}

/** Rows under their titles, each column as wide as its widest cell. */
export function table(columns: readonly Column[], rows: readonly (readonly (string | number)[])[]): string[] {
  const cells = [columns.map(({ title }) => title), ...rows.map((row) => row.map(String))];
  const widths = columns.map((_, at) => Math.max(...cells.map((row) => row[at]?.length ?? 0)));
  const line = (row: string[]): string =>
    row
      .map((cell, at) => (columns[at]?.align ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0)))
      .join('  ')
      .trimEnd();
  return cells.map((row) => `  ${line(row)}`);
}

/** A text behind its lead, broken at spaces; what follows stands under its beginning. */
export function wrapped(lead: string, text: string, width = WIDTH): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    const longer = line ? `${line} ${word}` : word;
    if (line && lead.length + longer.length > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line].map((part, at) => (at === 0 ? lead : ' '.repeat(lead.length)) + part);
}

export const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;
