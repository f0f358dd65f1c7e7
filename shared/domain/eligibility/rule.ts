import type { KnownFacts, ReferredNeed } from '../referral-facts.ts';

/** What is asked of every rule: may this need be met by a commissioned service, by what is known? */
export interface Question {
  facts: KnownFacts;
  need: ReferredNeed;
  /** Where the need stands in the facts, for pointers. */
  index: number;
  at: Date;
}

export interface FailedRule {
  rule: 'E1' | 'E2' | 'E3' | 'E4' | 'E5' | 'E6';
  /** Why, in plain English. */
  reason: string;
  /** What to do instead. */
  instead: string;
}

/** A rule refuses for certain, or asks for the facts (JSON pointers) without which it cannot tell, or has no objection. */
export interface Finding {
  failed: FailedRule[];
  missing: string[];
}

export type Rule = (question: Question) => Finding;

export const noObjection: Finding = { failed: [], missing: [] };
export const refuse = (...failed: FailedRule[]): Finding => ({ failed, missing: [] });
export const ask = (...missing: string[]): Finding => ({ failed: [], missing });

/** Null and absent both mean: not known. */
export const isUnknown = (fact: unknown): fact is null | undefined => fact === null || fact === undefined;
