/**
 * A fair order of equals: always the same for one referral, another for the next, so that nobody starves. Lower comes
 * first.
 */
export function tieBreak(referralId: string): (text: string) => number {
  const seed = fnv1a(`${referralId}/`);
  return (text) => mixed(fnv1a(text, seed));
}

/** Ids that differ in their last character alone, as `homes-1` and `homes-2`, must come first equally often. */
function mixed(hash: number): number {
  const once = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  const twice = Math.imul(once ^ (once >>> 15), 0x846ca68b);
  return (twice ^ (twice >>> 16)) >>> 0;
}

/** The hash of the referral's id goes on into that of the text. */
function fnv1a(text: string, seed = 0x811c9dc5): number {
  let hash = seed;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash;
}
