import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import type { FunctionSpec } from './functions.ts';

export interface BundleOptions {
  functions: readonly Pick<FunctionSpec, 'name' | 'folder'>[];
  /** Holds `api`, `tasks` and `events`. */
  sources: string;
  /** Emptied; each function gets a folder here, ready to be an asset. */
  outdir: string;
  /** Files beside a function's code, by function and file name. */
  files?: Record<string, Record<string, string>>;
}

/** Takes the place of the SDK's credential chain: see there. */
const lambdaCredentials = resolve(import.meta.dirname, '../shared/adapters/lambda-credentials.ts');
/** Takes the place of `node:http`: see there. */
const nodeHttp = resolve(import.meta.dirname, '../shared/adapters/node-http.ts');

/**
 * Bundles every function in one esbuild call (ADR 0004): shared modules are read and parsed once, so some fifty bundles
 * take about as long as one. Returns where each function's folder is. esbuild's account of what went in stands in
 * `meta.json` beside them.
 */
export function bundleFunctions({ functions, sources, outdir, files = {} }: BundleOptions): (name: string) => string {
  rmSync(outdir, { recursive: true, force: true });
  const { metafile } = buildSync({
    entryPoints: Object.fromEntries(
      functions.map(({ name, folder }) => [`${name}/index`, join(sources, folder, `${name}.ts`)]),
    ),
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    alias: { '@aws-sdk/credential-provider-node': lambdaCredentials, 'node:http': nodeHttp },
    legalComments: 'none',
    metafile: true,
    logLevel: 'warning',
    // What is still CommonJS among the dependencies asks for Node's own modules with `require`.
    banner: {
      js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
    },
  });
  writeFileSync(join(outdir, 'meta.json'), JSON.stringify(metafile));
  for (const [name, contents] of Object.entries(files)) {
    mkdirSync(join(outdir, name), { recursive: true });
    for (const [file, text] of Object.entries(contents)) writeFileSync(join(outdir, name, file), text);
  }
  return (name) => join(outdir, name);
}
