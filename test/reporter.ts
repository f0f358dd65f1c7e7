import type { Reporter, TestModule } from 'vitest/node';

/**
 * Ends the run with one plain line, `N passed, N failed`, for scripts and people in a hurry. A file that could not be
 * loaded, a hook that failed and an error outside any test each count as a failure: a broken run never looks clean.
 */
export default class LastLineReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errorsOutsideTests: readonly unknown[]): void {
    const results = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state));
    const suites = modules.flatMap((module) => [module, ...module.children.allSuites()]);
    const broken = suites.filter((suite) => suite.errors().length > 0).length;
    const passed = results.filter((state) => state === 'passed').length;
    const failed = results.filter((state) => state === 'failed').length + broken + errorsOutsideTests.length;

    // Written as the process ends, so that no other reporter and no teardown prints after it.
    process.once('exit', (code) => {
      const failures = failed === 0 && code !== 0 ? 1 : failed;
      process.stdout.write(`${passed} passed, ${failures} failed\n`);
    });
  }
}
