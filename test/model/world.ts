import type { EndpointContract } from '../../shared/contracts/endpoint.ts';
import type { Allocation, Appointment } from '../../shared/domain/allocation.ts';
import type { AreaId } from '../../shared/domain/areas.ts';
import type { GroupSession } from '../../shared/domain/group-session.ts';
import type { Message } from '../../shared/domain/message.ts';
import type { OnwardLink } from '../../shared/domain/onward-link.ts';
import type { Referral } from '../../shared/domain/referral.ts';
import type { Capacity, Service } from '../../shared/domain/service.ts';
import type { HistoryEntry, TaskRecord } from '../../shared/ports.ts';

import type { Need } from './market.ts';

export type Event = Pick<HistoryEntry, 'sequence' | 'type' | 'data' | 'occurredAt'>;

/** Who asks: the case system that sent the referral, one of its providers by its organisation, or operations. */
export type Party = 'practitioner' | 'operations' | 'contract-manager' | { provider: string };

export interface Request {
  to: EndpointContract;
  as: Party;
  params?: Record<string, string>;
  body?: unknown;
  ifMatch?: number;
  /** Sent again under it, nothing happens twice. Routes without keys take none. */
  key?: string;
  /** The process that is asked ends at its write of this number; whoever asked hears nothing of it and asks again. */
  crash?: Crashing | undefined;
}
export interface Crashing {
  at: number;
  when: 'before' | 'after';
}

export interface Answer {
  status: number;
  body: Record<string, unknown>;
}

/** What reaches whom it was for: everything once; twice; the latest first; or nothing, until the sweeper finds it. */
export const deliveries = ['once', 'twice', 'reversed', 'lost'] as const;
export type Delivery = (typeof deliveries)[number];

/** Everything that is stored about one referral. */
export interface Stored {
  referral: Referral;
  allocations: Allocation[];
  appointments: Appointment[];
  messages: Message[];
  links: OnwardLink[];
  /** Those that the sequence has planned. */
  groups: GroupSession[];
  tasks: TaskRecord[];
  history: Event[];
}

/** Where the lifecycle is played: in this process, or over HTTP on the deployed stack. */
export interface World {
  /** Two services for the first need, one or two for the other. */
  readonly rivals: readonly [string, string];
  readonly byHand: Record<Need, string>;
  readonly areas: { home: AreaId; far: AreaId };
  /** The system works while others do: what it does stands beside what was asked. */
  readonly worksByItself?: boolean;
  request(request: Request): Promise<Answer>;
  /** Everything that the system does of its own accord, is done. */
  settle(delivery: Delivery, referralId: string): Promise<void>;
  /** Time jumps, and the sweeper runs. */
  pass(milliseconds: number): Promise<void>;
  /** Only time passes: nobody has noticed yet what it has made late. */
  drift?(milliseconds: number): void;
  now(): Promise<Date>;
  stored(referralId: string, groupIds: readonly string[]): Promise<Stored>;
  services(): Promise<(Service & { capacity: Capacity })[]>;
  /** A provider states how many places its service has. */
  states?(serviceId: string, places: number): Promise<void>;
  /** An execution dies where it stands. */
  kill?(executionId: string): void;
  /** What is wrong with the executions of a referral for which everything has been done. */
  faultsOfExecutions?(referral: Referral): string[];
}
