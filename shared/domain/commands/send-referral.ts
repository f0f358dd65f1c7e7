import { type Context, type Refusal, refuse } from '../decision.ts';
import { checkEligibility, contradictions, missingFacts } from '../eligibility/index.ts';
import type { DomainEvent } from '../events.ts';
import { type Referral, separate } from '../referral.ts';
import type { ReferralFacts } from '../referral-facts.ts';
import { isHighRisk } from '../risk.ts';
import { openTask } from './common.ts';

export interface SendReferral {
  id: string;
  referenceNumber: string;
  facts: ReferralFacts;
  catalogueVersion: string;
  possibleDuplicates: Referral['possibleDuplicates'];
}

/**
 * L1: a referral is sent. Complete, it proceeds; with a fact missing, it is accepted and the fact is asked for.
 * Refusals: `Contradiction`, `Ineligible` (with every failed rule per need). Possible duplicates never refuse it.
 */
export function sendReferral(command: SendReferral, context: Context): DomainEvent[] | Refusal {
  const { facts, id, referenceNumber, catalogueVersion, possibleDuplicates } = command;
  const faults = contradictions(facts, context.now);
  if (faults.length > 0) return refuse('Contradiction', 'What was sent contradicts itself.', { faults });
  const eligibility = checkEligibility(facts, context.now);
  if (eligibility.result === 'refused') {
    return refuse('Ineligible', 'The referral is not eligible; every rule that it fails is listed.', {
      needs: eligibility.needs,
    });
  }

  const { recorded, confidential } = separate(facts);
  const missing = missingFacts(facts);
  const referral: Referral = {
    id,
    referenceNumber,
    crn: facts.crn.toUpperCase(),
    organisation: context.by.organisation,
    client: context.by.client,
    catalogueVersion,
    sentAt: context.now.toISOString(),
    sequence: 0,
    version: 0,
    facts: recorded,
    missing,
    needs: facts.needs.map(({ need }) => ({ need, recommended: null, confirmed: null })),
    groups: [],
    allocations: [],
    openTasks: [],
    possibleDuplicates,
    caseResponsibility: isHighRisk(facts.risk?.seriousHarm) ? 'high-risk-management' : 'case-management',
    riskNotice: null,
    paused: null,
    ending: null,
    conclusion: null,
    attention: null,
  };
  const sent: DomainEvent = {
    type: 'referral.sent.v1',
    data: {
      referenceNumber,
      needs: facts.needs.map(({ need }) => need),
      area: facts.area ?? null,
      setting: facts.setting ?? null,
      catalogueVersion,
      possibleDuplicates: possibleDuplicates.map((duplicate) => duplicate.id),
    },
    detail: { referral, confidential },
  };
  return [sent, ...requestInformation(referral, missing, context)];
}

/** Asks the practitioner for what is missing (T7). */
export function requestInformation(referral: Referral, missing: string[], context: Context): DomainEvent[] {
  if (missing.length === 0) return [];
  const opened = openTask('missing-information', referral, context);
  return [opened, { type: 'referral.information-requested.v1', data: { missing, taskId: opened.opens.id } }];
}
