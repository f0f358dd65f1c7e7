/** HTML that is safe to send: made by `html` alone. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Part = Html | string | number | Part[];

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (character) => escapes[character] ?? '');

function written(part: Part): string {
  if (Array.isArray(part)) return part.map(written).join('');
  return part instanceof Html ? part.text : escaped(String(part));
}

/** A template whose every value is escaped, save what `html` itself has made. Attributes must stand in quotes. */
export const html = (fixed: TemplateStringsArray, ...parts: Part[]): Html =>
  new Html(fixed.map((text, i) => text + (i < parts.length ? written(parts[i] ?? '') : '')).join(''));
