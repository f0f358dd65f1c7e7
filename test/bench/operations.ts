import type { Invocation } from '../../infra/local/demo/costs.ts';
import { withdrawReferral } from '../../shared/contracts/routes/referrals.ts';
import type { Cast } from './referral.ts';
import type { Section } from './report.ts';

/** A function, and which of its calls by one referral it was, where they do different things. */
interface Operation {
  what: string;
  function: string;
  nth?: number;
}

const ofWholeReferral: Operation[] = [
  { what: 'Send a referral', function: 'send-referral' },
  { what: 'Confirm complexity', function: 'respond-to-task', nth: 0 },
  { what: 'Accept an offer', function: 'respond-to-task', nth: 1 },
  { what: 'Assign a caseworker', function: 'assign-caseworker' },
  { what: 'Accept the engagement', function: 'accept-engagement' },
  { what: 'Book an appointment', function: 'book-appointment' },
  { what: 'Record its feedback', function: 'record-feedback' },
  { what: 'Write an action plan', function: 'put-action-plan' },
  { what: 'Submit it', function: 'submit-action-plan' },
  { what: 'Approve it', function: 'respond-to-task', nth: 2 },
  { what: 'End the delivery', function: 'complete-delivery' },
  { what: 'Write an end of service report', function: 'put-end-of-service-report' },
  { what: 'Submit it', function: 'submit-end-of-service-report' },
  { what: 'Acknowledge it: concluded', function: 'respond-to-task', nth: 3 },
  { what: 'Read a referral', function: 'get-referral' },
  { what: 'Read a task', function: 'get-task' },
  { what: 'Read an allocation', function: 'get-allocation' },
  { what: 'List tasks', function: 'list-tasks' },
  { what: 'A workflow looks', function: 'look' },
  { what: 'A workflow recommends complexity', function: 'recommend-complexity' },
  { what: 'A workflow parks', function: 'park' },
  { what: 'Start an execution', function: 'start-executions' },
  { what: 'A place has come free, nobody in line', function: 'place-waiting' },
];

/** Sent, confirmed, accepted, withdrawn. */
export async function withdrawnReferral(cast: Cast): Promise<string> {
  const facts = cast.person([
    { need: 'accommodation', service: 'northern-accommodation', provider: 'northern', sessions: 0 },
  ]);
  const { id } = await cast.practitioner.send(facts);
  await cast.practitioner.confirmComplexity(id);
  await cast.northern.acceptOffer(id);
  await cast.practitioner.change(withdrawReferral, id, { reason: 'returned-to-custody' });
  await cast.practitioner.concluded(id);
  return id;
}

/** A referral that had the stack for itself between two moments. */
interface Played {
  from: number;
  to: number;
  events: number;
}

export interface Plays {
  whole: Played;
  declined: Played;
  withdrawn: Played;
}

/** What one call of each operation takes, from the same lines as the sums above. */
export function operationsSection(plays: Plays, lines: readonly Invocation[], idleSweep: Invocation): Section {
  const rows = [
    ...ofWholeReferral.map((operation) => row(operation, plays.whole, lines)),
    row({ what: 'Decline an offer', function: 'respond-to-task', nth: 1 }, plays.declined, lines),
    row({ what: 'Withdraw a referral at work', function: 'withdraw-referral' }, plays.withdrawn, lines),
    published(plays.whole, lines),
    shown('A sweep that finds nothing', [idleSweep]),
  ];
  return {
    title: 'DynamoDB units per operation',
    about: [
      'One call each, in the mean of those that one referral made: a command reads who calls, its receipt and what it',
      'decides about, and writes in one transaction (items of the largest one). Matching is below, since it depends on how',
      'many services the area has. Of publishing: the sum of all that published this referral’s events, for each of them.',
    ],
    columns: ['Operation', '>Calls', '>Read units', '>Write units', '>Items'],
    rows,
  };
}

const within = ({ from, to }: Played, lines: readonly Invocation[], name: string): Invocation[] =>
  lines
    .filter(
      ({ function: own, timestamp }) => own === name && Date.parse(timestamp) >= from && Date.parse(timestamp) <= to,
    )
    .sort((a, b) => Date.parse(a.timestamp) - Date.parse(b.timestamp));

function row({ what, function: name, nth }: Operation, played: Played, lines: readonly Invocation[]): Row {
  const calls = within(played, lines, name);
  return shown(what, nth === undefined ? calls : calls.slice(nth, nth + 1));
}

function published(played: Played, lines: readonly Invocation[]): Row {
  const calls = within(played, lines, 'publish-events');
  const each = (of: 'readUnits' | 'writeUnits'): string => figure(sumOf(calls, of) / played.events);
  return ['Publish one event', calls.length, each('readUnits'), each('writeUnits'), mostItems(calls)];
}

type Row = (string | number)[];

function shown(what: string, calls: readonly Invocation[]): Row {
  if (calls.length === 0) throw new Error(`no call was logged of: ${what}`);
  const mean = (of: 'readUnits' | 'writeUnits'): string => figure(sumOf(calls, of) / calls.length);
  return [what, calls.length, mean('readUnits'), mean('writeUnits'), mostItems(calls)];
}

const sumOf = (calls: readonly Invocation[], of: 'readUnits' | 'writeUnits'): number =>
  calls.reduce((sum, call) => sum + call[of], 0);
const mostItems = (calls: readonly Invocation[]): number => Math.max(...calls.map(({ items }) => items));
const figure = (n: number): string => (Number.isInteger(n) ? String(n) : n.toFixed(1));
