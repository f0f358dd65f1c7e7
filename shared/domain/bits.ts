/** Small sets as bits of one number: quick to compare where there are many. */

export const sizeOf = (bits: number): number => {
  let size = 0;
  for (let left = bits; left > 0; left &= left - 1) size += 1;
  return size;
};

export const firstOf = (bits: number): number => bits & -bits;

/** The bits of all of a list's items. */
export const allOf = (items: readonly unknown[]): number => 2 ** items.length - 1;
