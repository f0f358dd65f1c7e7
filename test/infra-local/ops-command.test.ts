import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const command = join(import.meta.dirname, '../../infra/local/ops.ts');
const ops = (...args: string[]) => promisify(execFile)(process.execPath, [command, ...args]);

describe('npm run ops', () => {
  it('says what it does', async () => {
    expect((await ops('--help')).stdout).toContain('npm run ops -- renew');
  });

  it.each([
    ['nothing to do', [], 'Say what to do'],
    ['what it does not know', ['remove'], 'Say what to do'],
    ['no rate', ['renew', '--rate', '0'], '--rate is a whole number'],
    ['no requests', ['renew', '--requests', '0'], '--requests is a whole number'],
    ['a rate that would take all starts', ['renew', '--rate', '150'], 'must stay below 150'],
    ['half of a deployment', ['renew', '--api', 'https://example.invalid'], 'belong together'],
  ])('refuses %s, with the way out', async (_, args, why) => {
    await expect(ops(...args)).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining(why) });
  });
});
