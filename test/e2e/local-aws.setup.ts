import { ensureStack, LocalAwsError, stopStack } from '../../infra/local/local-aws.ts';

/** The tests' own local AWS: its state file tells every test where it is (`readStack({ instance: TEST_INSTANCE })`). */
export const TEST_INSTANCE = 'test';

export default async function setup(): Promise<() => Promise<void>> {
  try {
    await ensureStack({ instance: TEST_INSTANCE });
  } catch (fault) {
    // A fault here would end the unit tests too. Said once; every end-to-end test then fails for want of the stack.
    console.error(fault instanceof LocalAwsError ? fault.message : fault);
  }
  return async () => {
    await stopStack({ instance: TEST_INSTANCE, forget: true });
  };
}
