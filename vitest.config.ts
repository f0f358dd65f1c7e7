import { defineConfig } from 'vitest/config';

/** What speaks to the deployed application; its setup brings up a local AWS for it, and ends it afterwards. */
const onTheStack = {
  globalSetup: './test/e2e/local-aws.setup.ts',
  hookTimeout: 120_000,
  // Some tests run functions in their own process, whose log lines and metrics are no part of the report.
  env: { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' },
};

/**
 * `unit` needs nothing but Node. `e2e` speaks HTTP to the deployed application, beside the one of `npm start`; what
 * changes it for everyone, its clock or its configuration, is `e2e-alone` and comes after all the others.
 */
export default defineConfig({
  test: {
    reporters: [['default', { summary: false }], './test/reporter.ts'],
    // Two cores do most at twos: files on the stack share one local AWS, so more at once only makes each slower.
    maxWorkers: 2,
    // Patience for a slow machine; nothing is asserted about time.
    testTimeout: 60_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**'],
          // No file changes what another imports, so each module is read once for all of them: half the time.
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          ...onTheStack,
          name: 'e2e',
          include: ['test/e2e/*.test.ts'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          ...onTheStack,
          name: 'e2e-alone',
          include: ['test/e2e/alone/*.test.ts'],
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
