import type { HistoryItem } from '../../../shared/contracts/views/history.ts';
import { seconds } from '../progress.ts';
import type { Account } from './account.ts';
import { isWhole } from './arrivals.ts';
import type { Use } from './costs.ts';
import { inWords } from './in-words.ts';
import { rankingTable } from './ranking-table.ts';
import { endingOf, type Played } from './story.ts';
import type { ReceivedEvent, Subscriber } from './subscriber.ts';
import { plural, table, wrapped } from './text.ts';
import { day, time } from './times.ts';

export function title(text: string): void {
  console.log(`\n${text}\n${'─'.repeat(text.length)}`);
}

/** All that is to be shown once the stories are over. */
export function printReport(
  all: readonly Played[],
  { accounts, others }: { accounts: readonly Account[]; others: Use },
  { received }: Pick<Subscriber, 'received'>,
): void {
  const print = (lines: readonly string[]): void => console.log(lines.join('\n'));
  const ours = new Set(all.map(({ referral }) => referral?.id));
  const different = [...new Map(received.map((event) => [event.id, event])).values()];
  const own = different.filter(({ referralId }) => referralId && ours.has(referralId));

  title('What became of them');
  print(referralsTable(all));
  for (const { number, story, rankings = [] } of all) {
    if (rankings.length === 0) continue;
    title(`Why whom: the rankings of ${number}, ${story.name}`);
    print(['Each score is the sum of its parts; whoever could not be asked says why.']);
    print(rankings.flatMap((ranking) => ['', ...rankingTable(ranking)]));
  }
  for (const { number, story, history, appointments } of all) {
    if (!story.inWords) continue;
    title(`As its practitioner would read it: ${number}, ${story.name}`);
    print([story.plot, ...inWords(history, appointments)]);
  }
  title('What happened when');
  print(["By the application's clock, with each event's number in its referral's history.", '']);
  print(all.flatMap((played, at) => [...(at > 0 ? [''] : []), ...timeline(played)]));
  title(`${own.length} different events that an independent subscriber of the bus received`);
  print(typesTable(own.map(({ type }) => type)));
  print(besides(different, ours));
  title('What arrived, and what it used');
  print(accountsTable(accounts));
  print(['', ...footnotes(others)]);
}

const footnotes = ({ invocations, readUnits, writeUnits }: Use): string[] => [
  ...wrapped('  ', 'Recorded: events in the history. Received: different ones that the subscriber got of them.'),
  ...wrapped('  ', 'Transitions: states that Step Functions entered. Calls: of Lambda functions, for this referral.'),
  ...wrapped('  ', 'Reads, writes: DynamoDB units; each look at the local clock is one, and AWS has no such clock.'),
  ...wrapped(
    '  ',
    `Beside these, for no single referral (publishing, sweeping, reading): ${invocations} calls, ${readUnits} reads, ${writeUnits} writes.`,
  ),
];

const bare = (type: string): string => type.replace(/\.v\d+$/, '');

/** (a) Every referral: what it was for, how far it came, and how it ended. */
export function referralsTable(all: readonly Played[]): string[] {
  const columns = [
    { title: ' #', align: 'right' as const },
    { title: 'reference' },
    { title: 'story' },
    { title: 'needs' },
    { title: 'stages' },
    { title: 'ended as' },
    { title: 'took', align: 'right' as const },
  ];
  const rows = all.map((played) => [
    played.number,
    played.referral?.referenceNumber ?? '–',
    played.story.name,
    needsOf(played),
    stagesOf(played.history),
    `${played.faults.length > 0 ? '✗ ' : '✓ '}${endingOf(played)}`,
    seconds(played.milliseconds),
  ]);
  const stages = 'Stages: assessment, complexity allocation, provider matching, delivery, outcome recording.';
  return [...table(columns, rows), '', `  ${stages}`];
}

function needsOf({ referral }: Played): string {
  const needs = referral?.needs ?? [];
  const [first] = needs;
  if (!first) return '–';
  const women = first.need.startsWith('womens-');
  return needs.length === 1 ? shortened(first.need) : `${needs.length} ${women ? "women's needs" : 'needs'}`;
}

/** `education-training-…`: whole words, as many as a column takes. */
const shortened = (id: string): string => (id.length > 24 ? `${id.slice(0, id.lastIndexOf('-', 22) + 1)}…` : id);

/** What shows that a stage was reached. */
const marks: readonly (readonly string[])[] = [
  ['referral.sent.v1'],
  ['complexity.recommended.v1'],
  ['candidates.ranked.v1'],
  ['allocation.started.v1'],
  ['delivery.ended.v1'],
];

const stagesOf = (history: readonly HistoryItem[]): string =>
  marks.map((types) => (history.some(({ type }) => types.includes(type)) ? '●' : '·')).join('');

/** (b) What happened to a referral: one line for what one actor did in one go. */
export function timeline({ number, story, referral, history }: Played): string[] {
  if (!referral) return [`  ${number}  ${story.plot}: not in the record`];
  const lines = wrapped(`  ${number}  `, `${story.plot} (${referral.referenceNumber}, ${referral.crn})`);
  let today = '';
  for (const { first, last, at, who, types } of turnsOf(history)) {
    const date = day(at);
    if (date !== today) lines.push(`           ${date}`);
    today = date;
    const numbers = (first === last ? `${first}` : `${first}–${last}`).padStart(9);
    lines.push(...wrapped(`${numbers}  ${time(at)}  ${who.padEnd(19)}  `, types.join(', ')));
  }
  return lines;
}

interface Turn {
  first: number;
  last: number;
  at: string;
  who: string;
  types: string[];
}

/** Longer apart than this, what one actor did is two things. */
const pauseMilliseconds = 5_000;

function turnsOf(history: readonly HistoryItem[]): Turn[] {
  const turns: Turn[] = [];
  let before = 0;
  for (const { sequence, occurredAt, by, type } of history) {
    const who = by.organisation === 'system' ? by.client : by.organisation;
    const turn = turns.at(-1);
    const at = Date.parse(occurredAt);
    if (turn?.who === who && at - before < pauseMilliseconds) {
      turn.last = sequence;
      turn.types.push(bare(type));
    } else turns.push({ first: sequence, last: sequence, at: occurredAt, who, types: [bare(type)] });
    before = at;
  }
  return turns;
}

/** (c) How many events of each type the subscriber received, in two columns. */
export function typesTable(types: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const type of types) counts.set(bare(type), (counts.get(bare(type)) ?? 0) + 1);
  const cells = [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
  const half = Math.ceil(cells.length / 2);
  const width = Math.max(...cells.map(([type]) => type.length));
  const cell = (at: number): string => {
    const [type, count] = cells[at] ?? [];
    return type ? `${type.padEnd(width)} ${String(count).padStart(4)}` : '';
  };
  return Array.from({ length: half }, (_, at) => `  ${cell(at)}      ${cell(half + at)}`.trimEnd());
}

/** What the subscriber received beside the events of these referrals: of others, and of none. */
export function besides(
  received: readonly Pick<ReceivedEvent, 'type' | 'referralId'>[],
  ours: ReadonlySet<string | undefined>,
): string[] {
  const others = received.filter(({ referralId }) => referralId !== null && !ours.has(referralId));
  const ofNone = received.filter(({ referralId }) => referralId === null);
  return [
    ...(others.length > 0 ? ['', `  And ${plural(others.length, 'event')} of other referrals on this stack.`] : []),
    ...(ofNone.length > 0 ? ['', '  And of no referral, since they are about nobody:'] : []),
    ...(ofNone.length > 0 ? typesTable(ofNone.map(({ type }) => type)) : []),
  ];
}

/** (c), (d) For each referral what was recorded, received and used. */
export function accountsTable(accounts: readonly Account[]): string[] {
  const number = (title: string) => ({ title, align: 'right' as const });
  const columns = [
    number(' #'),
    { title: 'story' },
    number('recorded'),
    number('received'),
    number('twice'),
    { title: 'in sequence' },
    number('transitions'),
    number('calls'),
    number('reads'),
    number('writes'),
  ];
  const rows = accounts.map(({ played, arrival, transitions, invocations, readUnits, writeUnits }) => [
    played.number,
    played.story.name,
    arrival.recorded,
    arrival.received,
    arrival.repeated,
    isWhole(arrival) ? `✓ 1–${arrival.recorded}` : `✗ ${plural(arrival.missing.length, 'gap')}`,
    transitions,
    invocations,
    readUnits,
    writeUnits,
  ]);
  return table(columns, rows);
}
