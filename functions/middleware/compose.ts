import { clientRegistry } from '../../shared/adapters/clients.ts';
import { clock as clockOf } from '../../shared/adapters/clock.ts';
import { type Database, dynamo } from '../../shared/adapters/dynamo.ts';
import { executions as executionsOf } from '../../shared/adapters/executions.ts';
import { referralReader } from '../../shared/adapters/referral-reader.ts';
import { referrals as referralsOf } from '../../shared/adapters/referrals.ts';
import type { Ports, ReadingPorts } from '../../shared/ports.ts';

/** How a deployed function gets what its factory asks for. Nothing is made before the first invocation. */
export function deployed<Event, Context, Result>(make: () => (event: Event, context: Context) => Result) {
  let made: ReturnType<typeof make> | undefined;
  return (event: Event, context: Context): Result => {
    made ??= make();
    return made(event, context);
  };
}

/** For functions that have to do with everything but referrals. */
export function basics(): Pick<Ports, 'clients' | 'clock'> & { db: Database } {
  const db = dynamo();
  return { db, clock: clockOf(db), clients: clientRegistry(db) };
}

/** For functions that read referrals. */
export function reading(): ReturnType<typeof basics> & Pick<ReadingPorts, 'referrals'> {
  const { db, ...others } = basics();
  return { db, ...others, referrals: referralReader(db) };
}

/** For functions that command: what waits for the outcome is woken. */
export function commanding(): ReturnType<typeof basics> & Pick<Ports, 'executions' | 'referrals'> {
  const { db, clock, clients } = basics();
  const executions = executionsOf({ client: db, clock });
  const referrals = referralsOf({ client: db, clock, executions });
  return { db, clock, clients, referrals, executions };
}
