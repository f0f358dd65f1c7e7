import type { KnownFacts, ReferredNeed } from '../referral-facts.ts';

/** The rules of eligibility, in the order in which an answer names them. */
export const ruleIds = ['E1', 'E2', 'E3', 'E4', 'E5', 'E6'] as const;
export type RuleId = (typeof ruleIds)[number];

/** What is asked of every rule: may this need be met by a commissioned service, by what is known? */
export interface Question {
  facts: KnownFacts;
  need: ReferredNeed;
  /** Where the need stands in the facts, for pointers. */
  index: number;
  at: Date;
  /** When the referral was sent; for one that is being sent, or only asked about, now. */
  sentAt: Date;
}

export interface FailedRule {
  rule: RuleId;
  /** The facts that decided it, as JSON pointers: with these alone it would fail, and without any of them it would not. */
  fields: string[];
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
