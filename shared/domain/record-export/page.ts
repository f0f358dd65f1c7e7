import type { RecordExport } from './document.ts';
import { type ExportEntry, type ExportMark, legend } from './entry.ts';
import { Html, html } from './html.ts';
import { labelOf, nameOf } from './labels.ts';

/** The page as one file that needs nothing else: no script, no image, and styles only of its own. */
export function exportPage(document: RecordExport, styleHash: string): string {
  const { crn, madeAt, madeBy, reason, part, heldByOthers, removed, entries } = document;
  const title = crn ? `Everything held on ${crn}` : 'A record that was removed';
  const page = html`<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '${styleHash}'">
<meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex">
<title>${title}</title>
<style>${new Html(pageStyle)}</style>
</head>
<body>
<main>
<h1>${title}</h1>
<p>Made on ${moment(madeAt)} by ${madeBy.person ?? madeBy.client} of ${madeBy.organisation}. Why: ${labelOf(reason)}. Part ${part.number} of ${part.of}.</p>
<p>Times are those of London. Words that people wrote stand as they were written.</p>
${part.of > 1 ? html`<p>Each part is read when it is asked for: what changed in between may stand in two of them or in none.</p>` : ''}
<h2>What the marks mean</h2>
<dl>${marks.map((mark) => html`<dt>${badge(mark)}</dt><dd>${legend[mark]}</dd>`)}</dl>
${heldByOthers > 0 ? html`<p>${heldByOthers} more of this person's referrals were sent by other case systems. Ask them for those.</p>` : ''}
${removed.map(({ referenceNumber, removedAt }) => html`<p>What was held under referral ${referenceNumber} was removed on ${moment(removedAt)}, at the end of the period for which it is kept. Nothing is left that says whom it was about.</p>`)}
${grouped(entries, ({ referralId }) => referralId ?? '').map(
  ([id, own]) => html`<section><h2>${id === '' ? 'About the person' : `Referral ${id}`}</h2>
${grouped(own, ({ section }) => section).map(
  ([section, items]) => html`<section><h3>${section}</h3>
${items.map(entryHtml)}</section>
`,
)}</section>
`,
)}</main>
</body>
</html>
`;
  return page.text;
}

/** Its styles, whose hash the page's own policy names: anything that gets in beside them is refused. */
export const pageStyle =
  'body{font:1rem/1.5 sans-serif;margin:0 auto;max-width:60rem;padding:1rem}table{border-collapse:collapse;width:100%;margin:0 0 1rem}' +
  'th,td{border:1px solid #767676;padding:.25rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}th{width:30%}' +
  'td{white-space:pre-wrap}strong{border:2px solid #942514;padding:0 .25rem}';

const marks = Object.keys(legend) as ExportMark[];
const badge = (mark: ExportMark): Html => html`<strong>${mark === 'sensitive' ? 'Sensitive' : 'Third party'}</strong>`;

export function entryHtml({ key, marks: own, data }: ExportEntry): Html {
  const badges = own.map((mark) => html`${badge(mark)} `);
  const caption = html`<caption>${badges}${key}</caption>`;
  return html`<table>${caption}<tbody>${rows(data, true)}</tbody></table>
`;
}

const rows = (data: object, isCoded: boolean): Html[] =>
  Object.entries(data).map(([name, value]) => {
    const own = shown(value, isCoded && !wordsOf.has(name));
    return html`<tr><th scope="row">${nameOf(name)}</th><td>${own}</td></tr>`;
  });

/** Attributes that hold what people wrote: it stands as it was written, whatever it looks like. */
const wordsOf = new Set(['words', 'reasonForReferral']);

function shown(value: unknown, isCoded: boolean): Html | string {
  if (value === null || value === undefined || value === '') return '—';
  if (typeof value === 'boolean') return value ? 'Yes' : 'No';
  if (typeof value === 'string') return time.test(value) ? moment(value) : isCoded ? labelOf(value) : value;
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) {
    return value.length === 0 ? '—' : html`<ul>${value.map((one) => html`<li>${shown(one, isCoded)}</li>`)}</ul>`;
  }
  return Object.keys(value).length === 0 ? '—' : html`<table><tbody>${rows(value, isCoded)}</tbody></table>`;
}

const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?Z$/;

const london = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/London', dateStyle: 'long', timeStyle: 'short' });
const moment = (at: string): string => london.format(new Date(at));

function grouped(entries: ExportEntry[], by: (entry: ExportEntry) => string): [string, ExportEntry[]][] {
  const groups = new Map<string, ExportEntry[]>();
  for (const entry of entries) groups.set(by(entry), [...(groups.get(by(entry)) ?? []), entry]);
  return [...groups];
}
