import { listCaseNotes as contract } from '../../shared/contracts/routes/case-notes.ts';
import { allocationFor } from '../middleware/allocation-commands.ts';
import { type CaseNoteReadingPorts, readingCaseNotes, showCaseNote } from '../middleware/case-notes.ts';
import { deployed } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';

/** O7–O17: the notes of an allocation, as far as the person who asks may read them. */
export const listCaseNotes = (ports: CaseNoteReadingPorts) =>
  endpoint(contract, ports, async ({ params: { allocationId }, query, caller }) => {
    const state = await allocationFor(ports, caller, allocationId);
    const { items, cursor } = await ports.caseNotes.list(state.referral, allocationId, query);
    return { status: status.ok, body: { items: items.map((note) => showCaseNote(note, state, caller)), cursor } };
  });

export const handler = deployed(() => listCaseNotes(readingCaseNotes()));
