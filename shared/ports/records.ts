import type { Actor } from '../domain/events.ts';
import type { HeldItem } from '../domain/record-export/entry.ts';
import type { Referral } from '../domain/referral.ts';
import type { HoldReason } from '../domain/vocabulary.ts';
import type { Page, PageRequest } from '../ports.ts';

/** Everything that both tables hold on one person, whether this code knows the kind of item or not. */
export interface WholeRecords {
  /** The private table: all that stands on a CRN, and equality monitoring apart from it (ADR 11). */
  onCrn(crn: string): Promise<{ items: HeldItem[]; equality: HeldItem[] }>;
  /** Also one whose record was removed. */
  referral(referralId: string): Promise<Referral | undefined>;
  /** The record of a referral: itself, its history, messages, tasks, allocations with appointments and links. */
  ofReferral(referral: Referral): Promise<HeldItem[]>;
}

/** A legal hold as it stands: nothing on the CRN is removed until it is lifted. */
export interface LegalHold {
  since: string;
  by: Actor;
  reason: HoldReason;
}

/** Legal holds, each on one CRN; every change of one is kept with it. */
export interface LegalHolds {
  find(crn: string): Promise<LegalHold | undefined>;
  /** Nothing happens where it stands already: the first says since when. Answers what stands. */
  place(crn: string, hold: LegalHold): Promise<LegalHold>;
  lift(crn: string, change: LegalHold): Promise<void>;
}

/** What has concluded and is kept for its period, and how it goes. */
export interface Removals {
  /** Referrals that are to be looked at: concluded before then, or removed by half. */
  due(before: Date, page: PageRequest): Promise<Page<{ referralId: string; since: string }>>;
  /** It is looked at as one that concluded then. */
  lookAgain(referralId: string, concludedAt: Date): Promise<void>;
  /**
   * Takes what is left of a referral whose record was removed: first what stands under its CRN, in batches each of which
   * is refused while a legal hold stands, then the CRN itself. False: a hold has come, and what there was then is kept.
   */
  finish(referral: Referral): Promise<boolean>;
}
