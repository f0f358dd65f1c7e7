/**
 * Errors that cross a boundary: thrown here, told apart there by name, so each name is a literal (minified class names
 * are not names). A state machine's `Catch` and `Retry` name them from this one catalogue (architecture rule 8).
 */

/** There is no such thing, or it is not the caller's: the two are never told apart. */
export class NotFound extends Error {
  override readonly name = 'NotFound';
}

/** Others were quicker too many times in a row; the same request may be sent again. */
export class TooMuchContention extends Error {
  override readonly name = 'TooMuchContention';
}

/** A service that we call is down or overloaded; the same call may work later. */
export class TransientFault extends Error {
  override readonly name = 'TransientFault';
}

/** The same key came with another request. */
export class IdempotencyKeyReused extends Error {
  override readonly name = 'IdempotencyKeyReused';
}

/** The execution that asks is not the one that the record names: a later segment has taken over (rule 5). */
export class SegmentSuperseded extends Error {
  override readonly name = 'SegmentSuperseded';
}

/** The last place of a service went to someone else between the look and the offer. */
export class PlaceTaken extends Error {
  override readonly name = 'PlaceTaken';
}

/** A cursor that was not given out by us. */
export class InvalidCursor extends Error {
  override readonly name = 'InvalidCursor';
}

/** What a task function may throw at a machine: it ends quietly on the first, and tries the others again. */
export const workflowErrors = {
  superseded: 'SegmentSuperseded',
  retried: ['TransientFault', 'TooMuchContention', 'PlaceTaken'],
} as const;
