import { clientRegistry } from '../../shared/adapters/clients.ts';
import { clock as clockOf } from '../../shared/adapters/clock.ts';
import { type Database, dynamo } from '../../shared/adapters/dynamo.ts';
import { executions as executionsOf } from '../../shared/adapters/executions.ts';
import { referrals as referralsOf } from '../../shared/adapters/referrals.ts';
import type { Ports } from '../../shared/ports.ts';

/** How a deployed function gets what its factory asks for. Nothing is made before the first invocation. */
export function deployed<Event, Context, Result>(make: () => (event: Event, context: Context) => Result) {
  let made: ReturnType<typeof make> | undefined;
  return (event: Event, context: Context): Result => {
    made ??= make();
    return made(event, context);
  };
}

/** For functions that read. */
export function reading(): Pick<Ports, 'clients' | 'clock' | 'referrals'> & { db: Database } {
  const db = dynamo();
  const clock = clockOf(db);
  return { db, clock, clients: clientRegistry(db), referrals: referralsOf({ client: db, clock }) };
}

/** For functions that command: what waits for the outcome is woken. */
export function commanding(): ReturnType<typeof reading> & Pick<Ports, 'executions'> {
  const db = dynamo();
  const clock = clockOf(db);
  const executions = executionsOf({ client: db, clock });
  const referrals = referralsOf({ client: db, clock, executions });
  return { db, clock, clients: clientRegistry(db), referrals, executions };
}
