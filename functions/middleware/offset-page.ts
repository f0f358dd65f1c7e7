import type * as z from 'zod';
import { InvalidCursor } from '../../shared/contracts/errors.ts';
import { code } from '../../shared/domain/referral-facts.ts';
import type { Page, PageRequest } from '../../shared/ports.ts';

/**
 * One page of a list that is short enough to be read whole, in the order of its ids: what comes after the id that the
 * cursor names, whether or not that one is still there. `ids` says what an id of the list can be.
 */
export function offsetPage<T extends { id: string }>(
  all: T[],
  { limit, cursor }: PageRequest,
  ids: z.ZodType = code,
): Page<T> {
  const after = cursor ? Buffer.from(cursor, 'base64url').toString() : undefined;
  if (after !== undefined && !ids.safeParse(after).success)
    throw new InvalidCursor('the cursor is not one of this list');
  const next = after === undefined ? 0 : all.findIndex(({ id }) => id > after);
  const from = next === -1 ? all.length : next;
  const items = all.slice(from, from + limit);
  const last = items.at(-1);
  const more = from + limit < all.length;
  return { items, cursor: more && last ? Buffer.from(last.id).toString('base64url') : null };
}
