import { ensureStack, stopStack } from '../../infra/local/local-aws.ts';

/** The tests' own local AWS: its state file tells every test where it is (`readStack({ instance: TEST_INSTANCE })`). */
export const TEST_INSTANCE = 'test';

export default async function setup(): Promise<() => Promise<void>> {
  await ensureStack({ instance: TEST_INSTANCE });
  return async () => {
    await stopStack({ instance: TEST_INSTANCE, forget: true });
  };
}
