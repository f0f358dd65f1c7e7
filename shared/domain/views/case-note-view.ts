import { type CaseNote, mayReadNote } from '../case-note.ts';
import type { ReferralState } from '../decision.ts';
import type { Actor } from '../events.ts';

/** O14, O15: a note as its reader may see it, or that there is one. */
export function caseNoteView(note: CaseNote, state: ReferralState, reader: Pick<Actor, 'organisation' | 'person'>) {
  const { id, allocationId, writtenAt, subject, text, outputRow, corrects, organisation, person } = note;
  const known = { id, allocationId, writtenAt };
  if (!mayReadNote(note, state, reader)) return { ...known, withheld: true as const };
  // A person's id means something to its own organisation alone.
  const isOwn = organisation === reader.organisation;
  return {
    ...known,
    withheld: false as const,
    subject,
    text,
    outputRow: outputRow ?? null,
    corrects: corrects ?? null,
    ...(isOwn && person ? { writtenBy: person } : {}),
  };
}
