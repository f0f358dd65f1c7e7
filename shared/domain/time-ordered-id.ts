/**
 * A random id whose order is that of time: a UUID of version 7 (RFC 9562), which begins with the milliseconds. `id` is a
 * random one of version 4; what is random in it stays.
 */
export function timeOrderedId(now: Date, id: string): string {
  const time = now.getTime().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${id.slice(15)}`;
}
