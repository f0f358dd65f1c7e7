import { createHash } from 'node:crypto';
import { canonical } from '../domain/canonical.ts';

/** Equal values have equal hashes, whatever the order of their keys. */
export const canonicalHash = (value: unknown): string =>
  createHash('sha256').update(canonical(value)).digest('base64url');
