import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freePort, holderOf, isFree } from '../../infra/local/port.ts';
import { endGroup, endStrays, identityOf } from '../../infra/local/processes.ts';

const STUBBORN = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('ready')";

describe('Ending processes', () => {
  it('ends a group that ignores SIGTERM, within bounds', async () => {
    const child = spawn(process.execPath, ['-e', STUBBORN], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
    await once(child.stdout, 'data');
    const [[, signal]] = await Promise.all([once(child, 'exit'), endGroup(child.pid as number, 200)]);
    expect(signal).toBe('SIGKILL');
  });

  it('finds by its folder what outlived its parent', async () => {
    const folder = await realpath(await mkdtemp(join(tmpdir(), 'strays-')));
    const inside = await mkdtemp(join(folder, 'function-'));
    const child = spawn(process.execPath, ['-e', STUBBORN], { cwd: inside, stdio: ['ignore', 'pipe', 'ignore'] });
    await once(child.stdout, 'data');
    await Promise.all([once(child, 'exit'), endStrays(folder)]);
    expect(child.signalCode).toBe('SIGKILL');
    await rm(folder, { recursive: true });
  });

  it('knows a process by more than its number', async () => {
    const child = spawn(process.execPath, ['-e', STUBBORN], { stdio: ['ignore', 'pipe', 'ignore'] });
    await once(child.stdout, 'data');
    expect(await identityOf(child.pid as number)).toMatch(/^\d+ .*node/);
    expect(await identityOf(child.pid as number)).not.toBe(await identityOf(process.pid));
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await identityOf(child.pid as number)).toBeUndefined();
  });
});

describe('A port', () => {
  it('that is taken is known, with who holds it', async () => {
    const server = createServer().listen(await freePort(), '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    expect(await isFree(port)).toBe(false);
    expect(await holderOf(port)).toContain(`process ${process.pid} (`);
    server.close();
    await once(server, 'close');
    expect(await isFree(port)).toBe(true);
  });
});
