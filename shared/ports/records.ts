import type { HeldItem } from '../domain/record-export/entry.ts';
import type { Referral } from '../domain/referral.ts';

/** Everything that both tables hold on one person, whether this code knows the kind of item or not. */
export interface WholeRecords {
  /** The private table: all that stands on a CRN, and equality monitoring apart from it (ADR 11). */
  onCrn(crn: string): Promise<{ items: HeldItem[]; equality: HeldItem[] }>;
  /** Also one whose record was removed. */
  referral(referralId: string): Promise<Referral | undefined>;
  /** The record of a referral: itself, its history, messages, tasks, allocations with appointments and links. */
  ofReferral(referral: Referral): Promise<HeldItem[]>;
}
