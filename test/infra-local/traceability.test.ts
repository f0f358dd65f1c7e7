import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT } from '../../infra/local/instance.ts';
import { codeNaming, idsIn, testsNaming, traceability, traces } from '../../infra/local/traceability.ts';

/** The rules that the service keeps in full so far. It grows with the work, to all of them. */
const complete = 'E1 E2 E3 E4 E5 E6 E7 E8 E9 C1 C2 C3 L1 L2 T7 T8'.split(' ');

const ids = ['X1', 'X2', 'X3', 'X10', 'Y1', 'Z'];

describe('Traceability', () => {
  it('is up to date (else: npm run traceability)', () =>
    expect(readFileSync(join(PROJECT, 'docs/traceability.md'), 'utf8')).toBe(traceability()));

  it.each(complete)('of %s leads to code and to tests', (id) => {
    const found = traces().find((trace) => trace.id === id);
    expect(found?.code.length, 'code that names it').toBeGreaterThan(0);
    expect(found?.tests.length, 'tests that name it').toBeGreaterThan(0);
  });
});

describe('An id', () => {
  it.each([
    ['alone', 'X1: a rule', ['X1']],
    ['in a list', 'Kept (X1, X3), and Y1', ['X1', 'X3', 'Y1']],
    ['in a range with a dash', 'X1–X3', ['X1', 'X2', 'X3']],
    ['in a range with a hyphen', 'X2-X10', ['X2', 'X3', 'X10']],
    ['in a range in words', 'X2 to X3, Y1', ['X2', 'X3', 'Y1']],
    ['that is a letter', 'Published (Z)', ['Z']],
    ['that is no rule', 'X4, Z1, x1, aX1, X1a, Zone, X100', []],
    ['of two kinds, which make no range', 'X2 to Y1', ['X2', 'Y1']],
  ])('is found %s', (_, text, expected) => expect(idsIn(ids, text)).toEqual(expected));
});

describe('Code that names a rule', () => {
  const found = (...lines: string[]) => codeNaming(ids, lines.join('\n')).map(({ id, name }) => `${id} ${name ?? '-'}`);

  it('is what is exported below the comment, or around it', () =>
    expect(
      found(
        '/**',
        ' * X1: what it does.',
        ' */',
        'export const one = () => {',
        '  // X2: why',
        '};',
        '// Y1, and',
        '// X3 below it',
        'export async function two() {}',
      ),
    ).toEqual(['X1 one', 'X2 one', 'X3 two', 'Y1 two']));

  it('is the file, where nothing exported names it', () => {
    expect(found('/** X1 */', 'const hidden = 1;', 'export const shown = 2;')).toEqual(['X1 -']);
    expect(found('/** X1: the whole file. */', '', '/** X2 */', 'export const shown = 2;')).toEqual([
      'X1 -',
      'X2 shown',
    ]);
    expect(found('/** X1 */', 'const hidden = 1;', '/** X1 */', 'export const shown = 2;')).toEqual(['X1 shown']);
  });

  it('is not what names it in code alone', () =>
    expect(found("export const rule = 'X1'; const glob = '**/X2';")).toEqual([]));
});

describe('Tests that name a rule', () => {
  const found = (...lines: string[]) => testsNaming(ids, lines.join('\n')).map(({ id, count }) => `${id} ${count}`);

  it('are counted under their own title and under those around them, each once', () =>
    expect(
      found(
        "describe('X1: a thing', () => {",
        "  it('does this (X1, X2)', () => {});",
        '  it.each([',
        "    ['Y1', `X3`],",
        '  ])(',
        "    'does %s, as X10 says', () => {});",
        "  describe.each(['X3'])('and %s', () => {",
        '    it(`does that`, () => {});',
        '  });',
        '});',
        "it('stands alone (Z)', () => {});",
      ),
    ).toEqual(['X1 3', 'X2 1', 'X10 1', 'Z 1']));

  it('are none where a title names none', () => expect(found("describe('A thing', () => {", '});')).toEqual([]));
});
