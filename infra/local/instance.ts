import { resolve } from 'node:path';

/** Where the project stands; everything local is written below its `.local` folder and nowhere else. */
export const PROJECT = resolve(import.meta.dirname, '../..');
export const LOCAL = resolve(PROJECT, '.local');

export const REGION = 'eu-west-2';
export const ACCOUNT = '000000000000';
export const LOOPBACK = '127.0.0.1';

/** The instance of `npm start`; the tests and the benchmark use others, so that they never disturb it. */
export const MAIN = 'main';
const DEFAULT_PORT = 4566;

/** One local AWS: a process, its folder and its state file. */
export interface Instance {
  name: string;
  /** Undefined: any free port. */
  port: number | undefined;
  folder: string;
  /** What `npm start` leaves behind for other programs: addresses, names and clients. */
  stackFile: string;
}

export function instanceNamed(name: string = MAIN): Instance {
  if (!/^[a-z][a-z-]*$/.test(name)) throw new LocalAwsError(`"${name}" is not an instance: small letters and hyphens.`);
  const folder = resolve(LOCAL, name);
  return name === MAIN
    ? { name, port: configuredPort(), folder, stackFile: resolve(LOCAL, 'stack.json') }
    : { name, port: undefined, folder, stackFile: resolve(folder, 'stack.json') };
}

/** The clients that the CDK application makes: it reads this list. */
export const clientListFile = (instance: Instance): string => resolve(instance.folder, 'clients.json');

function configuredPort(): number {
  const wanted = process.env.REFERRALS_LOCAL_PORT;
  if (wanted === undefined || wanted === '') return DEFAULT_PORT;
  const port = Number(wanted);
  if (!Number.isInteger(port) || port < 1024 || port > 65535) {
    throw new LocalAwsError(`REFERRALS_LOCAL_PORT is "${wanted}": give a port number from 1024 to 65535.`);
  }
  return port;
}

/** A fault that its reader can mend: shown as one plain message, without a stack trace. */
export class LocalAwsError extends Error {
  override readonly name = 'LocalAwsError';
}
