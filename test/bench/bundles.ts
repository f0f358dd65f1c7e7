import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildSync } from 'esbuild';
import { bundleFunctions } from '../../infra/bundle.ts';
import { allFunctions } from '../../infra/functions.ts';
import { LOCAL, PROJECT } from '../../infra/local/instance.ts';
import { allEndpoints } from '../../shared/contracts/routes/index.ts';
import type { Section } from './report.ts';

const folder = join(LOCAL, 'bench-bundles');
const sizeLimit = 1.25;
const timeLimit = 1.1;

/** SDK clients that a function may create, and how a bare handler creates the same. */
const clients = {
  dynamodb: {
    module: 'client-dynamodb',
    imports: `import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';`,
    create: 'DynamoDBDocumentClient.from(new DynamoDBClient({}))',
  },
  sfn: {
    module: 'client-sfn',
    imports: `import { SFNClient } from '@aws-sdk/client-sfn';`,
    create: 'new SFNClient({})',
  },
  eventbridge: {
    module: 'client-eventbridge',
    imports: `import { EventBridgeClient } from '@aws-sdk/client-eventbridge';`,
    create: 'new EventBridgeClient({})',
  },
} as const;
type Client = keyof typeof clients;

interface Bundle {
  name: string;
  file: string;
  uses: string;
}

/** Size and import time of every function, beside a bare handler that creates the same SDK clients and does nothing. */
export function measureBundles({ repeats }: { repeats: number }): Section[] {
  rmSync(folder, { recursive: true, force: true });
  const functions = builtFunctions();
  const bare = builtBare([...new Set(functions.map(({ uses }) => uses))].filter(Boolean));
  const rows = functions
    .map((bundle) => compared(bundle, bare.get(bundle.uses), repeats))
    .sort((a, b) => (b.size ?? 0) - (a.size ?? 0));
  const sections = [overall(rows, bare, repeats), each(rows)];
  rmSync(folder, { recursive: true });
  return sections;
}

function builtFunctions(): Bundle[] {
  const functions = allFunctions(allEndpoints);
  const outdir = join(folder, 'functions');
  const folderOf = bundleFunctions({ functions, sources: resolve(PROJECT, 'functions'), outdir });
  const { outputs } = JSON.parse(readFileSync(join(outdir, 'meta.json'), 'utf8')) as {
    outputs: Record<string, { inputs: Record<string, { bytesInOutput: number }> }>;
  };
  return functions.map(({ name }) => {
    const output = Object.entries(outputs).find(([file]) => file.endsWith(`/${name}/index.mjs`))?.[1];
    const inputs = Object.entries(output?.inputs ?? {}).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
    // Where a client is created its configuration is in the bundle; where only its errors are known, it is not.
    const creates = (client: Client): boolean =>
      inputs.some(([file]) => file.includes(`/@aws-sdk/${clients[client].module}/`) && /runtimeConfig\.js$/.test(file));
    const uses = (Object.keys(clients) as Client[]).filter(creates);
    return { name, file: join(folderOf(name), 'index.mjs'), uses: uses.join(' + ') };
  });
}

/** A bare handler, bundled in the two ways that it may be compared. */
interface Bare {
  /** By esbuild's defaults, as the CDK's `NodejsFunction` uses them for ESM: what the budget was set with. */
  reference: string;
  /** As we bundle our own functions. */
  ours: string;
}

function builtBare(combinations: readonly string[]): Map<string, Bare> {
  const names = combinations.map((uses) => ({ uses, name: `bare-${uses.replaceAll(' + ', '-')}` }));
  mkdirSync(join(folder, 'events'), { recursive: true });
  for (const { uses, name } of names) writeFileSync(join(folder, 'events', `${name}.ts`), bareHandler(uses));
  const functions = names.map(({ name }) => ({ name, folder: 'events' as const }));
  const folderOf = bundleFunctions({ functions, sources: folder, outdir: join(folder, 'bare') });
  return new Map(
    names.map(({ uses, name }) => {
      const reference = join(folder, `${name}.mjs`);
      bundledByDefault(join(folder, 'events', `${name}.ts`), reference);
      return [uses, { reference, ours: join(folderOf(name), 'index.mjs') }];
    }),
  );
}

function bareHandler(uses: string): string {
  const created = uses.split(' + ') as Client[];
  return [
    ...created.map((client) => clients[client].imports),
    `const clients = [${created.map((client) => clients[client].create).join(', ')}];`,
    'export const handler = async () => clients.length;',
  ].join('\n');
}

function bundledByDefault(entry: string, outfile: string): void {
  buildSync({
    entryPoints: [entry],
    outfile,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    legalComments: 'none',
    logLevel: 'error',
    banner: {
      js: "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);",
    },
  });
}

/**
 * Imports of the function and of its bare one in turns, each in a fresh process. What else the machine does touches
 * neighbours alike, so each round is compared in itself, and the median of those ratios is taken.
 */
function importTimes(file: string, bare: string | undefined, repeats: number): Pick<Row, 'milliseconds' | 'time'> {
  const rounds: { own: number; bare: number }[] = [];
  // The first round only warms the disk's cache.
  for (let round = 0; round <= repeats; round += 1) {
    const taken = { own: importTime(file), bare: bare ? importTime(bare) : 0 };
    if (round > 0) rounds.push(taken);
  }
  return {
    milliseconds: median(rounds.map(({ own }) => own)),
    time: bare ? median(rounds.map((taken) => taken.own / taken.bare)) : undefined,
  };
}

function importTime(file: string): number {
  const url = JSON.stringify(pathToFileURL(file).href);
  const script = `const from = performance.now(); await import(${url}); console.log(performance.now() - from);`;
  const env = { PATH: process.env.PATH, AWS_REGION: 'eu-west-2' };
  return Number(execFileSync(process.execPath, ['--input-type=module', '-e', script], { env, encoding: 'utf8' }));
}

const median = (all: readonly number[]): number => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0;
const kilobytes = (file: string): number => statSync(file).size / 1000;

interface Row {
  name: string;
  uses: string;
  kilobytes: number;
  milliseconds: number;
  /** Beside the bare one; undefined where it creates no client. */
  size: number | undefined;
  time: number | undefined;
  /** Beside the bare one that is bundled as ours are. */
  strictSize: number | undefined;
}

function compared({ name, file, uses }: Bundle, bare: Bare | undefined, repeats: number): Row {
  return {
    name,
    uses: uses || 'none',
    kilobytes: kilobytes(file),
    ...importTimes(file, bare?.reference, repeats),
    size: bare && kilobytes(file) / kilobytes(bare.reference),
    strictSize: bare && kilobytes(file) / kilobytes(bare.ours),
  };
}

const ratio = (of: number): string => `${of.toFixed(2)}×`;

function overall(rows: readonly Row[], bare: ReadonlyMap<string, Bare>, repeats: number): Section {
  const line = (what: string, of: 'size' | 'time' | 'strictSize', limit?: number) => {
    const known = rows.flatMap((row) => (row[of] === undefined ? [] : [{ name: row.name, value: row[of] }]));
    const largest = known.toSorted((a, b) => b.value - a.value)[0];
    const over = known.filter(({ value }) => value > (limit ?? Number.POSITIVE_INFINITY)).length;
    return [
      what,
      limit ? `≤ ${limit.toFixed(2)}×` : '–',
      ratio(median(known.map(({ value }) => value))),
      `${ratio(largest?.value ?? 0)} (${largest?.name})`,
      limit ? (over === 0 ? 'met' : `MISSED by ${over} of ${known.length}`) : 'for information',
    ];
  };
  const sizes = [...bare].map(
    ([uses, { reference, ours }]) => `${uses} ${kilobytes(reference).toFixed(0)} KB (${kilobytes(ours).toFixed(0)} KB)`,
  );
  return {
    title: 'Bundles beside a bare one',
    about: [
      'Each function as it is deployed, beside a handler that only creates the same SDK clients (DynamoDB with its',
      'document client) and does nothing. The bare one is bundled as the budget was set: by esbuild, minified, with the',
      'defaults of the CDK’s `NodejsFunction`. Ours take the SDK’s ES modules and leave out every source of credentials',
      'but Lambda’s, so they can be smaller than the bare one; the last line compares with one that is bundled like them.',
      `Bare sizes, in brackets bundled like ours: ${sizes.join(', ')}.`,
      `Import time is compared in ${repeats} rounds of two fresh Node processes, the function and its bare one: the median`,
      'of the rounds’ ratios, since what else the machine does touches both of a round alike.',
    ],
    columns: ['What', '>Budget', '>Median', '>Largest', 'Verdict'],
    rows: [
      line('Size', 'size', sizeLimit),
      line('Import time', 'time', timeLimit),
      line('Size, both bundled our way', 'strictSize'),
    ],
  };
}

function each(rows: readonly Row[]): Section {
  const optional = (of: number | undefined): string => (of === undefined ? '–' : ratio(of));
  return {
    title: 'Bundles, one by one',
    about: ['Ratios as above. Where a function creates no client there is nothing to compare it with.'],
    columns: ['Function', 'SDK clients', '>KB', '>Size', '>Import, ms', '>Import'],
    rows: rows.map(({ name, uses, milliseconds, size, time, ...row }) => [
      name,
      uses,
      row.kilobytes.toFixed(0),
      optional(size),
      milliseconds.toFixed(0),
      optional(time),
    ]),
  };
}
