import type { Registration } from '../../infra/local/clients.ts';
import { addRegistration, registrationsOf } from '../../infra/local/clients.ts';
import { startedEmulator } from '../../infra/local/emulator.ts';
import { instanceNamed } from '../../infra/local/instance.ts';
import { ensureStack, LocalAwsError, stopStack } from '../../infra/local/local-aws.ts';
import { exclusively } from '../../infra/local/lock.ts';

const named = process.env.REFERRALS_TEST_INSTANCE;

/**
 * The tests' own local AWS: its state file tells every test where it is (`readStack({ instance: TEST_INSTANCE })`).
 * One that `REFERRALS_TEST_INSTANCE` names is left running, for whoever repeats a test.
 */
export const TEST_INSTANCE = named ?? 'test';

/** Clients that the sample ones are not: who is someone else, and who is nobody. */
const testClients: readonly Registration[] = [
  { key: 'other-practitioner', role: 'practitioner', organisation: 'probation-service-wales' },
  { key: 'probation-owner', role: 'practitioner', organisation: 'leeds-probation' },
  { key: 'health-owner', role: 'provider', organisation: 'leeds-mental-health' },
  { key: 'told-practitioner', role: 'practitioner', organisation: 'told-probation' },
  { key: 'unregistered', role: 'practitioner', organisation: 'left-the-service' },
  { key: 'wrong-scope', role: 'practitioner', organisation: 'in-another-role' },
];

export default async function setup(): Promise<() => Promise<void>> {
  try {
    await registerTestClients();
    await ensureStack({ instance: TEST_INSTANCE });
  } catch (fault) {
    // A fault here would end the unit tests too. Said once; every end-to-end test then fails for want of the stack.
    console.error(fault instanceof LocalAwsError ? fault.message : fault);
  }
  return async () => {
    if (!named) await stopStack({ instance: TEST_INSTANCE, forget: true });
  };
}

/**
 * As `npm run client:add` does, but before the deployment, which then makes them all at once. A new emulator forgets
 * the clients that were added to the one before, so it is started first.
 */
async function registerTestClients(): Promise<void> {
  const instance = instanceNamed(TEST_INSTANCE);
  await exclusively(instance, async () => {
    await startedEmulator(instance);
    const present = new Set((await registrationsOf(instance)).map(({ key }) => key));
    for (const client of testClients) if (!present.has(client.key)) await addRegistration(instance, client);
  });
}
