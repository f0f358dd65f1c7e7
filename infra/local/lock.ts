import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Instance, LocalAwsError } from './instance.ts';
import { identityOf } from './processes.ts';

const LONGEST_WAIT = 300_000;

/** Lets one command at a time change an instance; a lock whose owner is gone is no lock. */
export async function exclusively<T>(instance: Instance, work: () => Promise<T>): Promise<T> {
  await mkdir(instance.folder, { recursive: true });
  const file = resolve(instance.folder, 'lock');
  const deadline = Date.now() + LONGEST_WAIT;
  while (!(await taken(file))) {
    if (Date.now() > deadline) throw new LocalAwsError(`Another command has held ${file} for five minutes.`);
    await pause(200);
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}

async function taken(file: string): Promise<boolean> {
  try {
    await writeFile(file, JSON.stringify({ pid: process.pid, identity: await identityOf(process.pid) }), {
      flag: 'wx',
    });
    return true;
  } catch {
    const owner = await readFile(file, 'utf8').then(JSON.parse, () => undefined);
    if (owner && (await identityOf(owner.pid)) !== owner.identity) await rm(file, { force: true });
    return false;
  }
}
