import { defineConfig } from 'vitest/config';

/**
 * `unit` needs nothing but Node. `e2e` speaks HTTP to the deployed application: its setup brings up a local AWS of its
 * own, beside the one of `npm start`, and ends it afterwards.
 */
export default defineConfig({
  test: {
    reporters: [['default', { summary: false }], './test/reporter.ts'],
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: ['test/e2e/**'], testTimeout: 20_000 },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          globalSetup: './test/e2e/local-aws.setup.ts',
          testTimeout: 60_000,
          hookTimeout: 120_000,
          // Two cores: the files share one local AWS, so more at once only makes each slower.
          maxWorkers: 2,
          // Some tests run functions in their own process, whose log lines and metrics are no part of the report.
          env: { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' },
        },
      },
    ],
  },
});
