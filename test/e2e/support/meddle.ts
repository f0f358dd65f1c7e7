import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { SFNClient } from '@aws-sdk/client-sfn';

/** One call of an SDK client on its way to the service. */
export interface Call {
  /** For example `TransactWriteItemsCommand`. */
  command: string;
  input: object;
  /** The how manieth call of this client it is, from 1. */
  number: number;
  /** Lets the service carry it out, and gives its answer. */
  carryOut(): Promise<object>;
}

export type Meddler = (call: Call) => Promise<object>;
type Client = DynamoDBClient | SFNClient;

/** Stands between the application and the SDK: what it throws is what the SDK gives up with, after all its attempts. */
export const aboveRetries = (act: Meddler) => between(act, { step: 'initialize', priority: 'low' });

/** Stands between the SDK and the service: every single attempt passes here, and what it throws may be tried again. */
export const belowRetries = (act: Meddler) => between(act, { step: 'finalizeRequest', priority: 'low' });

const between = (act: Meddler, where: { step: 'initialize' | 'finalizeRequest'; priority: 'low' }) => {
  let number = 0;
  return (client: Client): void => {
    const { middlewareStack } = client as DynamoDBClient;
    middlewareStack.add(
      (next, context) => async (args) => {
        number += 1;
        let result: Awaited<ReturnType<typeof next>> | undefined;
        const output = await act({
          command: context.commandName ?? '',
          input: args.input,
          number,
          carryOut: async () => {
            result = await next(args);
            return result.output;
          },
        });
        if (!result) throw new Error('a call that was not carried out has no answer');
        return { ...result, output: output as typeof result.output };
      },
      { ...where, name: 'meddle' } as { step: 'initialize'; priority: 'low'; name: string },
    );
  };
};

/** What a process meets that has ended: whatever it asks, nothing happens. */
export class Crash extends Error {}

/** A process that ends at the call that is meant, before or after the service has carried it out. */
export function dying(when: 'before' | 'after', isMeant: string | ((call: Call) => boolean)) {
  let dead = false;
  const meant = typeof isMeant === 'string' ? ({ command }: Call) => command === isMeant : isMeant;
  const act: Meddler = async (call) => {
    if (!dead && !meant(call)) return call.carryOut();
    if (!dead && when === 'after') await call.carryOut();
    dead = true;
    throw new Crash(`${when} ${call.command}`);
  };
  return { dynamo: aboveRetries(act), stepFunctions: aboveRetries(act), isDead: () => dead };
}
