import { readFile, rename, writeFile } from 'node:fs/promises';
import * as z from 'zod';
import { type Instance, LocalAwsError, MAIN } from './instance.ts';

const Client = z.object({ clientId: z.string(), clientSecret: z.string(), scope: z.string() });

/** What a local start leaves behind for other programs (`.local/stack.json`). */
const Stack = z.object({
  /** Without `/v1` and without a trailing slash. */
  apiUrl: z.url(),
  endpointUrl: z.url(),
  tokenUrl: z.url(),
  region: z.string(),
  tableNames: z.array(z.string()),
  recordTableName: z.string(),
  privateTableName: z.string(),
  eventBusName: z.string(),
  userPoolId: z.string(),
  sweeperFunctionName: z.string(),
  reconcilerFunctionName: z.string(),
  /** Milliseconds by which the application's clock runs ahead. */
  clock: z.object({ offset: z.number() }),
  stateMachineArns: z.record(z.string(), z.string()),
  clients: z.record(z.string(), Client),
});
export type Stack = z.infer<typeof Stack>;
export type Client = z.infer<typeof Client>;

/** The stack that a start left behind. */
export async function readStack(instance: Instance): Promise<Stack> {
  const stack = await stackIfAny(instance);
  if (stack) return stack;
  throw new LocalAwsError(
    `No local stack: ${instance.stackFile} is missing.${instance.name === MAIN ? ' Run `npm start` first.' : ''}`,
  );
}

export async function stackIfAny(instance: Instance): Promise<Stack | undefined> {
  const text = await readFile(instance.stackFile, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : Stack.parse(JSON.parse(text));
}

/** Written beside and moved into place, so that no reader ever sees half of it. */
export async function writeStack(instance: Instance, stack: Stack): Promise<void> {
  const draft = `${instance.stackFile}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(stack, null, 2)}\n`);
  await rename(draft, instance.stackFile);
}
