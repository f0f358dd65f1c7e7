import { writeCaseNote as contract } from '../../shared/contracts/routes/case-notes.ts';
import { writeCaseNote as decide } from '../../shared/domain/commands/case-notes.ts';
import { allocationFor, changeAllocation } from '../middleware/allocation-commands.ts';
import { type CaseNotePorts, commandingCaseNotes, showCaseNote } from '../middleware/case-notes.ts';
import { deployed } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';

/** L4, O7–O17: writes a case note; sent again with its key, it is the same note. */
export const writeCaseNote = (ports: CaseNotePorts) =>
  endpoint(contract, ports, async (request) => {
    const { params, body, caller } = request;
    const { allocationId } = params;
    const { corrects } = body;
    const former = corrects ? await noteOf(corrects) : undefined;
    const { state, events, replayed } = await changeAllocation(contract, ports, request, decide, { ...body, former });
    const [written] = events.flatMap(({ data }) => ('noteId' in data ? data.noteId : []));
    const note = await ports.caseNotes.find(state.referral, {
      allocationId,
      id: written ?? replayed?.resourceId ?? '',
    });
    return { status: status.ok, body: showCaseNote(note, state, caller) };

    async function noteOf(id: string) {
      const { referral } = await allocationFor(ports, caller, allocationId);
      return ports.caseNotes.find(referral, { allocationId, id });
    }
  });

export const handler = deployed(() => writeCaseNote(commandingCaseNotes()));
