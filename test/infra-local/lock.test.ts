import { mkdir, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { instanceNamed } from '../../infra/local/instance.ts';
import { exclusively } from '../../infra/local/lock.ts';

const instance = instanceNamed('lock-example');
afterAll(() => rm(instance.folder, { recursive: true, force: true }));

describe('An instance', () => {
  it('is changed by one command at a time', async () => {
    const steps: string[] = [];
    const change = (name: string) =>
      exclusively(instance, async () => {
        steps.push(`${name} begins`);
        await pause(50);
        steps.push(`${name} ends`);
      });
    await Promise.all([change('a'), change('b')]);
    expect(steps).toEqual(
      steps[0] === 'a begins'
        ? ['a begins', 'a ends', 'b begins', 'b ends']
        : ['b begins', 'b ends', 'a begins', 'a ends'],
    );
  });

  it('is not kept locked by a command that was killed, even when its process id is in use again', async () => {
    await mkdir(instance.folder, { recursive: true });
    await writeFile(
      resolve(instance.folder, 'lock'),
      JSON.stringify({ pid: process.pid, identity: 'another process' }),
    );
    expect(await exclusively(instance, async () => 'done')).toBe('done');
  });

  it('is not kept locked by a lock that nobody has signed', async () => {
    await mkdir(instance.folder, { recursive: true });
    await writeFile(resolve(instance.folder, 'lock'), '');
    expect(await exclusively(instance, async () => 'done')).toBe('done');
  });

  it('is free again after a fault', async () => {
    await expect(exclusively(instance, () => Promise.reject(new Error('fault')))).rejects.toThrow('fault');
    expect(await exclusively(instance, async () => 'done')).toBe('done');
  });
});
