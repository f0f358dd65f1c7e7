import * as z from 'zod';

/** What a function is told of its surroundings: parsed once, at its first use, and a missing name fails loudly. */
const schema = z.object({
  RECORD_TABLE: z.string().min(1),
  PRIVATE_TABLE: z.string().min(1).default('not-granted'),
  EVENT_BUS_NAME: z.string().min(1).default('not-granted'),
  LIFECYCLE_ARN: z.string().default('not-granted'),
  DELIVERY_ARN: z.string().default('not-granted'),
  CLOCK: z.enum(['system', 'stored']).default('system'),
  AWS_REGION: z.string().default('eu-west-2'),
  /** Passes through the machine after which an execution hands over to a fresh one (rule 5). */
  SEGMENT_PASSES: z.coerce.number().int().min(2).default(400),
  /** The release of the definitions that new executions run: one of an older release hands over (rule 5). */
  DEFINITION_RELEASE: z.coerce.number().int().min(1).default(1),
});

let parsed: z.infer<typeof schema> | undefined;
export function config(): z.infer<typeof schema> {
  parsed ??= schema.parse(process.env);
  return parsed;
}
