import { readFile, realpath, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import * as z from 'zod';
import { code } from '../../shared/contracts/common.ts';
import { type ApiClient, client } from './api-client.ts';
import { commandLine, usageFault } from './command-line.ts';
import { importActor } from './directory-import/apply.ts';
import { columnNames, columns } from './directory-import/columns.ts';
import { importIdOf, judged, rejectedRows, type Source, writeJudged } from './directory-import/import.ts';
import { type Mapping, mapping } from './directory-import/mapping.ts';
import { faultLines, noteLines, outcomeLines, plannedLines, summaryOf } from './directory-import/report.ts';
import { textIn } from './directory-import/text.ts';
import { LocalAwsError } from './instance.ts';
import { clientNamed, readStack, token } from './local-aws.ts';
import { run, seconds } from './progress.ts';

const columnLines = columnNames.map((name) => {
  const { kind, required, about } = columns[name];
  return `  ${name.padEnd(20)}${required ? '*' : ' '} ${kind.padEnd(7)} ${about}`;
});

const USAGE = `npm run directory:import -- FILE [--mapping MAP.json] [--dry-run] [--skip-rejected REJECTED.json]

Puts the services of a CSV or JSON file into the directory, as the contract manager, through PUT /v1/services/{id}:
what is not there is created, what differs is changed, what is the same is not written again, and what the file does
not name is left alone. A contract ends by its last day; its history stays. First every row is judged, by the rules of
that route, and every fault is shown with its row and column; nothing is written unless every row is valid. A run that
was ended half-way is simply run again.

  --mapping        how a foreign file is read: its column names, the meaning of its values, what a new
                   service has where it is silent (an example: infra/local/directory-import/crs-contracts.mapping.json)
  --dry-run        show what would change; write nothing, and no file either
  --skip-rejected  write the valid rows, and list the others with their reasons in this file
  --import-id      kept in the record of each change (default: made from the file and its mapping)

Without more it speaks to the local AWS of \`npm start\`. For another deployment, --api ADDRESS (without /v1) and
--token-url ADDRESS, with the contract manager's REFERRALS_CLIENT_ID and REFERRALS_CLIENT_SECRET in the environment.

Columns (* must be there, or in the mapping's defaults; so must areas or regions). A list has semicolons between its
items; JSON is a list of objects with these names, in which a list may be one.

${columnLines.join('\n')}`;

const { values, positionals } = commandLine(
  USAGE,
  {
    mapping: { type: 'string' },
    'dry-run': { type: 'boolean', default: false },
    'skip-rejected': { type: 'string' },
    'import-id': { type: 'string' },
    api: { type: 'string' },
    'token-url': { type: 'string' },
  },
  true,
);

await run(async () => {
  const [file] = positionals;
  if (!file || positionals.length !== 1) throw usageFault('Say which file.', USAGE);
  const source: Source = { name: file, text: await textOf(file), mapping: await mappingIn(values.mapping) };
  const importId = values['import-id'] ?? importIdOf(source);
  if (!code.safeParse(importActor(importId)).success) throw usageFault(`"${importId}" cannot be an id.`, USAGE);
  const rejects = values['skip-rejected'];
  if (rejects && (await isAmong([file, values.mapping], rejects))) {
    throw usageFault(`The list of what was rejected would overwrite ${rejects}.`, USAGE);
  }
  const api = await contractManager();

  const plan = await judged(source, api, new Date());
  show(plannedLines(plan));
  show(noteLines(plan.notes), 'Worth knowing:');
  show(faultLines(plan.faults), 'Faults:');
  console.log(`\n${summaryOf(plan)}`);
  if (values['dry-run']) return;
  if (rejects) await writeFile(rejects, `${JSON.stringify(rejectedRows(plan.faults), null, 2)}\n`);
  if (!plan.isReadable || (plan.faults.length > 0 && !rejects)) {
    throw new LocalAwsError('Nothing was written: every row must be valid. --skip-rejected FILE writes the others.');
  }
  const started = performance.now();
  const outcomes = await writeJudged(api, plan, { importId, skipRejected: rejects !== undefined });
  show(outcomeLines(outcomes), `Import ${importId}, ${seconds(performance.now() - started)}:`);
  if (outcomes.some(({ result }) => result === 'conflict' || result === 'failed')) process.exitCode = 1;
});

function show(lines: string[], title?: string): void {
  if (lines.length > 0) console.log([...(title ? [`\n${title}`] : []), ...lines].join('\n'));
}

async function contractManager(): Promise<ApiClient> {
  const { api: apiUrl, 'token-url': tokenUrl } = values;
  if (!apiUrl && !tokenUrl) {
    const stack = await readStack();
    return client({ apiUrl: stack.apiUrl, token: () => token(stack, clientNamed(stack, 'contract-manager')) });
  }
  const { REFERRALS_CLIENT_ID: clientId, REFERRALS_CLIENT_SECRET: clientSecret } = process.env;
  if (!apiUrl || !tokenUrl || !clientId || !clientSecret) {
    throw usageFault('--api and --token-url belong together, with the client in the environment.', USAGE);
  }
  const credentials = { clientId, clientSecret, scope: 'referrals/contract-manager' };
  return client({ apiUrl, token: () => token({ tokenUrl }, credentials) });
}

async function mappingIn(file: string | undefined): Promise<Mapping> {
  if (!file) return mapping.parse({});
  const { data, error } = mapping.safeParse(jsonIn(file, await textOf(file)));
  if (error) throw new LocalAwsError(`${file} is no mapping:\n${z.prettifyError(error)}`);
  return data;
}

function jsonIn(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (fault) {
    throw new LocalAwsError(`${file} is not JSON: ${(fault as Error).message}`);
  }
}

async function textOf(file: string): Promise<string> {
  const bytes = await readFile(file).catch((fault: Error) => {
    throw new LocalAwsError(`${file} cannot be read: ${fault.message}`);
  });
  return textIn(file, bytes);
}

async function isAmong(files: (string | undefined)[], file: string): Promise<boolean> {
  const really = (name: string) => realpath(name).catch(() => resolve(name));
  const others = await Promise.all(files.flatMap((name) => (name ? [really(name)] : [])));
  return others.includes(await really(file));
}
