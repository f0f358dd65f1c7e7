/** Errors that cross a boundary. Each name is a literal, because minified class names are not names. */

/** There is no such thing, or it is not the caller's: the two are never told apart. */
export class NotFound extends Error {
  override readonly name = 'NotFound';
}

/** Others were quicker too many times in a row; the same request may be sent again. */
export class TooMuchContention extends Error {
  override readonly name = 'TooMuchContention';
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
