import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { bundleFunctions } from '../../infra/bundle.ts';
import { allFunctions } from '../../infra/functions.ts';
import { allEndpoints } from '../../shared/contracts/routes/index.ts';

const sources = mkdtempSync(join(tmpdir(), 'referrals-sources-'));
mkdirSync(join(sources, 'api'));
mkdirSync(join(sources, 'tasks'));
writeFileSync(join(sources, 'shared.ts'), "export const greet = (name: string): string => 'hello ' + name;");
for (const file of ['api/greet.ts', 'tasks/greet-again.ts']) {
  writeFileSync(
    join(sources, file),
    "import { greet } from '../shared.ts';\nexport const handler = async (name: string) => greet(name);",
  );
}
const bundle = () => {
  const outdir = mkdtempSync(join(tmpdir(), 'referrals-bundles-'));
  const folderOf = bundleFunctions({
    functions: [
      { name: 'greet', folder: 'api' },
      { name: 'greet-again', folder: 'tasks' },
    ],
    sources,
    outdir,
    files: { greet: { 'about.json': '{}' } },
  });
  return { outdir, folderOf };
};

describe('Bundling', () => {
  const { outdir, folderOf } = bundle();

  it('gives each function a folder with all that it needs and nothing else', async () => {
    expect(readdirSync(folderOf('greet')).sort()).toEqual(['about.json', 'index.mjs']);
    expect(readdirSync(folderOf('greet-again'))).toEqual(['index.mjs']);
    const { handler } = await import(pathToFileURL(join(folderOf('greet-again'), 'index.mjs')).href);
    expect(await handler('you')).toBe('hello you');
  });

  it('is the same for the same sources, so that nothing is deployed anew without a reason', () => {
    const again = bundle();
    expect(readFileSync(join(again.folderOf('greet'), 'index.mjs'))).toEqual(
      readFileSync(join(folderOf('greet'), 'index.mjs')),
    );
  });

  it('says what went into each', () => {
    const { outputs } = JSON.parse(readFileSync(join(outdir, 'meta.json'), 'utf8'));
    expect(Object.keys(outputs)).toHaveLength(2);
  });
});

describe('The project’s own bundles', () => {
  const outdir = mkdtempSync(join(tmpdir(), 'referrals-bundles-'));
  const functions = allFunctions(allEndpoints);
  let outputs: Record<string, { inputs: object }>;

  beforeAll(() => {
    bundleFunctions({ functions, sources: join(import.meta.dirname, '../../functions'), outdir });
    ({ outputs } = JSON.parse(readFileSync(join(outdir, 'meta.json'), 'utf8')));
  }, 60_000);

  const thatHold = (module: RegExp): string[] =>
    Object.entries(outputs)
      .filter(([, { inputs }]) => Object.keys(inputs).some((file) => module.test(file)))
      .map(([file]) => basename(dirname(file)));

  it('have the library that signs notices in the function that delivers them, and in no other', () => {
    expect(thatHold(/node_modules\/standardwebhooks\//)).toEqual(['deliver-webhooks']);
  });

  it('take no credentials but those that Lambda gives, and so none of the SDK’s chain', () => {
    expect(thatHold(/credential-provider-(node|ini|sso|process|web-identity|http|login)|nested-clients/)).toEqual([]);
    expect(thatHold(/lambda-credentials\.ts/)).toContain('look');
  });

  it('never import Node’s HTTP module as a whole, since that would bring undici with it', () => {
    const importing = functions.filter(({ name }) =>
      /(from|import)\s*\(?["'](node:)?http["']/.test(readFileSync(join(outdir, name, 'index.mjs'), 'utf8')),
    );
    expect(importing.map(({ name }) => name)).toEqual([]);
    expect(thatHold(/adapters\/node-http\.ts/)).toContain('get-task');
  });
});
