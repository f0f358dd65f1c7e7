import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { clockOffset, storeClockOffset } from './clock-offset.ts';
import { instanceNamed, LocalAwsError, MAIN } from './instance.ts';
import { sdkConfig } from './local-only.ts';
import { exclusively } from './lock.ts';
import { readStack, type Stack, writeStack } from './stack-file.ts';

/** A sweep handles a page at a time; a backlog that never ends is a fault, not a reason to go on. */
const MOST_SWEEPS = 200;

/** Moves the application's clock by so many milliseconds (`reset`: back to real time) and does what has become due. */
export function moveClock(by: number | 'reset', { instance: name = MAIN }: { instance?: string } = {}) {
  const instance = instanceNamed(name);
  return exclusively(instance, async () => {
    const stack = await readStack(instance);
    const offset = by === 'reset' ? 0 : (await clockOffset(stack)) + by;
    await storeClockOffset(stack, offset);
    await writeStack(instance, { ...stack, clock: { offset } });
    await sweepUntilDone(stack);
    return { offset, now: new Date(Date.now() + offset) };
  });
}

/** Runs the sweeper, which otherwise runs once a minute, until it finds nothing more that is due. */
export async function sweepUntilDone(stack: Stack): Promise<void> {
  const lambda = new LambdaClient(sdkConfig(stack.endpointUrl));
  try {
    for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
      const { FunctionError, Payload } = await lambda.send(
        new InvokeCommand({ FunctionName: stack.sweeperFunctionName }),
      );
      const answer = new TextDecoder().decode(Payload);
      if (FunctionError) throw new LocalAwsError(`The sweeper failed: ${answer}`);
      if (!(JSON.parse(answer || 'null') as { more?: boolean } | null)?.more) return;
    }
    throw new LocalAwsError(`The sweeper still finds work after ${MOST_SWEEPS} runs.`);
  } finally {
    lambda.destroy();
  }
}
