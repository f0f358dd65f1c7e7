import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repair, repairs } from '../../infra/local/emulator-repairs.ts';

describe('The repairs of the emulator', () => {
  it('stop the installation when the emulator is not the one they were written for', async () => {
    const packages = await mkdtemp(join(tmpdir(), 'packages-'));
    for (const file of new Set(repairs.map((each) => each.file))) {
      await mkdir(dirname(join(packages, file)), { recursive: true });
      await writeFile(join(packages, file), 'something else\n');
    }
    await expect(repair(packages)).rejects.toThrow('The emulator has changed: cannot repair');
    await rm(packages, { recursive: true });
  });
});
