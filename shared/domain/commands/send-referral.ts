import { type Context, type ReferralState, type Refusal, refuse } from '../decision.ts';
import { checkEligibility, contradictions, missingFacts } from '../eligibility/index.ts';
import type { DomainEvent } from '../events.ts';
import { ownersRecorded } from '../opd.ts';
import { newNeeds, type RecordFacts, type Referral, separate } from '../referral.ts';
import type { ReferralFacts } from '../referral-facts.ts';
import { responsibilityFor } from '../risk.ts';
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
  const { recorded, confidential } = separate(command.facts);
  return sending(command.facts, { referral: newReferral(command, recorded, context), confidential }, context);
}

/** What sending comes to, whether at once or from a draft, whose task it then `answers`. */
export function sending(
  facts: ReferralFacts,
  { referral, confidential }: Required<Pick<ReferralState, 'referral' | 'confidential'>>,
  context: Context,
  answers?: DomainEvent['answers'],
): DomainEvent[] | Refusal {
  const faults = contradictions(facts, context.now);
  if (faults.length > 0) return refuse('Contradiction', 'What was sent contradicts itself.', { faults });
  const eligibility = checkEligibility(facts, context.now);
  if (eligibility.result === 'refused') {
    return refuse('Ineligible', 'The referral is not eligible; every rule that it fails is listed.', {
      needs: eligibility.needs,
    });
  }

  const { referenceNumber, catalogueVersion, possibleDuplicates, missing } = referral;
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
    detail: { referral: { ...referral, caseResponsibility: responsibilityFor(facts) }, confidential },
    ...(answers ? { answers } : {}),
  };
  return [sent, ...ownersRecorded(facts), ...requestInformation(referral, missing, context)];
}

/** A referral of which nothing has happened yet. */
export function newReferral(command: SendReferral, recorded: RecordFacts, { now, by }: Context): Referral {
  const { facts, id, referenceNumber, catalogueVersion, possibleDuplicates } = command;
  return {
    id,
    referenceNumber,
    crn: facts.crn.toUpperCase(),
    organisation: by.organisation,
    client: by.client,
    catalogueVersion,
    createdAt: now.toISOString(),
    sentAt: now.toISOString(),
    sequence: 0,
    version: 0,
    facts: recorded,
    missing: missingFacts(facts),
    needs: newNeeds(facts),
    groups: [],
    conflictsOfInterest: [],
    rarDays: {},
    booked: [],
    allocations: [],
    openTasks: [],
    possibleDuplicates,
    caseResponsibility: 'case-management',
    riskNotice: null,
    paused: null,
    ending: null,
    conclusion: null,
    removedAt: null,
    attention: null,
  };
}

/** Asks the practitioner for what is missing (T7). */
export function requestInformation(referral: Referral, missing: string[], context: Context): DomainEvent[] {
  if (missing.length === 0) return [];
  const opened = openTask('missing-information', referral, context);
  return [opened, { type: 'referral.information-requested.v1', data: { missing, taskId: opened.opens.id } }];
}
