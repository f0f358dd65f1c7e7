import type { ProblemType } from '../../shared/contracts/problems.ts';
import type { Act } from './model.ts';

/** Whether something may be done where it stands: or else by which name it is refused. */
export type Verdict = 'legal' | ProblemType;
type Row = Record<string, Verdict>;

const running = ['incomplete', 'unconfirmed', 'matching', 'at work', 'delivering', 'reporting', 'looking again'];
const paused = running.map((situation) => `${situation}, paused`);
const concluded = ['concluded', 'concluded as ineligible'];
export const referralSituations = ['draft', 'removed', ...running, ...paused, 'ending', ...concluded];

const over: Row = { removed: 'referral-already-concluded', ...each(concluded, 'referral-already-concluded') };
function each(situations: readonly string[], verdict: Verdict): Row {
  return Object.fromEntries(situations.map((situation) => [situation, verdict]));
}

/** Legal there; refused as over where it is, and anywhere else as not possible now, unless it says otherwise. */
const referralRow = (legal: readonly string[], more: Row = {}): Row => ({
  ...each(referralSituations, 'not-possible-now'),
  ...over,
  ...each(legal, 'legal'),
  ...more,
});
const amendments = referralRow([...running, ...paused, 'ending']);
const drafts = referralRow(['draft'], each(['removed', ...concluded], 'not-possible-now'));
const begunWork = ['delivering', 'looking again', 'delivering, paused', 'looking again, paused'];
const atWork = ['at work', 'delivering', 'at work, paused', 'delivering, paused'];
const hidden = each(['draft', 'removed'], 'not-found');
const operated = referralRow([...running, ...paused, 'ending'], hidden);

export const referralTable = {
  'change the draft': drafts,
  'send the draft': drafts,
  'amend the team': amendments,
  'amend the area away': amendments,
  'amend the area back': amendments,
  'amend to no access': amendments,
  pause: referralRow(running),
  resume: referralRow(paused),
  withdraw: referralRow(['draft', ...running, ...paused]),
  'report a death': referralRow(['draft', ...running, ...paused, 'ending']),
  extend: referralRow([...running, ...paused]),
  'end early': referralRow(begunWork),
  'transfer to another area': referralRow(atWork),
  'transfer to another service': referralRow(atWork),
  reopen: referralRow(['concluded'], { ...hidden, 'concluded as ineligible': 'not-possible-now' }),
  redrive: operated,
  release: operated,
  republish: referralRow(referralSituations, hidden),
  'record equality monitoring': referralRow(referralSituations, {
    draft: 'not-possible-now',
    removed: 'not-possible-now',
  }),
  'report a risk': referralRow([...running, ...paused, 'ending', ...concluded], { removed: 'not-possible-now' }),
} satisfies Partial<Record<Act, Row>>;

const before = ['supplier-assessment', 'action-plan', 'action-plan, written', 'action-plan-approval'];
const delivery = ['delivery', 'delivery, written', 'delivery, under approval'];
const reports = ['end-of-service-report', 'end-of-service-report, written', 'acknowledgement', 'ended'];
const resting = [...before, ...delivery, ...reports].map((situation) => `${situation}, paused`);
export const workSituations = [...before, ...delivery, ...reports, ...resting, 'concluded', 'out of sight'];
const restingToo = (situations: string[]) => [...situations, ...situations.map((situation) => `${situation}, paused`)];

const workRow = (legal: readonly string[], more: Row = {}): Row => ({
  ...each(workSituations, 'not-possible-now'),
  ...each(legal, 'legal'),
  concluded: 'referral-already-concluded',
  'out of sight': 'not-found',
  ...more,
});
const always = workRow(workSituations, { concluded: 'legal' });

/** As any session; but without a plan nothing could have to do with a group. */
const seats: Row = { ...workRow(delivery), 'no plan yet': 'rule-refused', 'no seat': 'not-possible-now' };

export const workTable = {
  'assign a caseworker': workRow([...before, ...delivery]),
  'accept the engagement': workRow([...before, ...delivery]),
  'book the assessment': workRow(['supplier-assessment']),
  'book a session': workRow(delivery),
  'book a seat': seats,
  'write a plan': workRow(['action-plan', 'action-plan, written', 'delivery', 'delivery, written']),
  'write a plan for less': workRow(['action-plan', 'action-plan, written', 'delivery', 'delivery, written']),
  'submit the plan': workRow(['action-plan, written', 'delivery, written']),
  'complete delivery': workRow(delivery),
  'end delivery': workRow([...before, ...delivery]),
  'write a report': workRow(restingToo(['end-of-service-report', 'end-of-service-report, written'])),
  'submit the report': workRow(restingToo(['end-of-service-report, written'])),
  'write a case note': always,
  'make an onward link': always,
  'write to the practitioner': always,
  'write to the provider': { ...always, 'out of sight': 'not-possible-now' },
  'report a risk as provider': { ...always, 'out of sight': 'legal' },
} satisfies Partial<Record<Act, Row>>;

const statuses = ['booked', 'held', 'missed', 'cancelled'];
const places = ['at work', 'paused', 'reporting', 'ended'];
export const bookingSituations = [
  ...statuses.flatMap((status) => places.map((place) => `${status}, ${place}`)),
  'seat ahead',
  'concluded',
  'out of sight',
];
const bookingRow = (legal: readonly string[]): Row => ({
  ...each(bookingSituations, 'not-possible-now'),
  ...each(legal, 'legal'),
  concluded: 'referral-already-concluded',
  'out of sight': 'not-found',
});
const told = ['booked', 'held', 'missed'].flatMap((status) => places.map((place) => `${status}, ${place}`));

export const bookingTable = {
  'move an appointment': { ...bookingRow(['booked, at work']), seat: 'not-possible-now' },
  'cancel an appointment': bookingRow(['booked, at work', 'booked, paused', 'booked, reporting', 'seat ahead']),
  'say that they came': bookingRow(told),
  'say that they did not come': bookingRow(told),
} satisfies Partial<Record<Act, Row>>;

/** A group session is its provider's, whatever becomes of those who attend. */
const groupRow: Row = { planned: 'legal', begun: 'not-possible-now', cancelled: 'not-possible-now' };
export const groupTable = {
  'plan a group session': { anytime: 'legal' },
  'move the group session': groupRow,
  'cancel the group session': groupRow,
} satisfies Partial<Record<Act, Row>>;

/** Answers by the type of the task that they answer. */
export const answers = {
  'missing-information': ['supply the area'],
  'complexity-confirmation': ['confirm the levels'],
  offer: ['accept', 'decline', 'ask for more'],
  'offer-returned': ['inform'],
  'manual-allocation': ['choose by hand', 'close by hand'],
  'waiting-list': ['choose by hand', 'close by hand'],
  'action-plan-approval': ['approve the plan', 'return the plan'],
  'non-engagement': ['go on', 'let it rest', 'give up'],
  'end-of-service-report-acknowledgement': ['acknowledge', 'return the report'],
  'risk-reassessment': ['reassess'],
} as const satisfies Record<string, Act[]>;
export type Answered = keyof typeof answers;

/** Tasks that other commands answer, so that a response to them is refused. */
export const doneOtherwise = [
  'draft',
  'supplier-assessment',
  'action-plan',
  'delivery',
  'session-feedback',
  'end-of-service-report',
  'message-to-practitioner',
  'message-to-provider',
  'onward-link-follow-up',
  'paused-referral',
] as const;

/** What becomes of the answer to a task, by how the task stands and whether it was answered like this. */
export const closed: Row = {
  'answered like this': 'legal',
  'answered differently': 'already-answered-differently',
  withdrawn: 'task-no-longer-open',
  lapsed: 'task-lapsed',
};

/** Every row: an act, where it is tried, and what must come of it. */
export const table: { act: string; situation: string; verdict: Verdict }[] = [
  ...[referralTable, workTable, bookingTable, groupTable].flatMap((part) =>
    Object.entries(part as Record<string, Row>).flatMap(([act, row]) =>
      Object.entries(row).map(([situation, verdict]) => ({ act, situation, verdict })),
    ),
  ),
  ...Object.entries(answers).flatMap(([type, acts]) => [
    ...acts.map((act) => ({ act, situation: `${type}, open`, verdict: 'legal' as const })),
    ...Object.entries(closed)
      .filter(([status]) => canBe(type, status))
      .map(([status, verdict]) => ({ act: 'answer', situation: `${type}, ${status}`, verdict })),
  ]),
  ...['offer', 'offer-returned'].map((type) => ({
    act: 'answer',
    situation: `${type}, late`,
    verdict: 'task-lapsed' as const,
  })),
  ...doneOtherwise.map((type) => ({
    act: 'answer',
    situation: `${type}, open`,
    verdict: 'not-possible-now' as const,
  })),
  { act: 'send the draft', situation: 'draft, late', verdict: 'task-lapsed' },
  { act: 'change the draft', situation: 'draft, late', verdict: 'task-lapsed' },
  ...['amend to no access', 'amend the area away', 'amend the area back', 'supply the area'].map((act) => ({
    act,
    situation: 'unfit, but delivered to',
    verdict: 'ineligible' as const,
  })),
  { act: 'transfer to another area', situation: 'unfit', verdict: 'ineligible' },
  { act: 'read a message', situation: 'unread', verdict: 'legal' },
  { act: 'read a message', situation: 'read', verdict: 'legal' },
  { act: 'follow a link up', situation: 'in sight', verdict: 'legal' },
  { act: 'follow a link up', situation: 'out of sight', verdict: 'not-found' },
];

/** A reassessment is answered or taken back by a death; only what lapses can have lapsed. */
function canBe(type: string, status: string): boolean {
  return status !== 'lapsed' || type === 'offer' || type === 'offer-returned';
}

/** Which rows a run has been through, and what came of them. */
export class Coverage {
  /** Routes by their names. */
  readonly asked = new Set(['send-referral', 'state-availability']);
  readonly #taken = new Map<string, number>();
  take(act: string, situation: string): void {
    const row = `${act} | ${situation}`;
    this.#taken.set(row, (this.#taken.get(row) ?? 0) + 1);
  }
  isTaken = (act: string, situation: string): boolean => this.#taken.has(`${act} | ${situation}`);
  /** Whether something has yet to be tried there. */
  isOpen = (situation: string): boolean =>
    table.some((row) => row.situation === situation && !this.isTaken(row.act, situation));
  get untaken(): string[] {
    return table
      .map(({ act, situation, verdict }) => ({ row: `${act} | ${situation}`, verdict }))
      .filter(({ row }) => !this.#taken.has(row))
      .map(({ row, verdict }) => `${row} | ${verdict}`);
  }
  get summary(): string {
    const legal = table.filter(({ verdict }) => verdict === 'legal');
    const untaken = this.untaken;
    const ofLegal = untaken.filter((row) => row.endsWith('| legal')).length;
    const refused = table.length - legal.length;
    return `legal transitions taken: ${legal.length - ofLegal} of ${legal.length}; illegal ones refused by name: ${refused - (untaken.length - ofLegal)} of ${refused}`;
  }
  /** Rows that were tried and that the table does not have. */
  get unknown(): string[] {
    const rows = new Set(table.map(({ act, situation }) => `${act} | ${situation}`));
    return [...this.#taken.keys()].filter((row) => !rows.has(row));
  }
}

const verdicts = new Map(table.map(({ act, situation, verdict }) => [`${act} | ${situation}`, verdict]));
export function verdictOf(act: string, situation: string): Verdict {
  const verdict = verdicts.get(`${act} | ${situation}`);
  if (!verdict) throw new Error(`the table has no row for ${act} in ${situation}`);
  return verdict;
}
