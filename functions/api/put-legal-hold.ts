import { legalHolds } from '../../shared/adapters/legal-holds.ts';
import { putLegalHold as contract } from '../../shared/contracts/routes/records.ts';
import type { LegalHolds } from '../../shared/ports/records.ts';
import type { Ports } from '../../shared/ports.ts';
import { actorOf } from '../middleware/commands.ts';
import { basics, deployed } from '../middleware/compose.ts';
import { endpoint, status } from '../middleware/endpoint.ts';

/**
 * Places or lifts the legal hold on a person. It may stand on anyone, whether anything is held on them or not: so whoever
 * places it learns nothing, and what comes later is under it too. Asked twice, the same stands.
 */
export const putLegalHold = (ports: Pick<Ports, 'clients' | 'clock'> & { holds: LegalHolds }) =>
  endpoint(contract, ports, async ({ body: { crn: given, held, reason }, caller }) => {
    const crn = given.toUpperCase();
    const change = { since: (await ports.clock.now()).toISOString(), by: actorOf(caller), reason };
    if (!held) {
      await ports.holds.lift(crn, change);
      return { status: status.ok, body: { crn, held, hold: null } };
    }
    return { status: status.ok, body: { crn, held, hold: await ports.holds.place(crn, change) } };
  });

export const handler = deployed(() => {
  const { db, clock, clients } = basics();
  return putLegalHold({ clock, clients, holds: legalHolds(db) });
});
