import type { OpenTask, Referral } from '../domain/referral.ts';
import type { ExecutionRecord, ExecutionRef, Page, TaskRecord } from '../ports.ts';

/** What the reconciler goes round, each through and through, again and again (ADR 25). */
export const circuits = ['services', 'tasks', 'open'] as const;
export type Circuit = (typeof circuits)[number];

/** How far a round has come. */
export interface Progress {
  startedAt: string;
  /** The circuit's partitions that are not through, and where each goes on. */
  left: { partition: number; cursor: string | null }[];
  /** Of which round this is, and in how many everybody is asked about once: so many of each that are open. */
  turn: number;
  turns: number;
  /** Open executions that this round has come to, in so many runs. */
  seen: number;
  runs: number;
}

/** An execution that may still be open, or a draft, which has none. */
export interface OpenWork {
  referralId: string;
  executionId: string | null;
}

export interface OpenExecution extends ExecutionRecord {
  /** When it was last given something to look at. */
  movedAt: string;
  /** Marked for the sweeper, which sees to it. */
  isMarked: boolean;
}

/** One execution or draft with all that the record holds beside it. */
export interface Surroundings {
  work: OpenWork;
  referral: Referral | undefined;
  execution: OpenExecution | undefined;
  /** What was seen by the execution that is parked in the current segment; undefined: nobody has left a token there. */
  parkedTurn: number | undefined;
  /** Of a lifecycle or a draft: open tasks of the referral that are not kept as they should be. */
  lostTasks: OpenTask[];
  /** Of a lifecycle: services of which a place, or a place in line, has no item. */
  lostPlaces: string[];
}

/** What the record holds, for the reconciler to compare. */
export interface Reconciliation {
  progress(of: Circuit): Promise<Progress | undefined>;
  keepProgress(of: Circuit, progress: Progress): Promise<void>;
  partitions(of: Circuit): number;
  /** A page of a circuit: what it holds, by id. */
  open(partition: number, cursor: string | null): Promise<Page<OpenWork>>;
  openTasks(partition: number, cursor: string | null): Promise<Page<string>>;
  services(cursor: string | null): Promise<Page<string>>;
  /** `isSure`: read strongly; otherwise it may be stale, and costs half. */
  surroundings(work: OpenWork[], isSure: boolean): Promise<Surroundings[]>;
  /** Of these, the open tasks that their referrals do not know, read strongly. `referralId` null: there is no such referral. */
  unlisted(taskIds: string[]): Promise<(TaskRecord & { isOrphan: boolean })[]>;
  /** Of these services, those whose counters are not the number of their places and of those in line. Perhaps. */
  miscounted(serviceIds: string[]): Promise<string[]>;
  /** Puts back the items of places that the referral holds or waits for; says of how many services. */
  restorePlaces(referralId: string): Promise<number>;
  /** It is over: the reconciler need not look at it again, unless it is moved. */
  leave(execution: OpenExecution): Promise<void>;
}

/** How Step Functions has it: `undefined`, it does not know of one. */
export type MachineStatus =
  | 'RUNNING'
  | 'SUCCEEDED'
  | 'FAILED'
  | 'TIMED_OUT'
  | 'ABORTED'
  | 'PENDING_REDRIVE'
  | undefined;

/** An execution that ended as it should not, in one of its segments. */
export interface BadEnd extends Pick<ExecutionRef, 'executionId' | 'segment'> {
  status: MachineStatus;
  isDelivery: boolean;
}

/** Executions as Step Functions has them: for the background only, since it may be asked some ten times a second. */
export interface Machines {
  status(execution: ExecutionRecord): Promise<MachineStatus>;
  /** The latest that ended badly. `cut`: so many of the lists went on, with what started before. */
  endedBadly(): Promise<{ ended: BadEnd[]; cut: number }>;
  stop(execution: ExecutionRecord): Promise<void>;
}
