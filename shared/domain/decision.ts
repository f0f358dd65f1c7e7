import type { Allocation, Appointment } from './allocation.ts';
import type { Diary } from './diary.ts';
import type { NeedEligibility } from './eligibility/check.ts';
import type { Actor, DomainEvent } from './events.ts';
import type { GroupSession } from './group-session.ts';
import type { Message } from './message.ts';
import type { OnwardLink } from './onward-link.ts';
import type { Confidential, Referral } from './referral.ts';

/** All that one command on a referral may look at. What a command does not need is not loaded. */
export interface ReferralState {
  referral: Referral;
  confidential?: Confidential;
  allocation?: Allocation;
  appointment?: Appointment;
  message?: Message;
  onwardLink?: OnwardLink;
  /** Of the allocation's caseworker, around the time that a command is about. */
  diary?: Diary;
  /** That an appointment is booked into, or follows. */
  groupSession?: GroupSession & { place?: string };
}

/** Everything a decision takes from outside: the time, who acts, and fresh ids. */
export interface Context {
  now: Date;
  by: Actor;
  newId: () => string;
}

/** Why a command was not carried out. Nothing has changed. */
export interface Refusal {
  refused: RefusalCode;
  /** For the caller, in plain English. */
  detail: string;
  faults?: { pointer: string; fields?: string[]; detail: string; rule?: string }[];
  /** Every failed rule per need, when the refusal is an ineligibility. */
  needs?: NeedEligibility[];
}

export const refusalCodes = [
  'ReferralAlreadyConcluded',
  'TaskNoLongerOpen',
  'TaskLapsed',
  'AlreadyAnsweredDifferently',
  'NotPossibleNow',
  'Contradiction',
  'Ineligible',
  'InvalidAnswer',
] as const;
export type RefusalCode = (typeof refusalCodes)[number];

/** What a referral's command comes to: the events that happened, or the reason why nothing did. */
export type Decide<Command> = (state: ReferralState, command: Command, context: Context) => DomainEvent[] | Refusal;

export const refuse = (
  refused: RefusalCode,
  detail: string,
  more: Omit<Refusal, 'refused' | 'detail'> = {},
): Refusal => ({
  refused,
  detail,
  ...more,
});

export const isRefusal = <T extends object>(outcome: T | Refusal): outcome is Refusal => 'refused' in outcome;
