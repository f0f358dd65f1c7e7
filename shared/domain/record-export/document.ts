import type { Actor } from '../events.ts';
import type { ExportReason } from '../vocabulary.ts';
import type { ExportEntry, ExportMark } from './entry.ts';

/** What is left of a referral whose record was removed: ids and when, and nothing of whom it was about. */
export interface RemovedRecord {
  referralId: string;
  referenceNumber: string;
  removedAt: string;
}

/** Everything held on one person, or as much of it as fits one answer. */
export interface RecordExport {
  exportId: string;
  /** Null where the record was removed: nobody can say any more whose it was. */
  crn: string | null;
  madeAt: string;
  madeBy: Actor;
  reason: ExportReason;
  part: { number: number; of: number };
  legend: { mark: ExportMark; meaning: string }[];
  /** Referrals that other case systems sent: theirs to hand over. */
  heldByOthers: number;
  removed: RemovedRecord[];
  entries: ExportEntry[];
}

/**
 * Entries in their order, as parts none of which is larger than the limit: what is answered at once is bounded, what is
 * held on a person is not. An entry that is larger by itself is a part of its own.
 */
export function partsOf(
  entries: ExportEntry[],
  limit: number,
  sizeOf: (entry: ExportEntry) => number,
): ExportEntry[][] {
  const parts: ExportEntry[][] = [[]];
  let size = 0;
  for (const entry of entries) {
    const own = sizeOf(entry);
    if (size + own > limit && (parts.at(-1)?.length ?? 0) > 0) {
      parts.push([]);
      size = 0;
    }
    parts.at(-1)?.push(entry);
    size += own;
  }
  return parts;
}
