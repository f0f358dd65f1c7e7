import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { installedEmulator } from './install-emulator.ts';
import { type Instance, LOOPBACK, LocalAwsError, MAIN } from './instance.ts';
import { emulatorEnvironment } from './local-only.ts';
import { freePort, holderOf, isFree } from './port.ts';
import { endGroup, endStrays, identityOf } from './processes.ts';
import { step } from './progress.ts';

const READY_WITHIN = 30_000;
const RESPONDS_WITHIN = 5_000;
/** With executions parked the emulator was seen to ignore SIGTERM for half an hour. */
const STOP_WITHIN = 3_000;

interface RunningEmulator {
  pid: number;
  identity: string;
  port: number;
  mark: string;
}

export interface Emulator {
  endpoint: string;
  /** Distinguishes this process from every other; its state lives in memory, so a new one is an empty account. */
  mark: string;
}

/** The instance's emulator: the one that runs, else a new one. */
export async function startedEmulator(instance: Instance): Promise<Emulator> {
  const running = await runningEmulator(instance);
  if (running && (await respondsSoon(instance, running))) {
    refuseOtherPort(instance, running);
    return { endpoint: endpointOf(running.port), mark: running.mark };
  }
  const python = await installedEmulator();
  await stoppedEmulator(instance);
  const port = instance.port ?? (await freePort());
  if (!(await isFree(port))) throw new LocalAwsError(portTaken(instance, port, await holderOf(port)));
  const started = await step(`Start the local AWS on ${endpointOf(port)}`, () => launch(instance, python, port));
  return { endpoint: endpointOf(port), mark: started.mark };
}

/** Ends the instance's emulator and its function workers; answers whether there was anything to end. */
export async function stoppedEmulator(instance: Instance): Promise<boolean> {
  const running = await runningEmulator(instance);
  if (running) await endGroup(running.pid, STOP_WITHIN);
  await clearRemains(instance);
  return running !== undefined;
}

/** The recorded process, if it still lives and is still the same one. */
async function runningEmulator(instance: Instance): Promise<RunningEmulator | undefined> {
  const recorded: RunningEmulator | undefined = await readFile(pidFile(instance), 'utf8').then(
    JSON.parse,
    () => undefined,
  );
  if (!recorded || (await identityOf(recorded.pid)) !== recorded.identity) return undefined;
  return recorded;
}

/** A process that ends or hangs is as good as none. */
async function respondsSoon(instance: Instance, running: RunningEmulator): Promise<boolean> {
  const deadline = Date.now() + RESPONDS_WITHIN;
  while (Date.now() < deadline && (await runningEmulator(instance))) {
    if (await answers(running.port, running.mark)) return true;
    await pause(50);
  }
  return false;
}

async function launch(instance: Instance, python: string, port: number): Promise<RunningEmulator> {
  const temporary = resolve(instance.folder, 'tmp');
  await mkdir(temporary, { recursive: true });
  // The emulator's CommonJS worker scripts would be read as ES modules under this project's own package.json.
  await writeFile(resolve(temporary, 'package.json'), '{}');

  const mark = randomUUID();
  const log = await open(logFile(instance), 'w');
  const child = spawn(python, ['-m', 'ministack'], {
    cwd: instance.folder,
    env: emulatorEnvironment(instance, port, mark),
    // A process group of its own, so that it outlives this command and can be ended as a whole.
    detached: true,
    stdio: ['ignore', log.fd, log.fd],
  });
  await log.close();
  let ended = false;
  child.once('error', () => (ended = true));
  child.once('exit', () => (ended = true));

  const deadline = Date.now() + READY_WITHIN;
  while (!(await answers(port, mark))) {
    if (ended || Date.now() > deadline) {
      if (!ended && child.pid) await endGroup(child.pid, STOP_WITHIN);
      throw new LocalAwsError(
        `The local AWS ${ended ? 'ended at once' : 'did not become ready'}: see ${logFile(instance)}`,
      );
    }
    await pause(50);
  }
  child.unref();
  const pid = child.pid as number;
  const running = { pid, identity: (await identityOf(pid)) ?? '', port, mark };
  await writeFile(pidFile(instance), JSON.stringify(running));
  return running;
}

/** Ready, and the very process that was started with this mark: another one may hold the port. */
async function answers(port: number, mark: string): Promise<boolean> {
  try {
    const ready = await fetch(`${endpointOf(port)}/_ministack/ready`, { signal: AbortSignal.timeout(2_000) });
    if (!ready.ok) return false;
    const health = await fetch(`${endpointOf(port)}/_ministack/health`, { signal: AbortSignal.timeout(2_000) });
    return ((await health.json()) as { edition?: string }).edition === mark;
  } catch {
    return false;
  }
}

async function clearRemains(instance: Instance): Promise<void> {
  await endStrays(resolve(instance.folder, 'tmp'));
  const remains = [
    pidFile(instance),
    instance.stackFile,
    ...['tmp', 's3', 'state', 'added-clients.json'].map((name) => resolve(instance.folder, name)),
  ];
  await Promise.all(remains.map((path) => rm(path, { recursive: true, force: true })));
}

function refuseOtherPort(instance: Instance, running: RunningEmulator): void {
  if (instance.port === undefined || instance.port === running.port) return;
  throw new LocalAwsError(
    `The local AWS already runs on port ${running.port}. To move it to ${instance.port}: \`npm stop\`, then start again.`,
  );
}

function portTaken(instance: Instance, port: number, holder: string): string {
  const advice = instance.name === MAIN ? '\nEnd it, or choose another port: REFERRALS_LOCAL_PORT=4600 npm start' : '';
  return `Port ${port} is taken by ${holder}, which this project did not start.${advice}`;
}

const endpointOf = (port: number): string => `http://${LOOPBACK}:${port}`;
const pidFile = (instance: Instance): string => resolve(instance.folder, 'process.json');
export const logFile = (instance: Instance): string => resolve(instance.folder, 'emulator.log');
