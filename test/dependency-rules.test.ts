import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/**
 * A check that cannot fail proves nothing: every rule of `.dependency-cruiser.mjs` is broken here on purpose, in a
 * throw-away copy of the folders, and must be caught; what the table allows is planted beside it and must pass.
 */
const project = resolve(import.meta.dirname, '..');

interface Violation {
  from: string;
  rule: { name: string };
}

const FORBIDDEN: Array<[file: string, code: string, rule: string]> = [
  ['shared/domain/sdk.ts', "import '@aws-sdk/client-dynamodb';", 'shared-domain'],
  ['shared/domain/environment.ts', "import process from 'node:process';", 'shared-domain'],
  ['shared/domain/logging.ts', "import '@aws-lambda-powertools/logger';", 'shared-domain'],
  ['shared/domain/contract.ts', "import type { Body } from '../contracts/body.ts';", 'shared-domain'],
  ['shared/contracts/adapter.ts', "import type { Table } from '../adapters/table.ts';", 'shared-contracts'],
  ['shared/contracts/sdk.ts', "import type { SFNClient } from '@aws-sdk/client-sfn';", 'shared-contracts'],
  ['shared/ports/sdk.ts', "import type { SFNClient } from '@aws-sdk/client-sfn';", 'shared-ports'],
  ['shared/ports/adapter.ts', "import type { Table } from '../adapters/table.ts';", 'shared-ports'],
  ['shared/adapters/function.ts', "import { handler } from '../../functions/api/a.ts';", 'shared-adapters'],
  ['shared/adapters/workflow.ts', "import type { Machine } from '../../workflows/machine.ts';", 'shared-adapters'],
  ['functions/api/other.ts', "import { handler } from './a.ts';", 'functions'],
  ['functions/tasks/other.ts', "import type { Handler } from '../api/a.ts';", 'functions'],
  ['functions/events/sdk.ts', "import '@aws-sdk/client-dynamodb';", 'functions'],
  ['functions/events/cdk.ts', "import { Duration } from 'aws-cdk-lib';", 'functions'],
  ['functions/middleware/function.ts', "import { handler } from '../api/a.ts';", 'functions-middleware'],
  ['workflows/function.ts', "import { handler } from '../functions/api/a.ts';", 'workflows'],
  ['workflows/adapter.ts', "import type { Table } from '../shared/adapters/table.ts';", 'workflows'],
  ['workflows/domain.ts', "import type { Referral } from '../shared/domain/referral.ts';", 'workflows'],
  ['workflows/construct.ts', "import type { IFunction } from 'aws-cdk-lib/aws-lambda';", 'workflows'],
  ['infra/stacks/domain.ts', "import type { Referral } from '../../shared/domain/referral.ts';", 'infra'],
  ['infra/stacks/adapter.ts', "import type { Table } from '../../shared/adapters/table.ts';", 'infra'],
  ['infra/stacks/function.ts', "import { handler } from '../../functions/api/a.ts';", 'infra'],
  ['infra/stacks/local.ts', "import { start } from '../local/start.ts';", 'infra'],
  ['shared/domain/cycle-a.ts', "export type { B } from './cycle-b.ts'; export type A = 1;", 'no-cycles'],
  ['shared/domain/missing.ts', "import type { Gone } from './gone.ts';", 'everything-resolves'],
];

const ALLOWED: Array<[file: string, code: string]> = [
  [
    'shared/domain/referral.ts',
    "import * as z from 'zod'; import 'date-fns'; import '@date-fns/tz'; export type Referral = z.ZodType;",
  ],
  [
    'shared/contracts/body.ts',
    "import type { Referral } from '../domain/referral.ts'; import 'zod'; export type Body = Referral;",
  ],
  ['shared/ports/tables.ts', "import type { Body } from '../contracts/body.ts'; export type Tables = Body;"],
  ['shared/ports.ts', "import type { Body } from './contracts/body.ts'; export type Ports = Body;"],
  [
    'shared/adapters/table.ts',
    "import type { Ports } from '../ports.ts'; import '@aws-sdk/client-dynamodb'; import 'node:crypto'; export type Table = Ports;",
  ],
  [
    'functions/middleware/chain.ts',
    "import '@middy/core'; import '@aws-lambda-powertools/logger'; export const chain = 1;",
  ],
  [
    'functions/api/a.ts',
    "import { chain } from '../middleware/chain.ts'; import type { Table } from '../../shared/adapters/table.ts'; export type Handler = Table; export const handler = chain;",
  ],
  [
    'workflows/machine.ts',
    "import type { Body } from '../shared/contracts/body.ts'; import 'aws-cdk-lib/aws-stepfunctions'; import 'aws-cdk-lib/aws-stepfunctions-tasks'; import { Duration } from 'aws-cdk-lib/core'; import type { Construct } from 'constructs'; export type Machine = Body | Duration | Construct;",
  ],
  [
    'infra/stacks/service.ts',
    "import type { Machine } from '../../workflows/machine.ts'; import { Stack } from 'aws-cdk-lib'; import 'aws-cdk-lib/aws-lambda'; import 'node:path'; export type Service = Machine | Stack;",
  ],
  [
    'infra/local/start.ts',
    "import '@aws-sdk/client-dynamodb'; import type { Referral } from '../../shared/domain/referral.ts'; export const start = 1 as unknown as Referral;",
  ],
  [
    'test/any.ts',
    "import { start } from '../infra/local/start.ts'; import { handler } from '../functions/api/a.ts'; export const any = [start, handler];",
  ],
];

/** The way back of the planted cycle, which is reported once, at its first file. */
const COMPANIONS: Array<[file: string, code: string]> = [
  ['shared/domain/cycle-b.ts', "import type { A } from './cycle-a.ts'; export type B = A;"],
];

describe('The import rules', () => {
  let planted: string;
  let violations: Violation[];

  beforeAll(async () => {
    planted = await mkdtemp(join(tmpdir(), 'import-rules-'));
    await symlink(join(project, 'node_modules'), join(planted, 'node_modules'));
    await writeFile(join(planted, 'package.json'), '{"type":"module"}');
    for (const [file, code] of [...FORBIDDEN, ...COMPANIONS, ...ALLOWED]) {
      await mkdir(dirname(join(planted, file)), { recursive: true });
      await writeFile(join(planted, file), `${code}\n`);
    }
    violations = await cruise(planted);
  }, 60_000);

  afterAll(() => rm(planted, { recursive: true, force: true }));

  it.each(FORBIDDEN)('refuse %s: %s', (file, _code, rule) => {
    const broken = violations.filter((violation) => violation.from === file).map((violation) => violation.rule.name);
    expect(broken.map((name) => name.replace('-reaches-only-what-it-may', ''))).toContain(rule);
  });

  it.each(ALLOWED)('allow %s: %s', (file) => {
    expect(violations.filter((violation) => violation.from === file)).toEqual([]);
  });
});

async function cruise(directory: string): Promise<Violation[]> {
  const tool = join(project, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
  const rules = join(project, '.dependency-cruiser.mjs');
  const folders = ['infra', 'functions', 'workflows', 'shared', 'test'];
  // The tool ends with the number of violations, so what it printed counts and not how it ended.
  const printed = await new Promise<string>((done) =>
    execFile(
      process.execPath,
      [tool, '--config', rules, '--output-type', 'json', ...folders],
      { cwd: directory, maxBuffer: 64 * 1024 * 1024 },
      (_error, stdout) => done(stdout),
    ),
  );
  return (JSON.parse(printed) as { summary: { violations: Violation[] } }).summary.violations;
}
