import type { OnwardLink } from '../onward-link.ts';

type Words = Record<string, string>;

/** O6: an onward link. `words` are where it leads and what was found last, where the reader may see them. */
export function onwardLinkView(link: OnwardLink, { made, found }: { made: Words; found: Words }) {
  const { organisation } = made;
  const { result } = found;
  return { ...link, ...(organisation ? { organisation } : {}), ...(result ? { result } : {}) };
}
