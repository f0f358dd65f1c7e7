import type * as z from 'zod';

/**
 * Says a schema the way people read it: a format instead of the expression that spells it out, leap years and all, and
 * no bounds that are only those of the language. Every moment is in UTC.
 */
export function readable(schema: z.core.JSONSchema.BaseSchema): void {
  const { format, pattern, minimum, maximum } = schema;
  if (format === 'uuid' || format === 'date') delete schema.pattern;
  if (format === 'date-time' && pattern?.includes('02-29')) schema.pattern = 'Z$';
  if (minimum === Number.MIN_SAFE_INTEGER) delete schema.minimum;
  if (maximum === Number.MAX_SAFE_INTEGER) delete schema.maximum;
}
