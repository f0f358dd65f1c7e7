import { describe, expect, it } from 'vitest';
import { partsOf, type RecordExport } from '../../../shared/domain/record-export/document.ts';
import type { ExportEntry } from '../../../shared/domain/record-export/entry.ts';
import { exportPage } from '../../../shared/domain/record-export/page.ts';

const id = '11111111-1111-4111-8111-111111111111';
const anEntry = (data: object): ExportEntry => ({
  referralId: id,
  section: 'Case notes',
  key: 'TEXT#CASE-NOTE#1',
  marks: ['third-party'],
  data: { ...data },
});
const page = (data: object, other: Partial<RecordExport> = {}): string =>
  exportPage(
    {
      exportId: id,
      crn: 'X123456',
      madeAt: '2026-07-01T11:00:00.000Z',
      madeBy: { organisation: 'north-probation', client: 'north-case-system', person: 'pp-17' },
      reason: 'subject-access-request',
      part: { number: 1, of: 1 },
      legend: [],
      heldByOthers: 0,
      removed: [],
      entries: [anEntry(data)],
      ...other,
    },
    'sha256-x',
  );

describe('The page', () => {
  it.each([
    '<script>alert(1)</script>',
    '" onmouseover="alert(1)',
    "'><img src=x onerror=alert(1)>",
    '</td></table></style><style>@import url(//evil.example)</style>',
    '&lt;script&gt; {{7*7}}',
  ])('shows hostile words as words: %s', (words) => {
    const hostile = page(
      { words: { [words]: words } },
      { entries: [{ ...anEntry({ words: { [words]: words } }), key: words, section: words }] },
    );
    const shown = words
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&#39;');
    expect(hostile.split(shown)).toHaveLength(5);
    if (shown !== words) expect(hostile).not.toContain(words);
    const tags = new Set([...hostile.matchAll(/<([a-z]\w*)/gi)].map(([, tag]) => tag));
    expect([...tags].filter((tag) => ['script', 'img', 'link', 'iframe'].includes(tag ?? ''))).toEqual([]);
    expect([...hostile.matchAll(/<\w+[^>]*\son\w+=/g)]).toEqual([]);
  });

  it('needs nothing from elsewhere, and forbids itself to', () => {
    const text = page({ words: { text: 'Hello' } });
    expect(text).toContain(`content="default-src 'none'; style-src 'sha256-x'"`);
    expect(text).not.toMatch(/<(script|link|img|iframe|object|base)|\b(src|href)=|url\(|@import/);
  });

  it('has a title, a language, one first heading, and headings for its tables', () => {
    const text = page({ words: { text: 'Hello' } });
    expect(text).toContain('<html lang="en-GB">');
    expect(text).toContain('<title>Everything held on X123456</title>');
    expect(text.match(/<h1>/g)).toHaveLength(1);
    expect(text).toContain('<h3>Case notes</h3>');
    expect(text.match(/<th>/g)).toBeNull();
  });

  it('tells times of London and codes in plain English, and leaves words as they were written', () => {
    const text = page({
      type: 'referral.sent.v1',
      occurredAt: '2026-07-01T11:30:00.000Z',
      words: { text: 'court-order' },
    });
    expect(text).toContain('1 July 2026 at 12:30');
    expect(text).toContain('<td>Referral sent</td>');
    expect(text).toContain('<th scope="row">Occurred at</th>');
    expect(text).toContain('<td>court-order</td>');
    expect(text).toContain('Why: Subject access request.');
  });

  it('says of a record that was removed what was removed and when, and not whose it was', () => {
    const removed = [{ referralId: id, referenceNumber: 'BCDF1234', removedAt: '2033-01-02T03:00:00.000Z' }];
    const text = page({}, { crn: null, removed, entries: [] });
    expect(text).toContain('referral BCDF1234 was removed on 2 January 2033 at 03:00');
    expect(text).not.toContain('X123456');
  });
});

describe('A record that is larger than one answer', () => {
  const entries = Array.from({ length: 10 }, (_, at) => anEntry({ at }));

  it('comes in parts, each within the limit, that are all of it in order', () => {
    const parts = partsOf(entries, 30, () => 10);
    expect(parts.map((part) => part.length)).toEqual([3, 3, 3, 1]);
    expect(parts.flat()).toEqual(entries);
  });

  it('is one part, where there is nothing too', () => {
    expect(partsOf([], 30, () => 10)).toEqual([[]]);
  });

  it('gives an item that is larger by itself a part of its own', () => {
    expect(partsOf(entries.slice(0, 3), 5, () => 10).map((part) => part.length)).toEqual([1, 1, 1]);
  });
});
