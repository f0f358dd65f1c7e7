import { createHash } from 'node:crypto';
import { glob, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Emulator } from './emulator.ts';
import { ACCOUNT, clientListFile, type Instance, PROJECT, REGION } from './instance.ts';
import { cdkEnvironment } from './local-only.ts';
import { step } from './progress.ts';
import { output } from './subprocess.ts';

/** Everything that decides what is deployed. */
const SOURCES = ['cdk.json', 'package-lock.json', '{infra,workflows,functions,shared}/**/*.{ts,json}'];
const NOT_DEPLOYED = 'infra/local/';

export type Outputs = Record<string, string>;
interface Deployed {
  /** The emulator that has been bootstrapped. */
  bootstrapped: string;
  fingerprint?: string;
  outputs: Outputs;
}

/**
 * Deploys the CDK application, the same that goes to AWS, unless the emulator already holds exactly this one.
 * Answers the outputs of all its stacks and whether anything was deployed.
 */
export async function deployed(
  instance: Instance,
  emulator: Emulator,
): Promise<{ outputs: Outputs; changed: boolean }> {
  const fingerprint = await fingerprintOf(instance, emulator);
  const last: Deployed | undefined = await readFile(deployedFile(instance), 'utf8').then(JSON.parse, () => undefined);
  if (last?.fingerprint === fingerprint) return { outputs: last.outputs, changed: false };

  await mkdir(instance.folder, { recursive: true });
  if (last?.bootstrapped !== emulator.mark) await bootstrap(instance, emulator);
  const outputs = await step('Deploy the application', () => deploy(instance, emulator));
  await remember(instance, { bootstrapped: emulator.mark, fingerprint, outputs });
  return { outputs, changed: true };
}

async function bootstrap(instance: Instance, emulator: Emulator): Promise<void> {
  await rm(cdkLog(instance), { force: true });
  await step('Bootstrap', () => cdk(instance, emulator, ['bootstrap', `aws://${ACCOUNT}/${REGION}`], instance.folder));
  await remember(instance, { bootstrapped: emulator.mark, outputs: {} });
}

async function deploy(instance: Instance, emulator: Emulator): Promise<Outputs> {
  const file = resolve(instance.folder, 'outputs.json');
  // A stack without outputs writes no file, and an old one must not pass for it.
  await rm(file, { force: true });
  await cdk(instance, emulator, [
    'deploy',
    '--all',
    '--require-approval',
    'never',
    '--method',
    'direct',
    '--outputs-file',
    file,
  ]);
  const byStack: Record<string, Outputs> = JSON.parse(await readFile(file, 'utf8'));
  return Object.assign({}, ...Object.values(byStack));
}

/** Runs where the application's `cdk.json` stands, unless the command needs no application. */
async function cdk(instance: Instance, emulator: Emulator, args: readonly string[], cwd = PROJECT): Promise<void> {
  const tool = resolve(PROJECT, 'node_modules/aws-cdk/bin/cdk');
  const quietly = ['--output', resolve(instance.folder, 'cdk.out'), '--no-notices', '--no-version-reporting', '--ci'];
  await output(process.execPath, [tool, ...args, ...quietly], {
    env: cdkEnvironment(instance, emulator.endpoint),
    log: cdkLog(instance),
    name: 'cdk',
    cwd,
  });
}

async function fingerprintOf(instance: Instance, emulator: Emulator): Promise<string> {
  const hash = createHash('sha256')
    .update(emulator.mark)
    .update(await readFile(clientListFile(instance)));
  const files: string[] = [];
  for (const pattern of SOURCES) for await (const file of glob(pattern, { cwd: PROJECT })) files.push(file);
  for (const file of files.filter((name) => !name.startsWith(NOT_DEPLOYED)).sort()) {
    hash.update(`\0${file}\0`).update(await readFile(resolve(PROJECT, file)));
  }
  return hash.digest('hex');
}

const remember = (instance: Instance, deployed: Deployed): Promise<void> =>
  writeFile(deployedFile(instance), JSON.stringify(deployed));
const deployedFile = (instance: Instance): string => resolve(instance.folder, 'deployed.json');
const cdkLog = (instance: Instance): string => resolve(instance.folder, 'cdk.log');
