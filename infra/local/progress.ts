import { LocalAwsError } from './instance.ts';

/** Shows one line for a step: its name at once, the time that it took when it is done. */
export async function step<T>(label: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  process.stdout.write(`  ${label} … `);
  try {
    const result = await work();
    process.stdout.write(`${seconds(performance.now() - started)}\n`);
    return result;
  } catch (fault) {
    process.stdout.write('failed\n');
    throw fault;
  }
}

export const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;

/** Runs a command to its end: what the reader can mend is one plain message, anything else keeps its stack. */
export async function run(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (fault) {
    console.error(fault instanceof LocalAwsError ? `\n${fault.message}` : fault);
    process.exitCode = 1;
  }
}
