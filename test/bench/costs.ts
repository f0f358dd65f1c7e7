import { type Invocation, transitionsOf } from '../../infra/local/demo/costs.ts';
import type { Stack } from '../../infra/local/local-aws.ts';
import { allEndpoints } from '../../shared/contracts/routes/index.ts';
import { type Footprint, footprintOf, noFootprint, type Played } from './footprint.ts';
import { operationsSection, withdrawnReferral } from './operations.ts';
import { functionMemory, pricedAsOf, priceRegion, prices } from './prices.ts';
import { type Cast, type Part, wholeReferral } from './referral.ts';
import { budget, type Section } from './report.ts';
import { idleSweep, loggedSince, settled } from './settled.ts';

/** What a piece of work took. Every part may be subtracted from another's, and divided. */
const kinds = ['commands', 'workflow', 'publishing', 'reads'] as const;
type Kind = (typeof kinds)[number];
export interface Work {
  transitions: number;
  events: number;
  footprint: Footprint;
  by: Record<Kind, { invocations: number; readUnits: number; writeUnits: number; milliseconds: number }>;
}

export const sessionsCounted = 4;
const accommodation: Part = {
  need: 'accommodation',
  service: 'northern-accommodation',
  provider: 'northern',
  sessions: sessionsCounted,
};
const employment: Part = {
  need: 'education-training-employment',
  service: 'cambrian-employment',
  provider: 'cambrian',
  sessions: sessionsCounted,
};

/** What a referral takes, and what each of these adds to it. */
export interface PerReferral {
  /** One allocation of the first provider asked, with so many sessions. */
  one: Work;
  offer: Work;
  /** With as many sessions. */
  allocation: Work;
  session: Work;
}
export interface Costs {
  sections: Section[];
  perReferral: PerReferral;
}

/** Plays a few referrals, one after the other and alone, and counts what each took; the rest is subtraction. */
export async function countCosts(stack: Stack, cast: Cast): Promise<Costs> {
  const since = Date.now();
  const withdrawn = await playedBy(stack, cast, () => withdrawnReferral(cast));
  const one = await played(stack, cast, accommodation);
  const declined = await played(stack, cast, { ...accommodation, declinedBy: 'northern', provider: 'thames' });
  const two = await played(stack, cast, accommodation, employment);
  const longer = await played(stack, cast, { ...accommodation, sessions: 2 * sessionsCounted });
  const lines = await loggedSince(stack, since);
  const took = (alone: Played): Work => counted(alone, lines);
  const perReferral = {
    one: took(one),
    offer: minus(took(declined), took(one)),
    allocation: minus(took(two), took(one)),
    session: minus(took(longer), took(one), sessionsCounted),
  };
  const columns = {
    'one allocation, 4 sessions': perReferral.one,
    'each further offer': perReferral.offer,
    'each further allocation, 4 sessions': perReferral.allocation,
    'each session': perReferral.session,
  };
  const each = operationsSection({ whole: one, declined, withdrawn }, lines, await idleSweep(stack));
  return { sections: [transitions(columns), units(columns), dollars(columns), each], perReferral };
}

const played = (stack: Stack, cast: Cast, ...parts: Part[]): Promise<Played> =>
  playedBy(stack, cast, () => wholeReferral(cast, parts));

async function playedBy(stack: Stack, cast: Cast, play: () => Promise<string>): Promise<Played> {
  const from = Date.now();
  const id = await play();
  await settled(stack, id);
  const to = Date.now();
  const transitions = await transitionsOf(stack, cast.operations, id);
  const footprint = await footprintOf(stack, cast.operations, id);
  return { from, to, transitions, events: (await cast.operations.history(id)).length, footprint };
}

function counted({ from, to, transitions, events, footprint }: Played, lines: readonly Invocation[]): Work {
  const work: Work = { ...emptyWork(), transitions, events, footprint };
  for (const { timestamp, function: name, readUnits, writeUnits, milliseconds } of lines) {
    const at = Date.parse(timestamp);
    if (at < from || at > to) continue;
    const sum = work.by[kindOf(name)];
    sum.invocations += 1;
    sum.readUnits += readUnits;
    sum.writeUnits += writeUnits;
    sum.milliseconds += milliseconds;
  }
  return work;
}

const publishers = ['publish-events', 'start-executions', 'deliver-webhooks'];

function kindOf(name: string): Kind {
  const endpoint = allEndpoints.find((contract) => contract.name === name);
  if (endpoint) return endpoint.method === 'GET' ? 'reads' : 'commands';
  return publishers.includes(name) ? 'publishing' : 'workflow';
}

const none = () => ({ invocations: 0, readUnits: 0, writeUnits: 0, milliseconds: 0 });
const emptyWork = (): Work => ({
  transitions: 0,
  events: 0,
  footprint: noFootprint(),
  by: { commands: none(), workflow: none(), publishing: none(), reads: none() },
});

const minus = (more: Work, less: Work, share = 1): Work => combined([more, 1 / share], [less, -1 / share]);

/** So much of each. */
export function combined(...parts: [work: Work, share: number][]): Work {
  const sum = emptyWork();
  for (const [work, share] of parts) {
    sum.transitions += share * work.transitions;
    sum.events += share * work.events;
    addTo(sum.footprint, work.footprint, share);
    for (const kind of kinds) addTo(sum.by[kind], work.by[kind], share);
  }
  return sum;
}

function addTo<T extends { [K in keyof T]: number }>(sum: T, more: T, share: number): void {
  for (const name of Object.keys(sum) as (keyof T)[]) sum[name] = (sum[name] + share * more[name]) as T[keyof T];
}

type Columns = Record<string, Work>;

function transitions(columns: Columns): Section {
  const limits = [40, 5, 15, 3];
  return {
    title: 'State transitions per referral',
    about: [
      'Every state that was entered in every execution of a referral (`GetExecutionHistory`), as Step Functions bills',
      'them. Each figure comes from referrals played over HTTP; a further offer, allocation or session is the difference',
      'between two of them.',
    ],
    columns: ['Referral', '>Budget', '>Measured', 'Verdict'],
    rows: Object.entries(columns).map(([name, work], at) => {
      const limit = limits[at] ?? 0;
      return [name, `≤ ${limit}`, figure(work.transitions), budget(work.transitions, limit)];
    }),
  };
}

const shown: Record<Kind, string> = {
  commands: 'Commands of people and systems',
  workflow: 'Functions that the workflows call',
  publishing: 'Publishing events, starting executions, notices',
  reads: 'What callers read meanwhile',
};

function units(columns: Columns): Section {
  const cell = ({ invocations, readUnits, writeUnits }: Work['by'][Kind]): string =>
    [invocations, readUnits, writeUnits].map(figure).join(' / ');
  return {
    title: 'Lambda invocations / DynamoDB read units / write units per referral',
    about: [
      'From the line that every invocation logs; the units are those that DynamoDB answers, indexes and the double price',
      'of transactions included. Callers here look for their tasks every 150 ms, so they read more than a case system',
      'that listens to the event feed would. The sweeper, which runs once a minute whatever happens, is not counted.',
    ],
    columns: ['Part', ...Object.keys(columns).map((name) => `>${name}`)],
    rows: kinds.map((kind) => [shown[kind], ...Object.values(columns).map((work) => cell(work.by[kind]))]),
  };
}

function dollars(columns: Columns): Section {
  const over = (work: Work, of: readonly Kind[], price: (part: Work['by'][Kind]) => number): number =>
    of.reduce((sum, kind) => sum + price(work.by[kind]), 0);
  const own: readonly Kind[] = ['commands', 'workflow', 'publishing'];
  const compute = ({ invocations, milliseconds }: Work['by'][Kind]): number =>
    invocations * prices.request + (milliseconds / 1000) * functionMemory * prices.gigabyteSecond;
  const storage = ({ readUnits, writeUnits }: Work['by'][Kind]): number =>
    readUnits * prices.readUnit + writeUnits * prices.writeUnit;
  const parts: Record<string, (work: Work) => number> = {
    'Step Functions: transitions': (work) => work.transitions * prices.transition,
    'DynamoDB: write units': (work) => over(work, own, ({ writeUnits }) => writeUnits * prices.writeUnit),
    'DynamoDB: read units': (work) => over(work, own, ({ readUnits }) => readUnits * prices.readUnit),
    'Lambda: requests': (work) => over(work, own, ({ invocations }) => invocations * prices.request),
    'Lambda: GB-seconds': (work) => over(work, own, (part) => compute(part) - part.invocations * prices.request),
    'HTTP API: commands': (work) => work.by.commands.invocations * prices.apiCall,
    'EventBridge: events': (work) => work.events * prices.event,
    'What callers read (all of it)': (work) =>
      over(work, ['reads'], (part) => compute(part) + storage(part) + part.invocations * prices.apiCall),
  };
  const all = Object.values(columns);
  const total = (work: Work): number => Object.values(parts).reduce((sum, price) => sum + price(work), 0);
  const row = (name: string, price: (work: Work) => number) => [
    name,
    ...all.map((work) => (1000 * price(work)).toFixed(2).replace(/^-0.00$/, '0.00')),
  ];
  return {
    title: 'Dollars per 1,000 referrals',
    about: [
      `List prices of ${priceRegion} as of ${pricedAsOf}, without free tiers and tax (\`test/bench/prices.ts\`). GB-seconds`,
      'are the milliseconds of this machine at 512 MB and leave cold starts out. Storage, logs, alarms and traffic are',
      'not in it.',
    ],
    columns: ['Part', ...Object.keys(columns).map((name) => `>${name}`)],
    rows: [...Object.entries(parts).map(([name, price]) => row(name, price)), row('Total', total)],
  };
}

const figure = (n: number): string => (Number.isInteger(n) ? String(n) : n.toFixed(1));
