import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
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

/** It is there at once with its owner in it, so that nobody reads half of it. */
async function taken(file: string): Promise<boolean> {
  const mine = `${file}.${randomUUID()}`;
  await writeFile(mine, JSON.stringify({ pid: process.pid, identity: await identityOf(process.pid) }));
  try {
    await link(mine, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (text !== undefined && !(await isHeld(text))) await rm(file, { force: true });
    return false;
  } finally {
    await rm(mine, { force: true });
  }
}

async function isHeld(text: string): Promise<boolean> {
  try {
    const { pid, identity } = JSON.parse(text);
    return (await identityOf(pid)) === identity;
  } catch {
    return false;
  }
}
