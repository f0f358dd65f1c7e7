import type { Page, PageRequest } from '../../shared/ports.ts';

/** How many pages one request reads on through, when a filter passes most of them over. */
const mostRounds = 10;

/**
 * A page of what a filter keeps. An index page that the filter empties is read past, so a caller who looks for one
 * thing gets it at once; after some rounds what there is is answered, and the cursor says that there may be more.
 */
export async function filledPage<T>(
  read: (request: PageRequest) => Promise<Page<T>>,
  { limit, cursor }: PageRequest,
  keep: (item: T) => boolean,
): Promise<Page<T>> {
  const items: T[] = [];
  let next: string | null = cursor ?? null;
  for (let round = 0; round < mostRounds; round += 1) {
    const page: Page<T> = await read({ limit: limit - items.length, cursor: next ?? undefined });
    items.push(...page.items.filter(keep));
    next = page.cursor;
    if (next === null || items.length >= limit) break;
  }
  return { items, cursor: next };
}
