/**
 * The local AWS as one thing: what `npm start`, the tests, the demo and the benchmark share.
 *
 * An instance is a name; `main` belongs to `npm start`. Others take a free port and a folder of their own, so that a
 * test run never disturbs what a developer has running.
 */
import { rm } from 'node:fs/promises';
import { registeredClients, registrationsOf, writeClientList } from './clients.ts';
import { clockOffset } from './clock-offset.ts';
import { deployed, type Outputs } from './deploy.ts';
import { startedEmulator, stoppedEmulator } from './emulator.ts';
import { instanceNamed, LocalAwsError, REGION } from './instance.ts';
import { refuseForeignEnvironment } from './local-only.ts';
import { exclusively } from './lock.ts';
import { step } from './progress.ts';
import { seedDirectory } from './seed.ts';
import { readStack as readStackOf, type Stack, stackIfAny, writeStack } from './stack-file.ts';

export { LocalAwsError } from './instance.ts';
export type { Stack } from './stack-file.ts';
export { clientNamed, token } from './token.ts';

interface Options {
  instance?: string;
}

/** Brings the instance up, deploys what has changed and answers where everything is. Repeating it is cheap. */
export function ensureStack({ instance: name }: Options = {}): Promise<Stack> {
  refuseForeignEnvironment();
  const instance = instanceNamed(name);
  return exclusively(instance, async () => {
    const emulator = await startedEmulator(instance);
    const registrations = await registrationsOf(instance);
    await writeClientList(instance, registrations);
    const { outputs, changed } = await deployed(instance, emulator);
    const present = await stackIfAny(instance);
    if (present && !changed) return present;

    const places = placesOf(outputs, emulator.endpoint);
    const clients = await step('Register the clients', () => registeredClients(places, registrations));
    const stack = { ...places, clock: { offset: await clockOffset(places) }, clients };
    await step('Seed the sample directory', () => seedDirectory(stack));
    await writeStack(instance, stack);
    return stack;
  });
}

/** Where the instance's running stack is; refuses when there is none. */
export const readStack = ({ instance }: Options = {}): Promise<Stack> => readStackOf(instanceNamed(instance));

/** Ends the instance; answers whether it was running. `forget` removes its folder too. */
export function stopStack({ instance: name, forget = false }: Options & { forget?: boolean } = {}): Promise<boolean> {
  const instance = instanceNamed(name);
  return exclusively(instance, async () => {
    const wasRunning = await stoppedEmulator(instance);
    if (forget) await rm(instance.folder, { recursive: true, force: true });
    return wasRunning;
  });
}

/** The emulator serves an HTTP API below a path, since not every machine resolves names under `localhost`. */
function placesOf(outputs: Outputs, endpoint: string) {
  const apiId = outputs.ApiId ?? new URL(needed(outputs, 'ApiUrl')).hostname.split('.')[0];
  const recordTableName = needed(outputs, 'RecordTableName');
  const privateTableName = needed(outputs, 'PrivateTableName');
  return {
    apiUrl: `${endpoint}/_aws/execute-api/${apiId}`,
    endpointUrl: endpoint,
    tokenUrl: `${endpoint}/oauth2/token`,
    region: REGION,
    tableNames: [recordTableName, privateTableName],
    recordTableName,
    privateTableName,
    eventBusName: needed(outputs, 'EventBusName'),
    userPoolId: needed(outputs, 'UserPoolId'),
    sweeperFunctionName: needed(outputs, 'SweeperFunctionName'),
    reconcilerFunctionName: needed(outputs, 'ReconcilerFunctionName'),
    stateMachineArns: stateMachines(outputs),
  };
}

/** `StateMachineReferralLifecycleArn` is the machine `referral-lifecycle`. */
function stateMachines(outputs: Outputs): Record<string, string> {
  return Object.fromEntries(
    Object.entries(outputs).flatMap(([name, arn]) => {
      const machine = /^StateMachine(.+)Arn$/.exec(name)?.[1];
      return machine ? [[machine.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase(), arn]] : [];
    }),
  );
}

function needed(outputs: Outputs, name: string): string {
  const value = outputs[name];
  if (value === undefined) throw new LocalAwsError(`The application has no output "${name}".`);
  return value;
}
