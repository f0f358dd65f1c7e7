import { readdir, readFile, readlink } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { output } from './subprocess.ts';

/**
 * What makes a process id trustworthy: when the process began and what it runs. Ids are used again, so a recorded id
 * alone is never enough to end something. Undefined when there is no such process.
 */
export async function identityOf(pid: number): Promise<string | undefined> {
  try {
    if (process.platform !== 'linux') return (await output('ps', ['-o', 'lstart=,command=', '-p', `${pid}`])).trim();
    const [stat, command] = await Promise.all([readFile(`/proc/${pid}/stat`, 'utf8'), commandOf(pid)]);
    // The name, in brackets, may hold spaces; state is the 1st field after it and the start time the 20th.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : `${fields[19]} ${command}`;
  } catch {
    return undefined;
  }
}

export async function commandOf(pid: number): Promise<string> {
  return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ').trim();
}

/** Asks a process group to end, waits a bounded time, then ends it. */
export async function endGroup(leader: number, graceMilliseconds: number): Promise<void> {
  signal(-leader, 'SIGTERM');
  const deadline = Date.now() + graceMilliseconds;
  while (Date.now() < deadline && signal(-leader, 0)) await pause(50);
  signal(-leader, 'SIGKILL');
  while (signal(-leader, 0) && Date.now() < deadline + 5_000) await pause(50);
}

/** Ends processes whose working directory is inside a folder: function workers that outlived a killed emulator. */
export async function endStrays(folder: string): Promise<void> {
  for (const pid of await processesWithin(folder)) signal(pid, 'SIGKILL');
}

export async function processesWithin(folder: string): Promise<number[]> {
  if (process.platform !== 'linux') return [];
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const places = await Promise.all(pids.map(async (pid) => [pid, await workingDirectory(pid)] as const));
  return places.filter(([, place]) => place?.startsWith(`${folder}/`)).map(([pid]) => pid);
}

const workingDirectory = (pid: number): Promise<string | undefined> =>
  readlink(`/proc/${pid}/cwd`).catch(() => undefined);

function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}
