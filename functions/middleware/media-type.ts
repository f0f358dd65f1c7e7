/**
 * Whether a caller would rather have another representation than plain JSON: it names that type, and no less gladly
 * than JSON (RFC 9110, Accept). Who names neither, or anything, gets JSON.
 */
export function prefers(accept: string | undefined, mediaType: string): boolean {
  const ranges = (accept ?? '').split(',').map(rangeOf);
  const qualityOf = (type: string): number => ranges.find((range) => range.type === type)?.quality ?? 0;
  const wanted = qualityOf(mediaType);
  return wanted > 0 && wanted >= qualityOf('application/json');
}

function rangeOf(text: string): { type: string; quality: number } {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
  return { type, quality: quality === undefined ? 1 : Number(quality) || 0 };
}
