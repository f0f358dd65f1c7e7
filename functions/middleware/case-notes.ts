import { caseNotes as caseNotesOf } from '../../shared/adapters/case-notes.ts';
import { NotFound } from '../../shared/contracts/errors.ts';
import type { CaseNoteView } from '../../shared/contracts/views/case-note.ts';
import type { CaseNote } from '../../shared/domain/case-note.ts';
import { caseNoteView } from '../../shared/domain/views/case-note-view.ts';
import type { Caller, Ports } from '../../shared/ports.ts';
import {
  type AllocationPorts,
  type AllocationReadingPorts,
  allocationsFrom,
  type Delivering,
} from './allocation-commands.ts';
import { commanding, reading } from './compose.ts';

type Notes = Pick<Ports, 'caseNotes'>;
export type CaseNotePorts = AllocationPorts & Notes;
export type CaseNoteReadingPorts = AllocationReadingPorts & Notes;

/** How the functions on case notes are put together. */
export const commandingCaseNotes = (): CaseNotePorts => {
  const ports = commanding();
  return { ...allocationsFrom(ports), caseNotes: caseNotesOf(ports.db) };
};
export const readingCaseNotes = (): CaseNoteReadingPorts => {
  const ports = reading();
  return { ...allocationsFrom(ports), caseNotes: caseNotesOf(ports.db) };
};

/** A note as the caller's person may see it. */
export function showCaseNote(note: CaseNote | undefined, state: Delivering, caller: Caller): CaseNoteView {
  if (!note) throw new NotFound('there is no such note');
  return caseNoteView(note, state, caller);
}
