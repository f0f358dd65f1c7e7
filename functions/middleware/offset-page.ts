import { InvalidCursor } from '../../shared/contracts/errors.ts';
import type { Page, PageRequest } from '../../shared/ports.ts';

/** One page of a list that is short enough to be read whole, after the item that the cursor names. */
export function offsetPage<T extends { id: string }>(all: T[], { limit, cursor }: PageRequest): Page<T> {
  const after = cursor ? Buffer.from(cursor, 'base64url').toString() : undefined;
  const from = after === undefined ? 0 : all.findIndex(({ id }) => id === after) + 1;
  if (after !== undefined && from === 0) throw new InvalidCursor('the cursor names nothing in this list');
  const items = all.slice(from, from + limit);
  const last = items.at(-1);
  const more = from + limit < all.length;
  return { items, cursor: more && last ? Buffer.from(last.id).toString('base64url') : null };
}
