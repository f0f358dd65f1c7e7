import middy from '@middy/core';
import type * as z from 'zod';
import { isTransient } from '../../shared/adapters/transient.ts';
import { TransientFault } from '../../shared/contracts/errors.ts';
import { logger, note, observe } from './observe.ts';

/**
 * A function that a state machine calls (architecture rule 8): input and output parsed, errors thrown, never answered.
 * What passes by itself is thrown under the one name that machines retry.
 */
export function task<Input extends z.ZodType<{ referralId: string }>, Output extends z.ZodType>(
  name: string,
  { input, output }: { input: Input; output: Output },
  run: (input: z.output<Input>) => Promise<z.input<Output>>,
) {
  return middy<unknown, z.output<Output>>()
    .use(observe(name))
    .onError(({ error }) => {
      if (error && isTransient(error)) throw new TransientFault(error.name);
      if (error && !quiet.has(error.name)) logger.error('task failed', { errorName: error.name });
    })
    .handler(async (event) => {
      const asked = input.parse(event);
      note({ referralId: asked.referralId });
      return output.parse(await run(asked));
    });
}

/** Thrown in the ordinary course of things: the machine knows what to do. */
const quiet = new Set(['SegmentSuperseded', 'PlaceTaken', 'TooMuchContention']);
