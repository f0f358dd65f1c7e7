import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { startedEmulator, stoppedEmulator } from '../../infra/local/emulator.ts';
import { instanceNamed } from '../../infra/local/instance.ts';
import { freePort } from '../../infra/local/port.ts';
import { identityOf } from '../../infra/local/processes.ts';

const instance = instanceNamed('emulator-example');
const recorded = async (): Promise<{ pid: number }> =>
  JSON.parse(await readFile(resolve(instance.folder, 'process.json'), 'utf8'));

afterAll(async () => {
  await stoppedEmulator(instance);
  await rm(instance.folder, { recursive: true, force: true });
});

describe('The local AWS', () => {
  it('is started once, and again after it was killed', async () => {
    const first = await startedEmulator(instance);
    expect(await startedEmulator(instance)).toEqual(first);

    process.kill((await recorded()).pid, 'SIGKILL');
    const second = await startedEmulator(instance);
    expect(second.mark).not.toBe(first.mark);
    expect((await fetch(`${second.endpoint}/_ministack/ready`)).status).toBe(200);
  });

  it('is stopped with everything that it started, and only then', async () => {
    await startedEmulator(instance);
    const { pid } = await recorded();
    expect(await stoppedEmulator(instance)).toBe(true);
    expect(await identityOf(pid)).toBeUndefined();
    expect(await stoppedEmulator(instance)).toBe(false);
  });

  it('names who holds its port', async () => {
    const port = await freePort();
    const other = createServer().listen(port, '127.0.0.1');
    await once(other, 'listening');
    await expect(startedEmulator({ ...instance, port })).rejects.toThrow(
      `Port ${port} is taken by process ${process.pid}`,
    );
    other.close();
  });

  it('enforces IAM and is reached on loopback only', async () => {
    const { endpoint } = await startedEmulator(instance);
    const health = (await (await fetch(`${endpoint}/_ministack/health`)).json()) as { auth: string };
    expect(health.auth).toBe('enabled');
    expect(new URL(endpoint).hostname).toBe('127.0.0.1');
  });
});
