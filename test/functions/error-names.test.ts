import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { bundleFunctions } from '../../infra/bundle.ts';
import * as errors from '../../shared/contracts/errors.ts';

/**
 * Rule 8: names that machines catch are literals. A minified class has another name, so each error is thrown through
 * the bundle that is deployed: by a function as ours are, with its middleware around it.
 */
const folder = mkdtempSync(join(tmpdir(), 'referrals-error-names-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const root = resolve(import.meta.dirname, '../..');
const sources = join(folder, 'functions');
mkdirSync(join(sources, 'tasks'), { recursive: true });
writeFileSync(
  join(sources, 'tasks', 'throws.ts'),
  `import * as z from '${root}/node_modules/zod/index.js';
import { task } from '${root}/functions/middleware/task.ts';
import * as errors from '${root}/shared/contracts/errors.ts';
import { ProblemError } from '${root}/shared/contracts/problems.ts';
import { PublishFailed } from '${root}/shared/adapters/outbox.ts';

const all: Record<string, () => Error> = {
  PublishFailed: () => new PublishFailed({ id: 'x' } as never, 'x'),
  ProblemError: () => new ProblemError('stale'),
};
for (const [name, thing] of Object.entries(errors)) {
  if (typeof thing === 'function') all[name] = () => new (thing as new (message: string) => Error)('x');
}
const input = z.object({ referralId: z.string() });
export const names = Object.keys(all);
export const handler = task('throws', { input, output: z.unknown() }, async ({ referralId }) => {
  throw all[referralId]?.() ?? new Error('no such error');
});
`,
);
const folderOf = bundleFunctions({
  functions: [{ name: 'throws', folder: 'tasks' }],
  sources,
  outdir: join(folder, 'bundles'),
});
process.env.POWERTOOLS_LOG_LEVEL = 'SILENT';
const bundle: {
  names: string[];
  handler: (event: object, context: object) => Promise<unknown>;
} = await import(pathToFileURL(join(folderOf('throws'), 'index.mjs')).href);

const catalogue = Object.entries(errors).flatMap(([name, thing]) => (typeof thing === 'function' ? [name] : []));

describe('Rule 8: through the bundle that is deployed', () => {
  it('every error of the catalogue is tried', () => expect(bundle.names).toEqual(expect.arrayContaining(catalogue)));

  it.each([...catalogue, 'PublishFailed', 'ProblemError'])('%s keeps its name', async (name) => {
    const thrown = bundle.handler({ referralId: name }, {}).catch((error: Error) => error.name);
    expect(await thrown).toBe(name);
  });

  it('what machines catch and retry is in the catalogue', () => {
    const { superseded, retried } = errors.workflowErrors;
    expect(catalogue).toEqual(expect.arrayContaining([superseded, ...retried]));
  });
});
