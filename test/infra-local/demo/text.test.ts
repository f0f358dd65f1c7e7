import { describe, expect, it } from 'vitest';
import { table, wrapped } from '../../../infra/local/demo/text.ts';

describe('What the demo prints', () => {
  it('stands in columns as wide as their widest cell', () => {
    const columns = [{ title: '#', align: 'right' as const }, { title: 'story' }, { title: 'took' }];
    expect(
      table(columns, [
        [1, 'accepted', '2 s'],
        [10, '–', '12 s'],
      ]),
    ).toEqual(['   #  story     took', '   1  accepted  2 s', '  10  –         12 s']);
  });

  it('is broken at spaces, below where it began', () => {
    expect(wrapped('> ', 'one two three', 9)).toEqual(['> one two', '  three']);
  });

  it('leaves a word whole that is too long for a line', () => {
    expect(wrapped('', 'a unbreakable', 5)).toEqual(['a', 'unbreakable']);
  });
});
