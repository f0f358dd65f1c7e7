import type { Need } from './market.ts';

/**
 * What a referral is, as far as anybody can tell it apart: told again from the requirements (L1 to L7), without a line
 * of `shared/domain`.
 */
export type Place = 'unplaced' | 'out-of-line' | 'offered' | 'returned' | 'waiting' | 'manual' | 'placed' | 'closed';
export type Phase =
  | 'supplier-assessment'
  | 'action-plan'
  | 'action-plan-approval'
  | 'delivery'
  | 'end-of-service-report'
  | 'acknowledgement'
  | 'ended';

/** One provider's part. */
export interface Work {
  need: Need;
  service: string;
  provider: string;
  phase: Phase;
  begun: boolean;
  completed: boolean;
  /** What is written and not yet submitted: of the plan or its revision, or of the report. */
  written: boolean;
  /** What the plan that binds is for, what its revision would be for, and whether that waits for approval. */
  hasPlan: boolean;
  plan: Aim;
  revision: Aim | null;
  isSubmitted: boolean;
  /** A plan is written, upon an assessment that turned out not to have been held. */
  drafted: boolean;
  /** What came of its appointments, in their order: attended, missed, or missed and decided about. */
  attendance: Map<number, 'came' | 'missed' | 'settled'>;
  isAsked: boolean;
  /** Milliseconds since the epoch. */
  endedAt: number | null;
}
export type Aim = 'the first outcome' | 'nothing yet';
export interface Booking {
  work: number;
  purpose: 'supplier-assessment' | 'session';
  status: 'booked' | 'held' | 'missed' | 'cancelled';
  /** The group session that it is a seat in. */
  group: number | null;
  /** Its delivery ended before it began: it is cancelled, though nobody has said so. */
  isOvertaken: boolean;
}
/** A group session of some work's provider, at which nobody else attends. */
export interface Group {
  work: number;
  /** Milliseconds since the epoch. */
  startsAt: number;
  status: 'planned' | 'cancelled';
}
export interface Letter {
  to: 'practitioner' | 'provider';
  work: number;
  isRead: boolean;
  /** Whether somebody is still asked to read it. */
  isAsked: boolean;
}
export interface Link {
  work: number;
  isAsked: boolean;
}

export interface State {
  life: 'draft' | 'removed' | 'running' | 'ending' | 'concluded';
  end: 'taken-back' | 'early' | 'ineligible' | 'died' | null;
  endState: 'completed' | 'ended' | 'cancelled' | null;
  isPaused: boolean;
  /** Milliseconds since the epoch. */
  pausedAt: number;
  isMissing: boolean;
  /** Facts that give no access to any service. */
  isUnfit: boolean;
  isAway: boolean;
  levels: 'unasked' | 'asked' | 'confirmed';
  places: Record<Need, Place>;
  works: Work[];
  bookings: Booking[];
  groups: Group[];
  letters: Letter[];
  links: Link[];
  reports: number;
}

export const begun = (life: 'draft' | 'running', isMissing = false): State => ({
  life,
  end: null,
  endState: null,
  isPaused: false,
  pausedAt: 0,
  isMissing,
  isUnfit: false,
  isAway: false,
  levels: 'unasked',
  places: { accommodation: 'unplaced', 'emotional-wellbeing': 'unplaced' },
  works: [],
  bookings: [],
  groups: [],
  letters: [],
  links: [],
  reports: 0,
});

const needs = (state: State) => Object.keys(state.places) as Need[];
export const isAtWork = ({ phase }: Work): boolean =>
  !['end-of-service-report', 'acknowledgement', 'ended'].includes(phase);
const isMatched = (state: State): boolean =>
  state.levels === 'confirmed' && needs(state).every((need) => ['placed', 'closed'].includes(state.places[need]));

const accessDays = 90;
/** V: a provider sees a referral until so long after the last of its own parts has ended. */
export const sees = (state: State, provider: string, now: number): boolean =>
  state.works.some(
    (work) => work.provider === provider && (work.endedAt === null || now < work.endedAt + accessDays * 86_400_000),
  );

// ---- where something stands, as the table names it

export function referralSituation(state: State): string {
  const { life, end, works, isPaused } = state;
  if (life === 'draft' || life === 'removed') return life;
  if (life === 'concluded') return end === 'ineligible' ? 'concluded as ineligible' : 'concluded';
  if (life === 'ending') return 'ending';
  return isPaused ? `${runningSituation(state, works)}, paused` : runningSituation(state, works);
}
function runningSituation(state: State, works: Work[]): string {
  const hasBegun = works.some((work) => work.begun);
  if (works.some(isAtWork)) return hasBegun ? 'delivering' : 'at work';
  if (hasBegun) return isMatched(state) ? 'reporting' : 'looking again';
  if (state.isMissing) return 'incomplete';
  return state.levels === 'confirmed' ? 'matching' : 'unconfirmed';
}

export function workSituation(state: State, work: Work, now: number): string {
  if (!sees(state, work.provider, now)) return 'out of sight';
  if (state.life === 'concluded') return 'concluded';
  const { phase, written, revision, isSubmitted } = work;
  const more = written ? ', written' : phase === 'delivery' && revision && isSubmitted ? ', under approval' : '';
  return `${phase}${more}${state.isPaused ? ', paused' : ''}`;
}

/** Booking a seat is booking a session, in a group session that has one for this person. */
export function seatSituation(state: State, work: Work, group: number, now: number): string {
  const situation = workSituation(state, work, now);
  if (situation === 'out of sight' || state.life === 'concluded' || state.isPaused || !isAtWork(work)) return situation;
  if (!work.hasPlan) return 'no plan yet';
  const isSeated = state.bookings.some((one) => one.group === group && isLive(state, one));
  return isSeated || state.groups[group]?.status === 'cancelled' ? 'no seat' : situation;
}

export const groupSituation = ({ status, startsAt }: Group, now: number): string =>
  status === 'cancelled' ? 'cancelled' : startsAt > now ? 'planned' : 'begun';

const isLive = ({ works }: State, { status, work }: Booking): boolean => {
  const of = works[work];
  return status === 'booked' && of !== undefined && isAtWork(of);
};

export function bookingSituation(state: State, booking: Booking, now: number, act = ''): string {
  const work = state.works[booking.work];
  if (!work) throw new Error('a booking is of some work');
  if (!sees(state, work.provider, now)) return 'out of sight';
  if (state.life === 'concluded') return 'concluded';
  const group = isLive(state, booking) ? state.groups[booking.group ?? -1] : undefined;
  if (group && group.startsAt > now) return 'seat ahead';
  if (group && act === 'move an appointment') return 'seat';
  const status = booking.status === 'booked' && booking.isOvertaken ? 'cancelled' : booking.status;
  const at = work.phase === 'ended' ? 'ended' : !isAtWork(work) ? 'reporting' : state.isPaused ? 'paused' : 'at work';
  return `${status}, ${at}`;
}

// ---- what is asked, and of whom

/** Every task that must be open, once each: its type, what it is about, and whose it is. */
export function waits(state: State): string[] {
  const { life, isPaused, isMissing, levels, works } = state;
  const all: string[] = [];
  if (life === 'draft') all.push('draft: practitioner');
  if (life === 'running') {
    if (isPaused) all.push('paused-referral: practitioner');
    if (isMissing) all.push('missing-information: practitioner');
    if (levels === 'asked') all.push('complexity-confirmation: practitioner');
    for (const need of needs(state)) all.push(...waitOf(need, state.places[need]));
  }
  for (const [index, work] of works.entries()) {
    const type = taskOf[work.phase];
    if (type) all.push(`${type} ${index}: ${type in ofPractitioner ? 'practitioner' : work.provider}`);
    if (work.isSubmitted) all.push(`action-plan-approval ${index}: practitioner`);
    if (work.isAsked) all.push(`non-engagement ${index}: practitioner`);
  }
  for (const { work, purpose, status } of state.bookings) {
    const of = works[work];
    if (purpose === 'session' && status === 'booked' && of && isAtWork(of))
      all.push(`session-feedback ${work}: ${of.provider}`);
  }
  for (const { work, isAsked } of state.links)
    if (isAsked) all.push(`onward-link-follow-up ${work}: ${works[work]?.provider}`);
  for (const kind of new Set(state.letters.filter((one) => one.isAsked).map(({ to, work }) => `${to} ${work}`))) {
    const [to = '', work = ''] = kind.split(' ');
    all.push(`message-to-${to} ${work}: ${to === 'provider' ? works[Number(work)]?.provider : to}`);
  }
  if (state.reports > 0) all.push('risk-reassessment: practitioner');
  return all.sort();
}

const ofPractitioner = { 'action-plan-approval': 1, 'end-of-service-report-acknowledgement': 1 };
const taskOf: Partial<Record<Phase, string>> = {
  'supplier-assessment': 'supplier-assessment',
  'action-plan': 'action-plan',
  'action-plan-approval': 'action-plan-approval',
  delivery: 'delivery',
  'end-of-service-report': 'end-of-service-report',
  acknowledgement: 'end-of-service-report-acknowledgement',
};
function waitOf(need: Need, place: Place): string[] {
  if (place === 'offered') return [`offer ${need}: provider`];
  if (place === 'returned') return [`offer-returned ${need}: practitioner`];
  if (place === 'manual') return [`manual-allocation ${need}: operations`];
  return place === 'waiting' || place === 'out-of-line' ? [`waiting-list ${need}: operations`] : [];
}

// ---- what becomes of it

const missedInARow = 2;

/** Missed since the person last came, or since the practitioner last decided. */
function row({ attendance }: Work): number {
  const said = [...attendance].sort(([one], [other]) => one - other).map(([, came]) => came);
  return said.length - 1 - said.findLastIndex((came) => came !== 'missed');
}

/** Offers are taken back, and who waits or was left to operations is looked for anew. */
function lookAnew(state: State): void {
  for (const need of needs(state)) {
    const place = state.places[need];
    if (place === 'offered' || place === 'returned' || place === 'manual') state.places[need] = 'unplaced';
  }
  leaveLines(state);
}
function leaveLines(state: State): void {
  for (const need of needs(state)) if (state.places[need] === 'waiting') state.places[need] = 'out-of-line';
}

/** Who attends no more gives the seat back. */
function overtakes(state: State, work: Work, now: number): void {
  for (const booking of state.bookings) {
    const group = state.groups[booking.group ?? -1];
    if (group && group.startsAt > now && state.works[booking.work] === work && isLive(state, booking))
      booking.isOvertaken = true;
  }
}

function endWork(state: State, work: Work, { completed = false, now }: { completed?: boolean; now: number }): void {
  const index = state.works.indexOf(work);
  overtakes(state, work, now);
  work.phase = work.begun || completed ? 'end-of-service-report' : 'ended';
  work.endedAt = work.phase === 'ended' ? now : null;
  Object.assign(work, { completed, written: false, revision: null, isSubmitted: false, isAsked: false });
  for (const link of state.links) if (link.work === index) link.isAsked = false;
}

function concludes(state: State): void {
  const { works, end } = state;
  if ((state.life !== 'ending' && !isMatched(state)) || works.some(({ phase }) => phase !== 'ended')) return;
  const decisive = works.filter(
    ({ need }, index) => !works.slice(index + 1).some((later) => later.begun && later.need === need),
  );
  const parts = decisive.filter((work) => work.begun);
  const isCompleted = (end === null || end === 'early') && parts.every(({ completed }) => completed);
  state.endState = parts.length === 0 ? 'cancelled' : isCompleted ? 'completed' : 'ended';
  state.life = 'concluded';
  state.isPaused = false;
}

function winds(state: State, end: NonNullable<State['end']>, now: number): void {
  state.life = 'ending';
  state.end = end;
  state.isPaused = false;
  for (const work of state.works) {
    if (end === 'died' || end === 'ineligible') {
      overtakes(state, work, now);
      if (work.phase !== 'ended') work.endedAt = now;
      Object.assign(work, { phase: 'ended', isAsked: false, isSubmitted: false, revision: null, written: false });
    } else if (isAtWork(work)) endWork(state, work, { now });
  }
  for (const link of state.links) link.isAsked = false;
  if (end === 'died') {
    state.reports = 0;
    for (const letter of state.letters) letter.isAsked = false;
  }
  concludes(state);
}

/** Whether facts that give no access are judged now: not while providers deliver, nor when it ends already. */
const isJudged = (state: State): boolean => state.life === 'running' && !isMatched(state);

/** L1: what is found ineligible concludes; where delivery has begun that is refused. */
export const refusesFacts = (state: State): boolean => state.works.some((work) => work.begun);

export interface Happening {
  now: number;
  /** Of a group session: which, and when it begins. */
  group: number;
  startsAt: number;
  work: Work;
  index: number;
  need: Need;
  service: string;
  provider: string;
}

/** What each thing that can be done makes of a referral, given that it may be done. */
export const effects = {
  'change the draft': () => undefined,
  'send the draft': (s: State) => {
    s.life = 'running';
  },
  'amend the team': () => undefined,
  'amend the area away': (s: State, { now }: Happening) => {
    if (s.isMissing) return;
    s.isMissing = true;
    s.isAway = false;
    if (s.life === 'running') lookAnew(s);
    if (s.isUnfit && isJudged(s)) winds(s, 'ineligible', now);
  },
  'amend the area back': (s: State, { now }: Happening) => {
    if (!s.isMissing && !s.isAway) return;
    const wasJudged = isJudged(s);
    s.isMissing = false;
    s.isAway = false;
    if (s.life === 'running') lookAnew(s);
    if (s.isUnfit && wasJudged) winds(s, 'ineligible', now);
  },
  'amend to no access': (s: State, { now }: Happening) => {
    if (s.isUnfit) return;
    const wasJudged = isJudged(s);
    s.isUnfit = true;
    if (s.life === 'running') lookAnew(s);
    if (wasJudged) winds(s, 'ineligible', now);
  },
  pause: (s: State, { now }: Happening) => {
    s.isPaused = true;
    s.pausedAt = now;
    leaveLines(s);
  },
  resume: (s: State) => {
    s.isPaused = false;
  },
  withdraw: (s: State, { now }: Happening) => {
    if (s.life === 'draft') s.life = 'removed';
    else winds(s, 'taken-back', now);
  },
  'report a death': (s: State, { now }: Happening) => {
    if (s.life === 'draft') s.life = 'removed';
    else winds(s, 'died', now);
  },
  extend: () => undefined,
  'end early': (s: State, { now }: Happening) => winds(s, 'early', now),
  'transfer to another area': (s: State, { now }: Happening) => {
    s.isAway = !s.isAway && !s.isMissing;
    s.isMissing = false;
    transfers(s, now);
    lookAnew(s);
  },
  // What the one that it goes to does already is not moved.
  'transfer to another service': (s: State, { service, now }: Happening) =>
    transfers(s, now, (work) => work.service !== service),
  reopen: (s: State) => {
    const isDone = (need: Need) => {
      const work = s.works.findLast((one) => one.need === need);
      return s.places[need] === 'placed' && work?.begun && work.completed;
    };
    const unfinished = needs(s).filter((need) => !isDone(need));
    for (const need of unfinished.length > 0 ? unfinished : needs(s)) s.places[need] = 'unplaced';
    Object.assign(s, { life: 'running', end: null, endState: null });
    if (s.levels === 'asked') s.levels = 'unasked';
  },
  redrive: () => undefined,
  release: () => undefined,
  republish: () => undefined,
  'record equality monitoring': () => undefined,
  'report a risk': (s: State) => {
    s.reports += 1;
  },

  'supply the area': (s: State, happening: Happening) => {
    const isFound = s.isUnfit;
    s.isMissing = false;
    s.isAway = false;
    lookAnew(s);
    if (isFound) winds(s, 'ineligible', happening.now);
  },
  'confirm the levels': (s: State) => {
    s.levels = 'confirmed';
  },
  accept: (s: State, { need, service, provider }: Happening) => {
    s.places[need] = 'placed';
    s.works.push({
      need,
      service,
      provider,
      phase: 'supplier-assessment',
      begun: false,
      completed: false,
      written: false,
      hasPlan: false,
      plan: 'nothing yet',
      revision: null,
      isSubmitted: false,
      drafted: false,
      attendance: new Map(),
      isAsked: false,
      endedAt: null,
    });
  },
  decline: (s: State, { need }: Happening) => {
    s.places[need] = 'unplaced';
  },
  'ask for more': (s: State, { need }: Happening) => {
    s.places[need] = 'returned';
  },
  inform: (s: State, { need }: Happening) => {
    s.places[need] = 'offered';
  },
  'choose by hand': (s: State, { need }: Happening) => {
    s.places[need] = 'unplaced';
  },
  'close by hand': (s: State, { need }: Happening) => {
    s.places[need] = 'closed';
    concludes(s);
  },
  'approve the plan': (_s: State, { work }: Happening) => {
    if (work.phase === 'delivery' && work.revision) {
      work.plan = work.revision;
      Object.assign(work, { revision: null, isSubmitted: false, written: false });
    } else work.phase = 'delivery';
  },
  'return the plan': (_s: State, { work }: Happening) => {
    if (work.phase === 'delivery') Object.assign(work, { revision: null, isSubmitted: false });
    else work.phase = work.begun ? 'action-plan' : 'supplier-assessment';
  },
  'go on': (_s: State, { work }: Happening) => settles(work),
  'let it rest': (s: State, { work, now }: Happening) => {
    settles(work);
    if (s.isPaused) return;
    s.isPaused = true;
    s.pausedAt = now;
    leaveLines(s);
  },
  'give up': (s: State, { work, now }: Happening) => {
    settles(work);
    endWork(s, work, { now });
    concludes(s);
  },
  acknowledge: (s: State, { work, now }: Happening) => {
    work.phase = 'ended';
    work.endedAt = now;
    concludes(s);
  },
  'return the report': (_s: State, { work }: Happening) => {
    work.phase = 'end-of-service-report';
  },
  reassess: (s: State) => {
    s.reports = 0;
  },

  'assign a caseworker': () => undefined,
  'accept the engagement': () => undefined,
  'book the assessment': (s: State, { index }: Happening) =>
    books(s, { work: index, purpose: 'supplier-assessment', group: null }),
  'book a session': (s: State, { index }: Happening) => books(s, { work: index, purpose: 'session', group: null }),
  'plan a group session': (s: State, { index, startsAt }: Happening) =>
    void s.groups.push({ work: index, startsAt, status: 'planned' }),
  'book a seat': (s: State, { index, group }: Happening) => books(s, { work: index, purpose: 'session', group }),
  'move the group session': (s: State, { group, startsAt }: Happening) =>
    void Object.assign(s.groups[group] ?? {}, { startsAt }),
  'cancel the group session': (s: State, { group }: Happening) =>
    void Object.assign(s.groups[group] ?? {}, { status: 'cancelled' }),
  'write a plan': (_s: State, { work }: Happening) => writes(work, 'the first outcome'),
  'write a plan for less': (_s: State, { work }: Happening) => writes(work, 'nothing yet'),
  'submit the plan': (_s: State, { work }: Happening) => {
    work.written = false;
    if (work.phase === 'action-plan') work.phase = 'action-plan-approval';
    else if (work.revision === work.plan) work.revision = null;
    else work.isSubmitted = true;
  },
  'complete delivery': (s: State, { work, now }: Happening) => {
    endWork(s, work, { completed: true, now });
    concludes(s);
  },
  'end delivery': (s: State, { work, now }: Happening) => {
    endWork(s, work, { now });
    concludes(s);
  },
  'write a report': (_s: State, { work }: Happening) => {
    work.written = true;
  },
  'submit the report': (_s: State, { work }: Happening) => {
    work.written = false;
    work.phase = 'acknowledgement';
  },
  'write a case note': () => undefined,
  'make an onward link': (s: State, { work, index }: Happening) =>
    void s.links.push({ work: index, isAsked: isAtWork(work) }),
  'follow a link up': (s: State, { index }: Happening) => {
    const link = s.links[index];
    if (link) link.isAsked = false;
  },
  'write to the practitioner': (s: State, { index }: Happening) =>
    void s.letters.push({ to: 'practitioner', work: index, isRead: false, isAsked: true }),
  'write to the provider': (s: State, { index }: Happening) =>
    void s.letters.push({ to: 'provider', work: index, isRead: false, isAsked: true }),
  'read a message': (s: State, { index }: Happening) => {
    const letter = s.letters[index];
    if (letter) Object.assign(letter, { isRead: true, isAsked: false });
  },
  'report a risk as provider': (s: State) => {
    s.reports += 1;
  },

  'move an appointment': () => undefined,
  'cancel an appointment': (s: State, { index }: Happening) => {
    const booking = s.bookings[index];
    if (booking) booking.status = 'cancelled';
  },
  'say that they came': (s: State, { index }: Happening) => {
    const { booking, work } = bookingAt(s, index);
    booking.status = 'held';
    work.attendance.set(index, 'came');
    if (row(work) < missedInARow) work.isAsked = false;
    if (work.phase === 'ended') return;
    work.begun = true;
    if (booking.purpose === 'supplier-assessment' && work.phase === 'supplier-assessment')
      Object.assign(work, { phase: 'action-plan', drafted: false, written: work.drafted });
  },
  'say that they did not come': (s: State, { index }: Happening) => {
    const { booking, work } = bookingAt(s, index);
    booking.status = 'missed';
    const isTakenBack = work.attendance.get(index) === 'came';
    if (work.attendance.get(index) !== 'settled') work.attendance.set(index, 'missed');
    if (isTakenBack && work.phase !== 'ended') {
      work.begun = [...work.attendance.values()].includes('came');
      // What was written of a plan waits for the assessment.
      if (work.phase === 'action-plan' && !work.begun)
        Object.assign(work, { phase: 'supplier-assessment', drafted: work.written, written: false });
    }
    if (row(work) >= missedInARow && !s.isPaused && isAtWork(work)) work.isAsked = true;
  },

  // ---- what happens by itself
  'the offer lapses': (s: State, { need }: Happening) => {
    s.places[need] = 'unplaced';
  },
  'the draft is removed': (s: State) => {
    s.life = 'removed';
  },
  'nobody read it': (s: State, { index }: Happening) => {
    const letter = s.letters[index];
    for (const one of s.letters) if (one.to === letter?.to && one.work === letter.work) one.isAsked = false;
  },
} satisfies Record<string, (state: State, happening: Happening) => unknown>;

export type Act = keyof typeof effects;

function transfers(state: State, now: number, leaves: (work: Work) => boolean = () => true): void {
  for (const work of state.works.filter((one) => isAtWork(one) && leaves(one))) {
    state.places[work.need] = 'unplaced';
    endWork(state, work, { now });
  }
}
function settles(work: Work): void {
  for (const [index, came] of work.attendance) if (came === 'missed') work.attendance.set(index, 'settled');
  work.isAsked = false;
}
const books = (state: State, booking: Pick<Booking, 'work' | 'purpose' | 'group'>): void =>
  void state.bookings.push({ ...booking, status: 'booked', isOvertaken: false });
function writes(work: Work, aim: Aim): void {
  work.hasPlan = true;
  if (work.phase === 'delivery') work.revision = aim;
  else work.plan = aim;
  work.written = true;
}
function bookingAt(state: State, index: number): { booking: Booking; work: Work } {
  const booking = state.bookings[index];
  const work = booking && state.works[booking.work];
  if (!booking || !work) throw new Error(`there is no appointment ${index}`);
  return { booking, work };
}

/** The state after an act that was allowed; what was before stays as it was. */
export function after(before: State, act: Act, happening: Partial<Happening> & { now: number; index?: number }): State {
  const state = structuredClone(before);
  const { index = -1 } = happening;
  const given = {
    need: 'accommodation',
    service: '',
    provider: '',
    index,
    ...happening,
    work: state.works[index],
  } as Happening;
  (effects[act] as (state: State, happening: Happening) => unknown)(state, given);
  return state;
}

/** What follows a group session, or a pause, once everything has been done: seats are cancelled, or given back. */
export function followed(before: State): State {
  const state = structuredClone(before);
  for (const booking of state.bookings) {
    const group = state.groups[booking.group ?? -1];
    if (!group || !isLive(state, booking)) continue;
    const isLeft = state.isPaused && group.startsAt > state.pausedAt;
    if (group.status === 'cancelled' || isLeft) booking.status = 'cancelled';
  }
  return state;
}

/**
 * What the system may make of it of its own accord: levels are asked for, and whoever is looked for or stands in line is
 * offered, put in line or left to operations. `found` is what it came to.
 */
export function systemMay(before: State, found: State): string[] {
  const faults: string[] = [];
  const works = before.life === 'running' && !before.isPaused && !before.isMissing;
  if (works && found.levels === 'unasked') faults.push('nobody was asked to confirm the levels');
  if (
    before.life !== 'removed' &&
    found.levels !== before.levels &&
    !(works && before.levels === 'unasked' && found.levels === 'asked')
  )
    faults.push(`levels: ${before.levels} became ${found.levels}`);
  // What is over holds nothing, and is looked for by nobody.
  for (const need of before.life === 'running' ? needs(before) : []) {
    const [from, to] = [before.places[need], found.places[need]];
    const isLooked = from === 'unplaced' || from === 'out-of-line';
    const may = works && before.levels === 'confirmed';
    const isRight = !may
      ? from === to
      : isLooked
        ? ['offered', 'waiting', 'manual'].includes(to)
        : from === 'waiting'
          ? ['waiting', 'offered'].includes(to)
          : from === to;
    if (!isRight) faults.push(`${need}: ${from} became ${to}`);
  }
  return faults;
}
