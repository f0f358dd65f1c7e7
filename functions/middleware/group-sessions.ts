import { NotFound } from '../../shared/contracts/errors.ts';
import { ProblemError } from '../../shared/contracts/problems.ts';
import { isRefusal, type Refusal } from '../../shared/domain/decision.ts';
import type { GroupSession } from '../../shared/domain/group-session.ts';
import { groupSessionView } from '../../shared/domain/views/group-session-view.ts';
import type { Caller, Ports } from '../../shared/ports.ts';
import { refused } from './commands.ts';

/** A group session is its provider's; to anybody else there is none (architecture rule 9). */
export function ownGroupSession({ organisation }: Caller, session: GroupSession | undefined): GroupSession {
  if (session?.providerId !== organisation) throw new NotFound('none of theirs');
  return session;
}

/** It is theirs, and they have seen this version of it. */
export const seenBy =
  (caller: Caller, ifMatch: number | null | undefined) =>
  (session: GroupSession): void => {
    if (ownGroupSession(caller, session).version !== ifMatch) throw new ProblemError('stale');
  };

export async function showGroupSession(
  { groupSessions }: { groupSessions: Pick<Ports['groupSessions'], 'place'> },
  outcome: GroupSession | Refusal,
) {
  if (isRefusal(outcome)) throw refused(outcome);
  return groupSessionView(outcome, await groupSessions.place(outcome.id));
}
