import { type ParseArgsConfig, parseArgs } from 'node:util';
import { LocalAwsError } from './instance.ts';

type Options = NonNullable<ParseArgsConfig['options']>;

/** Reads a command's arguments; `--help` shows the usage and ends. What the command does not know is refused. */
export function commandLine<const O extends Options>(usage: string, options?: O, allowPositionals = false) {
  const known = { ...options, help: { type: 'boolean', short: 'h' } } as O & { help: { type: 'boolean'; short: 'h' } };
  const args = parsed(usage, known, allowPositionals);
  if ((args.values as { help?: boolean }).help) {
    console.log(usage);
    process.exit(0);
  }
  return args;
}

function parsed<const O extends Options>(usage: string, options: O, allowPositionals: boolean) {
  try {
    return parseArgs({ options, allowPositionals, strict: true });
  } catch (fault) {
    console.error(`${(fault as Error).message}\n\n${usage}`);
    process.exit(2);
  }
}

/** For a value that only the command itself can judge. */
export const usageFault = (message: string, usage: string) => new LocalAwsError(`${message}\n\n${usage}`);
