import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { repair, repairs } from './emulator-repairs.ts';
import { LOCAL, LocalAwsError } from './instance.ts';
import { step } from './progress.ts';
import { output } from './subprocess.ts';

const VENV = resolve(LOCAL, 'venv');
const REQUIREMENTS = resolve(import.meta.dirname, 'requirements.txt');
const MARKER = resolve(VENV, 'installed');
const OLDEST_PYTHON = [3, 10] as const;

/** The emulator's interpreter, in a virtual environment of the project's own; installed when missing or outdated. */
export async function installedEmulator(): Promise<string> {
  const python = resolve(VENV, 'bin/python');
  const wanted = createHash('sha256')
    .update(await readFile(REQUIREMENTS))
    .update(JSON.stringify(repairs))
    .digest('hex');
  const present = await readFile(MARKER, 'utf8').catch(() => '');
  if (present !== wanted) await step('Install the local AWS (first time only)', () => install(python, wanted));
  return python;
}

async function install(python: string, marker: string): Promise<void> {
  const system = await systemPython();
  await rm(VENV, { recursive: true, force: true });
  await output(system, ['-m', 'venv', VENV]).catch((fault: Error) => {
    throw new LocalAwsError(
      `Python's venv module does not work (on Debian and Ubuntu: \`apt install python3-venv\`).\n${fault.message}`,
    );
  });
  await output(
    python,
    [
      '-m',
      'pip',
      'install',
      '--require-hashes',
      '--only-binary',
      ':all:',
      '--disable-pip-version-check',
      '--no-input',
      '-r',
      REQUIREMENTS,
    ],
    { env: { ...process.env, PIP_CACHE_DIR: resolve(LOCAL, 'pip-cache') } },
  );
  await repair(await sitePackages(python));
  await writeFile(MARKER, marker);
}

/** The first Python that is new enough; `PYTHON` names one that is not on the path. */
async function systemPython(): Promise<string> {
  const candidates = process.env.PYTHON ? [process.env.PYTHON] : ['python3', 'python'];
  const found: string[] = [];
  for (const candidate of candidates) {
    const version = await output(candidate, ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])']).catch(
      () => '',
    );
    const [major = 0, minor = 0] = version.trim().split('.').map(Number);
    if (major === OLDEST_PYTHON[0] && minor >= OLDEST_PYTHON[1]) return candidate;
    if (version) found.push(`${candidate} is ${version.trim()}`);
  }
  throw new LocalAwsError(
    `The local AWS needs Python ${OLDEST_PYTHON.join('.')} or newer (${found.join(', ') || `no ${candidates.join(' or ')} found`}). ` +
      'Install it, or name one: PYTHON=/path/to/python3 npm start',
  );
}

async function sitePackages(python: string): Promise<string> {
  return (await output(python, ['-c', 'import sysconfig; print(sysconfig.get_paths()["purelib"])'])).trim();
}
