import { groupSessionReader } from '../../shared/adapters/group-sessions.ts';
import {
  getGroupSession as getContract,
  listGroupSessions as listContract,
} from '../../shared/contracts/routes/group-sessions.ts';
import { groupSessionSummary } from '../../shared/domain/views/group-session-view.ts';
import type { GroupSessionReader, Ports } from '../../shared/ports.ts';
import { basics, deployed } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';
import { ownGroupSession, showGroupSession } from '../middleware/group-sessions.ts';
import { routed } from '../middleware/routed.ts';

type ReadingPorts = Pick<Ports, 'clients'> & { groupSessions: GroupSessionReader };

/** L4: a provider's group sessions, with their places. */
export const listGroupSessions = (ports: ReadingPorts) =>
  endpoint(listContract, ports, async ({ query: { from, ...page }, caller }) => {
    const { items, cursor } = await ports.groupSessions.list(caller.organisation, from, page);
    return { status: status.ok, body: { items: items.map(groupSessionSummary), cursor } };
  });

/** L4: one of them, with the appointments of those who attend. */
export const getGroupSession = (ports: ReadingPorts) =>
  endpoint(getContract, ports, async ({ params: { groupId }, caller }) => {
    const session = ownGroupSession(caller, await ports.groupSessions.find(groupId));
    return { status: status.ok, body: await showGroupSession(ports, session), version: session.version };
  });

export const handler = deployed(() => {
  const { db, clients } = basics();
  const ports = { clients, groupSessions: groupSessionReader(db) };
  return routed([listContract, listGroupSessions(ports)], [getContract, getGroupSession(ports)]);
});
