import type { KnownFacts } from '../referral-facts.ts';
import type { NeedId } from '../vocabulary.ts';
import { sentenceGivesAccess } from './e1-sentence.ts';
import { requirementDoesNotStandAlone } from './e2-stand-alone.ts';
import { primaryInterventionDoesNotMeetIt } from './e3-primary-intervention.ts';
import { workIsInScope } from './e4-scope.ts';
import { areaIsOpen } from './e5-area.ts';
import { serviceFitsTheCohort } from './e6-cohort.ts';
import { type FailedRule, type Question, type Rule, type RuleId, ruleIds } from './rule.ts';

/** From best to worst. */
export const eligibilityResults = ['eligible', 'needs-information', 'refused'] as const;
export type EligibilityResult = (typeof eligibilityResults)[number];

export interface NeedEligibility {
  need: NeedId;
  result: EligibilityResult;
  failed: FailedRule[];
  /** What would have to be known (JSON pointers into the facts). */
  missing: string[];
}

export interface Eligibility {
  /** The worst of its needs. */
  result: EligibilityResult;
  needs: NeedEligibility[];
}

const rules: Record<RuleId, Rule> = {
  E1: sentenceGivesAccess,
  E2: requirementDoesNotStandAlone,
  E3: primaryInterventionDoesNotMeetIt,
  E4: workIsInScope,
  E5: areaIsOpen,
  E6: serviceFitsTheCohort,
};

/**
 * E1–E6: what would be open to this person, by what is known. Every rule is put to every need, so all that fail are
 * named; what one rule refuses for certain stays refused, whatever another still has to ask. A referral that was sent
 * before says when.
 */
export function checkEligibility(facts: KnownFacts, at: Date, sentAt = at): Eligibility {
  const needs = facts.needs.map((need, index) => judge({ facts, need, index, at, sentAt }));
  return { result: worst(needs.map(({ result }) => result)), needs };
}

function judge(question: Question): NeedEligibility {
  const findings = ruleIds.map((rule) => rules[rule](question));
  const failed = findings.flatMap((finding) => finding.failed);
  const missing = [...new Set(findings.flatMap((finding) => finding.missing))];
  const result = failed.length > 0 ? 'refused' : missing.length > 0 ? 'needs-information' : 'eligible';
  return { need: question.need.need, result, failed, missing };
}

const worst = (results: EligibilityResult[]): EligibilityResult =>
  eligibilityResults.findLast((result) => results.includes(result)) ?? 'eligible';
