import { spawn } from 'node:child_process';
import { appendFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { LocalAwsError, PROJECT } from './instance.ts';

/** Runs a program to its end and gives what it printed; when it fails, the error ends with its last lines. */
export async function output(
  program: string,
  args: readonly string[],
  options: { env?: NodeJS.ProcessEnv; cwd?: string; log?: string; name?: string } = {},
): Promise<string> {
  const { env = process.env, cwd = PROJECT, log, name = basename(program) } = options;
  const { code, printed } = await new Promise<{ code: number | null; printed: string }>((done, fail) => {
    const child = spawn(program, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    child.once('error', fail);
    child.once('close', (code) => done({ code, printed: Buffer.concat(chunks).toString('utf8') }));
  });
  if (log) await appendFile(log, `$ ${program} ${args.join(' ')}\n${printed}\n`);
  if (code !== 0) {
    throw new LocalAwsError(
      `${lastLines(printed, 40)}\n\n${name} ended with ${code}.${log ? ` All of it: ${log}` : ''}`,
    );
  }
  return printed;
}

const lastLines = (text: string, count: number): string => text.trimEnd().split('\n').slice(-count).join('\n');
