import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { textIn } from '../../infra/local/directory-import/text.ts';
import { contractsFile } from '../builders/contracts-file.ts';

describe('The text of a file', () => {
  it('is UTF-8, without its mark', () => {
    expect(textIn('x.json', Buffer.from('\uFEFF[{"name":"Tŷ Ni"}]'))).toBe('[{"name":"Tŷ Ni"}]');
  });

  it('in another encoding is refused, and not guessed', () => {
    expect(() => textIn('x.csv', Buffer.from('name\nCaf\xe9', 'latin1'))).toThrow('x.csv is not UTF-8');
    expect(() => textIn('x.csv', Buffer.from('\uFEFFname', 'utf16le'))).toThrow('x.csv is not UTF-8');
  });
});

describe('The list of what an import rejected', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'directory-import-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(['file.csv', './file.csv', 'map.json'])('is never written over what was read: %s', async (rejects) => {
    await writeFile(join(folder, 'file.csv'), contractsFile());
    await writeFile(join(folder, 'map.json'), '{}');
    const command = join(import.meta.dirname, '../../infra/local/directory-import.ts');
    const args = [command, 'file.csv', '--mapping', 'map.json', '--skip-rejected', rejects];
    const run = promisify(execFile)(process.execPath, args, { cwd: folder });
    await expect(run).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('would overwrite') });
    expect(await readFile(join(folder, 'file.csv'), 'utf8')).toBe(contractsFile());
    expect(await readFile(join(folder, 'map.json'), 'utf8')).toBe('{}');
  });
});
