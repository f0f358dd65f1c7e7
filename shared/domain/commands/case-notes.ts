import { type CaseNote, caseNoteKey, mayReadNote } from '../case-note.ts';
import { type Decide, refuse } from '../decision.ts';
import { timeOrderedId } from '../time-ordered-id.ts';

export interface WriteCaseNote {
  subject: string;
  text: string;
  outputRow?: CaseNote['outputRow'];
  corrects?: string | undefined;
  /** The note that is corrected, if the allocation has one of that id. */
  former?: CaseNote | undefined;
}

/**
 * L4, O7–O17: the provider writes a note, as long as it sees the allocation: what it learns in a pause or after the end
 * is worth keeping. A correction stands beside what it corrects, and in its row where it names no other. Refusals:
 * `Contradiction` for a note that the writer may not read.
 */
export const writeCaseNote: Decide<WriteCaseNote> = (state, command, { by, now, newId }) => {
  const { allocation } = state;
  if (!allocation) throw new Error('the allocation is not loaded');
  const { subject, text, corrects, former } = command;
  if (corrects && !(former && mayReadNote(former, state, by))) {
    const faults = [{ pointer: '/corrects', detail: 'is no note of this allocation that is yours to read' }];
    return refuse('Contradiction', 'The note that it corrects cannot be found.', { faults });
  }
  const outputRow = command.outputRow ?? former?.outputRow;
  const note: CaseNote = {
    id: timeOrderedId(now, newId()),
    allocationId: allocation.id,
    subject,
    text,
    ...(outputRow ? { outputRow } : {}),
    ...(corrects ? { corrects } : {}),
    writtenAt: now.toISOString(),
    organisation: by.organisation,
    ...(by.person ? { person: by.person } : {}),
  };
  return [
    {
      type: 'case-note.written.v1',
      data: { allocationId: allocation.id, noteId: note.id },
      keeps: { key: caseNoteKey(note), words: note },
    },
  ];
};
