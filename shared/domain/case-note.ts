import * as z from 'zod';
import type { ReferralState } from './decision.ts';
import type { Actor } from './events.ts';
import { outputRows, sensitiveRows } from './vocabulary.ts';

/**
 * O7–O17: what a provider writes down about its work with a person. All of it is private, the row too: the record has
 * only that there is one. It never changes; a correction is a note of its own. Its id begins with the time.
 */
export const caseNote = z.strictObject({
  id: z.uuid(),
  allocationId: z.uuid(),
  subject: z.string(),
  text: z.string(),
  outputRow: z.enum(outputRows).optional(),
  /** The note that it corrects. */
  corrects: z.uuid().optional(),
  writtenAt: z.iso.datetime(),
  organisation: z.string(),
  /** Who wrote it, as far as its organisation's system said. */
  person: z.string().optional(),
});
export type CaseNote = z.infer<typeof caseNote>;

/** Under which keys the private table has the notes of an allocation, in the order of time. */
export const caseNotesKey = (allocationId: string): string => `CASE-NOTE#${allocationId}#`;
export const caseNoteKey = ({ id, allocationId }: Pick<CaseNote, 'id' | 'allocationId'>): string =>
  `${caseNotesKey(allocationId)}${id}`;

/**
 * O14, O15: what is written about these is for a person, not for a system: for who wrote it, for the allocation's
 * caseworker as it is now, and for the referral's practitioner. Of the two organisations, anyone else, and a system that
 * does not say for whom it asks, learns only that there is a note.
 */
export function mayReadNote(
  { outputRow, organisation, person }: CaseNote,
  { referral, allocation }: ReferralState,
  reader: Pick<Actor, 'organisation' | 'person'>,
): boolean {
  const isSensitive = sensitiveRows.some((row) => row === outputRow);
  if (!isSensitive) return true;
  if (!reader.person) return false;
  const isWriter = reader.organisation === organisation && reader.person === person;
  const isCaseworker = reader.organisation === allocation?.providerId && reader.person === allocation.caseworkerId;
  const isPractitioner =
    reader.organisation === referral.organisation && reader.person === referral.facts.practitioner?.id;
  return isWriter || isCaseworker || isPractitioner;
}
