import type { Allocation, Appointment } from './domain/allocation.ts';
import type { AnswersGiven } from './domain/answer-speed.ts';
import type { CaseNote } from './domain/case-note.ts';
import type { GroupOutcome } from './domain/commands/group-sessions.ts';
import type { Context, ReferralState, Refusal } from './domain/decision.ts';
import type { Diary, Slot } from './domain/diary.ts';
import type { Figures } from './domain/effectiveness.ts';
import type { ProtectedCharacteristics } from './domain/equality-monitoring.ts';
import type { Actor, DomainEvent, EventType } from './domain/events.ts';
import type { GroupSession } from './domain/group-session.ts';
import type { Message } from './domain/message.ts';
import type { OnwardLink } from './domain/onward-link.ts';
import type { Plan } from './domain/planned-places.ts';
import type { OpenTask } from './domain/referral.ts';
import type { RiskReport } from './domain/risk.ts';
import type { Capacity, Service, ServiceDescription } from './domain/service.ts';
import type { TaskType } from './domain/task-types.ts';
import type { NeedId, Role } from './domain/vocabulary.ts';
import type { Line } from './domain/waiting-list.ts';

/** What the functions need of the outside world; `adapters/` gives it with AWS. */

/** The only source of the time. Locally it can be moved by jumps (`npm run clock`). */
export interface Clock {
  now(): Promise<Date>;
}

/** Who calls: from the token, never from the request (architecture rule 9). */
export interface Caller {
  client: string;
  organisation: string;
  role: Role;
  /** The person that a system acts for, opaque to us. */
  person?: string | undefined;
}

export interface ClientRegistry {
  find(clientId: string): Promise<Omit<Caller, 'person'> | undefined>;
}

/** What of a referral a command or a view looks at. */
export interface Scope {
  allocationId?: string | undefined;
  appointmentId?: string | undefined;
  messageId?: string | undefined;
  linkId?: string | undefined;
  confidential?: boolean | undefined;
  /** With where it takes place; what is not there is left out. */
  groupId?: string | undefined;
  /** The diary of the allocation's caseworker around this time; what is left out is that of the appointment. */
  diary?: Partial<Slot> | undefined;
}

/** A request that may be sent again with the same key within seven days and has its effect once (architecture rule 7). */
export interface IdempotentRequest {
  client: string;
  route: string;
  key: string;
  /** Of everything that was asked for: tells the same request from another one under its key. */
  hash: string;
}

/** What a request came to, from which its reply can be rendered anew. */
export interface Receipt {
  /** What it was about: a referral, or a group session. */
  referralId: string;
  resourceId?: string | undefined;
}

export interface CommandOptions {
  by: Actor;
  traceparent?: string | undefined;
  idempotency?: IdempotentRequest | undefined;
  /** Checked against every state that is loaded, so also after a conflict: throws when the caller's view is stale. */
  precondition?: ((state: ReferralState) => void) | undefined;
  /** The execution that acts: any but the current segment is refused with `SegmentSuperseded` (rule 5). */
  execution?: ExecutionRef | undefined;
  /** Executions of this referral to start afresh or to wake, beside those that the events themselves wake. */
  restart?: string[] | undefined;
  /** The execution that no longer does its work: a fresh segment takes over, unless one has (`SegmentSuperseded`). */
  takeOver?: ExecutionRef | undefined;
  wake?: string[] | undefined;
  /** Names the resource of the receipt, where it is not the referral itself. */
  resource?: ((events: DomainEvent[]) => string | undefined) | undefined;
}

export interface Committed {
  state: ReferralState;
  events: DomainEvent[];
  /** This request had been carried out before: `receipt` tells what it came to. */
  replayed?: Receipt;
}

export type Decision = (
  state: ReferralState,
  context: Context,
) => DomainEvent[] | Refusal | Promise<DomainEvent[] | Refusal>;

/** Referrals with everything that belongs to them, as they are read. */
export interface ReferralReader {
  /** Strongly consistent; undefined when there is no such referral. */
  load(referralId: string, scope?: Scope): Promise<ReferralState | undefined>;
  history(referralId: string, page: PageRequest): Promise<Page<HistoryEntry>>;
  /** Words that people wrote, by the key under which an event kept them. */
  texts(crn: string, referralId: string, key: string): Promise<Record<string, string>>;
  /** E7: what was reported of an escalating risk, the latest first; of one reassessment, where its task is given. */
  riskReports(
    referral: { crn: string; id: string },
    page: PageRequest,
    task?: Pick<OpenTask, 'id' | 'openedAt'>,
  ): Promise<Page<RiskReport>>;
  list(filter: ReferralFilter, page: PageRequest): Promise<Page<ReferralState['referral']>>;
  openWithSameNeed(crn: string, needs: NeedId[]): Promise<{ id: string; referenceNumber: string }[]>;
  executions(referralId: string): Promise<ExecutionRecord[]>;
}

/** One command is one transaction (architecture rule 1). */
export interface Referrals extends ReferralReader {
  /** Creates the referral that the decision sends. */
  create(decide: (context: Context) => DomainEvent[] | Refusal, options: CommandOptions): Promise<Committed | Refusal>;
  /** Loads, decides, commits, and wakes what waits for it; retries conflicts. Throws `NotFound`. */
  execute(referralId: string, scope: Scope, decide: Decision, options: CommandOptions): Promise<Committed | Refusal>;
}

export type ReferralFilter =
  | { by: 'organisation'; organisation: string }
  | { by: 'crn'; crn: string }
  | { by: 'attention' }
  | { by: 'all' };

export interface PageRequest {
  limit: number;
  cursor?: string | undefined;
}
export interface Page<T> {
  items: T[];
  cursor: string | null;
}

export interface HistoryEntry {
  id: string;
  sequence: number;
  type: EventType;
  occurredAt: string;
  by: Actor;
  data: Record<string, unknown>;
  /** The organisations that may know of it. */
  audience: string[];
  referralId: string | null;
  crn: string | null;
  traceparent: string | null;
}

export interface Allocations {
  find(allocationId: string): Promise<Allocation | undefined>;
  appointments(allocationId: string, page: PageRequest): Promise<Page<Appointment>>;
  /** O6: the latest first. */
  onwardLinks(allocationId: string, page: PageRequest): Promise<Page<OnwardLink>>;
}

/** L4: the group sessions of providers, each an aggregate of its own (ADR 26). */
export interface GroupSessions extends GroupSessionReader {
  /**
   * Plans one, or changes the one given, with the diary of whoever leads it; retries conflicts. One command is one
   * transaction. Throws `NotFound`.
   */
  execute(
    groupId: string | undefined,
    command: {
      /** Whose diary is looked at, at which time. */
      diary: (session: GroupSession | undefined) => DiarySlot;
      decide: (session: GroupSession | undefined, diary: Diary, context: Context) => GroupOutcome;
    },
    options: GroupSessionOptions,
  ): Promise<GroupSession | Refusal>;
  /** Group sessions that have changed and whose appointments may not have followed, those first that have waited longest. */
  unfollowed(page: PageRequest): Promise<Page<{ groupId: string; since: string }>>;
  /** All appointments have followed this revision. */
  followed(session: Pick<GroupSession, 'id' | 'revision'>): Promise<void>;
}
export interface GroupSessionReader {
  find(groupId: string): Promise<GroupSession | undefined>;
  place(groupId: string): Promise<string | undefined>;
  /** A provider's, in the order in which they start, from a time on. */
  list(providerId: string, from: string | undefined, page: PageRequest): Promise<Page<GroupSession>>;
}
export type GroupSessionOptions = Pick<CommandOptions, 'by' | 'traceparent' | 'idempotency'> & {
  precondition?: ((session: GroupSession) => void) | undefined;
};
/** A caseworker of a provider at a time. */
export type DiarySlot = Slot & { providerId: string; caseworkerId: string };

/** O1, O2: the messages of a referral, of all its conversations: who may read which is decided by who asks. */
export interface Messages {
  find(referralId: string, messageId: string): Promise<Message | undefined>;
  /** The latest first. */
  list(referralId: string, page: PageRequest): Promise<Page<Message>>;
}

/** O7–O17: the notes of an allocation, whole: who may read which is decided by who asks. */
export interface CaseNotes {
  find(
    referral: { crn: string; id: string },
    note: Pick<CaseNote, 'id' | 'allocationId'>,
  ): Promise<CaseNote | undefined>;
  /** The latest first. */
  list(referral: { crn: string; id: string }, allocationId: string, page: PageRequest): Promise<Page<CaseNote>>;
}

/** A task as it is kept, open or closed. */
export interface TaskRecord {
  id: string;
  type: TaskType;
  referralId: string;
  crn: string;
  allocationId: string | null;
  appointmentId?: string | undefined;
  organisation: string;
  status: 'open' | 'answered' | 'lapsed' | 'withdrawn';
  openedAt: string;
  /** When its clock starts, where that is not when it was opened. */
  startedAt?: string | undefined;
  remindedAt: string | null;
  dueAt: string;
  breachedAt: string | null;
  closedAt: string | null;
}

export interface Tasks {
  find(taskId: string): Promise<TaskRecord | undefined>;
  /** Those that there are, in the order of their ids here. */
  findAll(taskIds: string[]): Promise<TaskRecord[]>;
  answerTo(task: TaskRecord): Promise<unknown>;
  list(filter: TaskFilter, page: PageRequest): Promise<Page<TaskRecord>>;
}
export interface TaskFilter {
  /** Undefined: everyone's (operations). */
  organisation?: string | undefined;
  status: TaskRecord['status'];
  dueBefore?: string | undefined;
}

/** The directory of services and their live places. */
export interface Directory {
  find(serviceId: string): Promise<DirectoryEntry | undefined>;
  /** Those that there are, in no order that matters. */
  findAll(serviceIds: string[]): Promise<DirectoryEntry[]>;
  inArea(area: string): Promise<DirectoryEntry[]>;
  all(page: PageRequest): Promise<Page<DirectoryEntry>>;
  /** Creates (`version` null) or replaces the version given; undefined when another version stands there. */
  put(id: string, version: number | null, service: ServiceDescription, by: Actor): Promise<DirectoryEntry | undefined>;
  stateAvailability(id: string, version: number, places: number, by: Actor): Promise<DirectoryEntry | undefined>;
  /** The places of a later day: they take effect by themselves (`beginPeriod`). */
  planPlaces(id: string, version: number, plan: Plan, by: Actor): Promise<DirectoryEntry | undefined>;
  /** Services of which a period has begun by then, for `beginPeriod`: their first day, places planned from a day, or their contract's end. */
  periodsBegun(now: Date, page: PageRequest): Promise<Page<{ serviceId: string; since: string }>>;
  /**
   * The service as it was seen has been seen to: the places of a period that has begun are stated, and it is no more
   * among those of `periodsBegun`. Nothing happens where it has changed since.
   */
  beginPeriod(seen: DirectoryEntry, by: Actor): Promise<void>;
}
export type DirectoryEntry = Service & { capacity: Capacity & Partial<AnswersGiven> };

/** What came of the work of a service (O4), counted as it ends. */
export interface Effectiveness {
  /** The figures of each of these months in which something ended, from `2024-11` to and with `2026-10`. */
  ofMonths(serviceId: string, period: { from: string; to: string }): Promise<Figures[]>;
}

/** L3: a round of looking at who waits, since a service has changed or may be new to somebody (ADR 15). */
export interface Round {
  /** Whoever joined a line since knew the service as it is. */
  since: string;
  /** The service itself has changed: whom it no longer fits must not wait on, whether a place is free or not. */
  changed: boolean;
  /** It may be new to an area: those who wait there for others of its kind are asked too, once its own line is empty. */
  added: boolean;
  /** Whom the round has come to, by their turn when it began. */
  after: string | null;
}

/** Who holds the places of a service, and who is in line for one. */
export interface Places {
  /** Referrals with an open offer of a service. */
  offeredTo(serviceId: string): Promise<string[]>;
  /** Everyone in line for a service, in no order. */
  line(serviceId: string): Promise<(Line & { referralId: string })[]>;
  /** Services in whose line somebody is, those first that have had one for longest; one of them may have none by now. */
  waitedFor(page: PageRequest): Promise<Page<{ serviceId: string; since: string }>>;
  /** Nobody is in line for it any more: it is not among those that `waitedFor` gives, until somebody is. */
  nobodyWaits(serviceId: string): Promise<void>;
  /** Services that have not been offered to all who are to be looked at, and how far that has come. */
  unfinished(page: PageRequest): Promise<Page<{ serviceId: string; since: string }>>;
  round(serviceId: string): Promise<Round | undefined>;
  /** What is left of a round, or nothing. `seen`: what stood there when it began; another left since is not lost. */
  leaveRound(serviceId: string, left: Round | undefined, seen: Round | undefined): Promise<void>;
  /** The services of the directory in turn, a few at each call, round and round. */
  nextInTurn(limit: number): Promise<string[]>;
  /** Holds the counters against the referrals that have the places, and puts them right; says whether they were wrong. */
  reconcile(serviceId: string, by: Actor): Promise<boolean>;
}

/** One machine's run for one referral or allocation (architecture rule 5). */
export interface ExecutionRef {
  /** The referral's id for the lifecycle, the allocation's for its delivery. */
  executionId: string;
  referralId: string;
  segment: number;
}
export type Machine = 'referral-lifecycle' | 'allocation-delivery';

export interface ExecutionRecord extends ExecutionRef {
  machine: Machine;
  /** Counts what has happened that the execution must look at. */
  turn: number;
  /** The last segment that was started; behind `segment`, one is missing. */
  startedSegment: number;
  startedAt: string | null;
  /** The release of the definition that runs, as the last segment that has looked said it; before any has, null. */
  definition: number | null;
}

export interface WaitingExecution {
  ref: Pick<ExecutionRef, 'executionId' | 'referralId'>;
  since: string;
}

/** Executions as the record knows them, and the hand-shake with the parked ones (architecture rule 3). */
export interface Executions {
  find(ref: Pick<ExecutionRef, 'executionId' | 'referralId'>): Promise<ExecutionRecord | undefined>;
  /** An execution of a new segment says which release of its definition it runs. */
  noteDefinition(ref: ExecutionRef, definition: number): Promise<void>;
  /** Keeps the token of a parked execution, then redeems it at once when what it waits for has moved already. */
  park(ref: ExecutionRef, turn: number, token: string, attempt: string): Promise<'parked' | 'redeemed'>;
  /** Starts an execution that is missing, and touches no token: for consumers, who may see none. */
  begin(ref: Pick<ExecutionRef, 'executionId' | 'referralId'>): Promise<void>;
  /**
   * Redeems the token of a parked execution that is behind the record: for commands, once they have committed. False: it
   * is behind, and nobody waits under its token.
   */
  wake(ref: Pick<ExecutionRef, 'executionId' | 'referralId'>): Promise<boolean>;
  /** For an execution that has been behind for long: if nobody waits under its token, a fresh segment takes over. */
  revive(ref: Pick<ExecutionRef, 'executionId' | 'referralId'>): Promise<void>;
  /** Both, for those who take up what others left undone. */
  advance(ref: Pick<ExecutionRef, 'executionId' | 'referralId'>): Promise<void>;
  /** Hands over to a fresh segment, once. */
  renew(ref: ExecutionRef): Promise<void>;
  /** Executions that have waited for `advance` since before the given time, the oldest first. */
  waitingSince(before: Date, page: PageRequest): Promise<Page<WaitingExecution>>;
}

/** Work that falls due by time. */
export interface DueTasks {
  /** Tasks whose time has come by then, the earliest first. */
  dueBy(now: Date, page: PageRequest): Promise<Page<{ taskId: string; referralId: string; since: string }>>;
}

/** An appointment that may have to be reminded of. `mark`: the state of the index that it was found by. */
export interface DueReminder {
  allocationId: string;
  appointmentId: string;
  mark: string;
  since: string;
}

/** Appointments that come near (L4). */
export interface Reminders {
  /** Those that start by then, the earliest first; an end, a pause or a change may have overtaken them. */
  startingBy(time: Date, page: PageRequest): Promise<Page<DueReminder>>;
  /** There is nothing to remind of any more. */
  drop(due: DueReminder): Promise<void>;
  /** It is found again as if it started then. */
  putOff(due: DueReminder, until: Date): Promise<void>;
}

/** Events on their way out (architecture rule 2). */
export interface Outbox {
  /** To the bus, then to the feeds. Throws `PublishFailed` with the first event that did not get through. */
  publish(events: StoredEvent[]): Promise<void>;
  /** Unpublished events, those first that have waited longest. One that cannot be read is passed over, and counted. */
  unpublished(limit: number): Promise<{ events: WaitingEvent[]; unreadable: number }>;
  /** Sends events through the table's stream once more, the only way out that there is. */
  requeue(events: Pick<HistoryEntry, 'id' | 'referralId' | 'sequence' | 'data'>[]): Promise<void>;
}
export interface StoredEvent extends HistoryEntry {
  pk: string;
  sk: string;
}

/** `waitingSince`: when it was marked to go out, which for an event that is sent again is not when it happened. */
export type WaitingEvent = StoredEvent & { waitingSince: string };

export interface EventFeed {
  after(organisation: string, page: PageRequest): Promise<Page<HistoryEntry>>;
}

/** What the person on a referral said of themselves, and who wrote it down when. */
export interface EqualityRecord {
  characteristics: ProtectedCharacteristics;
  recordedAt: string;
  recordedBy: Actor;
}

/**
 * Equality monitoring. It is no part of the referral's process: it is in no state, no event and no history, nothing
 * decides by it, and whoever may see the person may not see it for that (ADR 11).
 */
export interface EqualityMonitoring {
  find(referral: { id: string; crn: string }): Promise<EqualityRecord | undefined>;
  /** Replaces the whole record. False, and nothing is kept, where what was held on the person has been removed (ADR 24). */
  put(referral: { id: string; crn: string }, record: EqualityRecord): Promise<boolean>;
}

export interface Ports {
  clock: Clock;
  clients: ClientRegistry;
  referrals: Referrals;
  allocations: Allocations;
  groupSessions: GroupSessions;
  messages: Messages;
  caseNotes: CaseNotes;
  tasks: Tasks;
  directory: Directory;
  effectiveness: Effectiveness;
  places: Places;
  executions: Executions;
  dueTasks: DueTasks;
  reminders: Reminders;
  outbox: Outbox;
  feed: EventFeed;
  equality: EqualityMonitoring;
}

/** What is there for a function that reads: nothing that commands is in its bundle. */
export type ReadingPorts = Omit<Ports, 'referrals'> & { referrals: ReferralReader };
