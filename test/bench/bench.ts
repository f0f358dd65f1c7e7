import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg } from 'node:os';
import { dirname, resolve } from 'node:path';
import { commandLine } from '../../infra/local/command-line.ts';
import { PROJECT } from '../../infra/local/instance.ts';
import { ensureStack, stopStack } from '../../infra/local/local-aws.ts';
import { run, step } from '../../infra/local/progress.ts';
import { measureBundles } from './bundles.ts';
import { measureCapacity } from './capacity.ts';
import { countCosts } from './costs.ts';
import { measureDecisions } from './eligibility.ts';
import { Latency } from './latency.ts';
import { measurePlacing } from './placing.ts';
import { measureRanking } from './ranking.ts';
import { castOf } from './referral.ts';
import { asMarkdown, asText, type Section } from './report.ts';
import { simulateScale } from './scale.ts';
import { concurrency, measureThroughput } from './throughput.ts';

const { values } = commandLine(
  `npm run bench [-- --quick] [--keep]

Measures what a referral costs and how fast things are, against the budgets of the design: state transitions, Lambda
invocations, DynamoDB units and dollars from real referrals on a local AWS of its own; bundles; throughput beside a bare
workflow; latency per endpoint; places that many want at once; what 250,000 referrals a year, and 100 times that, come
to; ranking; placing; eligibility. Prints the tables and writes them to docs/performance.md. Takes some minutes. Every other load on the machine blurs it.

  --quick   fewer repetitions: rougher figures, printed only
  --keep    leave the local AWS of the benchmark running`,
  { quick: { type: 'boolean' }, keep: { type: 'boolean' } },
);
const { quick = false, keep = false } = values;
const instance = 'bench';
const document = resolve(PROJECT, 'docs/performance.md');

await run(async () => {
  const sections = await measured();
  console.log(sections.map(asText).join('\n'));
  if (quick) return;
  await mkdir(dirname(document), { recursive: true });
  await writeFile(document, [...heading(), ...sections.map(asMarkdown)].join('\n'));
  console.log('\nWritten to docs/performance.md.');
});

async function measured(): Promise<Section[]> {
  const ranking = await step('Rank services', async () => measureRanking({ repeats: quick ? 5 : 25 }));
  const placing = await step('Place a referral', async () => measurePlacing({ repeats: quick ? 5 : 25 }));
  const decisions = await step('Decide about a referral', async () => measureDecisions({ repeats: quick ? 5 : 25 }));
  const bundles = await step('Build and import every bundle', async () => measureBundles({ repeats: quick ? 1 : 10 }));
  try {
    return [...(await onTheStack()), ...bundles, ranking, placing, decisions];
  } finally {
    if (!keep) await stopStack({ instance, forget: true });
  }
}

async function onTheStack(): Promise<Section[]> {
  const stack = await ensureStack({ instance });
  const cast = await castOf(stack);
  const costs = await step('Count what referrals take', () => countCosts(stack, cast));
  const latency = new Latency();
  const referrals = quick ? 10 : 40;
  const throughput = await step(`Play ${referrals} referrals, ${concurrency} at once`, () =>
    measureThroughput(stack, cast, { referrals, latency }),
  );
  const capacity = await step('Match many at once', () => measureCapacity(stack, cast, quick ? 8 : 20));
  return [
    ...costs.sections,
    ...simulateScale(costs.perReferral, capacity.unitsPerService),
    throughput,
    latency.section(`while ${concurrency} referrals were played at once`),
    ...capacity.sections,
  ];
}

/** A declaration, since what runs it stands above. */
function heading(): string[] {
  return [
    '# Cost and speed',
    '',
    `Written by \`npm run bench\` on ${new Date().toISOString().slice(0, 10)}: one run, Node ${process.versions.node},`,
    `${availableParallelism()} cores, load ${loadavg()[0]?.toFixed(1)} at the end. Counts are exact; times are of this machine, so read their ratios.`,
    '',
  ];
}
