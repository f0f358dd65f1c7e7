import { directory } from '../../shared/adapters/directory.ts';
import { groupSessions } from '../../shared/adapters/group-sessions.ts';
import { canonicalHash } from '../../shared/adapters/hash.ts';
import {
  cancelGroupSession as cancelContract,
  changeGroupSession as changeContract,
  planGroupSession as planContract,
} from '../../shared/contracts/routes/group-sessions.ts';
import {
  cancelGroupSession as decideCancellation,
  changeGroupSession as decideChange,
  planGroupSession as decidePlan,
} from '../../shared/domain/commands/group-sessions.ts';
import type { GroupSession } from '../../shared/domain/group-session.ts';
import type { Ports } from '../../shared/ports.ts';
import { actorOf } from '../middleware/commands.ts';
import { basics, deployed } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';
import { seenBy, showGroupSession } from '../middleware/group-sessions.ts';
import { routed } from '../middleware/routed.ts';

type GroupPorts = Pick<Ports, 'clients' | 'groupSessions'>;

/** L4: plans a group session; sent again with its key, it is the same one. */
export const planGroupSession = (ports: GroupPorts & Pick<Ports, 'directory'>) =>
  endpoint(planContract, ports, async ({ body: command, caller, idempotencyKey: key, traceparent }) => {
    const providerId = caller.organisation;
    const service = await ports.directory.find(command.serviceId);
    const { client } = caller;
    const outcome = await ports.groupSessions.execute(
      undefined,
      {
        diary: () => ({ ...command, providerId }),
        decide: (_none, diary, context) => decidePlan(command, { service, providerId, diary }, context),
      },
      {
        by: actorOf(caller),
        traceparent,
        ...(key
          ? { idempotency: { client, route: planContract.name, key, hash: canonicalHash({ body: command }) } }
          : {}),
      },
    );
    const body = await showGroupSession(ports, outcome);
    return { status: status.created, body, version: body.version, location: `/v1/group-sessions/${body.id}` };
  });

/** L4: moves a group session, has it led by another, or gives it more or fewer places. Its appointments follow. */
export const changeGroupSession = (ports: GroupPorts) =>
  endpoint(changeContract, ports, async ({ params: { groupId }, body: command, caller, ifMatch, traceparent }) => {
    const outcome = await ports.groupSessions.execute(
      groupId,
      {
        diary: (found) => {
          const session = there(found);
          const { caseworkerId = session.caseworkerId, startsAt = session.startsAt } = command;
          return { ...session, caseworkerId, startsAt };
        },
        decide: (session, diary, context) => decideChange(there(session), command, diary, context),
      },
      { by: actorOf(caller), traceparent, precondition: seenBy(caller, ifMatch) },
    );
    const body = await showGroupSession(ports, outcome);
    return { status: status.accepted, body, version: body.version };
  });

/** L4: cancels a group session. Its appointments follow. */
export const cancelGroupSession = (ports: GroupPorts) =>
  endpoint(cancelContract, ports, async ({ params: { groupId }, body: command, caller, ifMatch, traceparent }) => {
    const outcome = await ports.groupSessions.execute(
      groupId,
      {
        diary: there,
        decide: (session, _diary, context) => decideCancellation(there(session), command, context),
      },
      { by: actorOf(caller), traceparent, precondition: seenBy(caller, ifMatch) },
    );
    const body = await showGroupSession(ports, outcome);
    return { status: status.accepted, body, version: body.version };
  });

function there(session: GroupSession | undefined): GroupSession {
  if (!session) throw new Error('the group session is loaded');
  return session;
}

export const handler = deployed(() => {
  const { db, clock, clients } = basics();
  const ports = { clients, groupSessions: groupSessions(db, clock), directory: directory(db, clock) };
  return routed(
    [planContract, planGroupSession(ports)],
    [changeContract, changeGroupSession(ports)],
    [cancelContract, cancelGroupSession(ports)],
  );
});
