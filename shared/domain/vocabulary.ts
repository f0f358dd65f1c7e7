import { publishedCohorts, publishedNeeds } from './catalogue/needs.ts';

/** The closed vocabularies of the field. Every layer takes its codes from here; nothing re-declares them. */

/** The 14 need sections of source 004 (C1), and whatever later versions of the catalogue add (C3). */
export type NeedId = keyof typeof publishedNeeds;
export const needIds = Object.keys(publishedNeeds) as [NeedId, ...NeedId[]];

/** C3: for whom needs and services are. */
export type CohortId = keyof typeof publishedCohorts;
export const cohortIds = Object.keys(publishedCohorts) as [CohortId, ...CohortId[]];

export const complexityLevels = ['low', 'medium', 'high'] as const;
export type ComplexityLevel = (typeof complexityLevels)[number];

/** L2: how sure a recommended level is: whether answers that are still missing could change it. */
export const certainties = ['certain', 'provisional'] as const;

export const sexes = ['female', 'male'] as const;
export type Sex = (typeof sexes)[number];

/** The last four are understood only so that E1 can refuse them in plain words. */
export const sentenceTypes = [
  'community-order',
  'suspended-sentence-order',
  'licence',
  'post-sentence-supervision',
  'fine',
  'conditional-discharge',
  'custody-without-supervision',
  'none-on-remand',
] as const;
export type SentenceType = (typeof sentenceTypes)[number];

export const requirements = [
  'rehabilitation-activity',
  'unpaid-work',
  'unpaid-work-with-ete',
  'prohibited-activity',
  'exclusion',
  'curfew',
  'residence',
  'programme',
  'alcohol-treatment',
  'drug-rehabilitation',
  'mental-health-treatment',
] as const;
export type Requirement = (typeof requirements)[number];

export const settings = ['community', 'custody'] as const;
export type Setting = (typeof settings)[number];

export const riskLevels = ['low', 'medium', 'high', 'very-high'] as const;
export type RiskLevel = (typeof riskLevels)[number];

/**
 * E7: who is responsible for the case. Low and medium risk stays with the team that manages the case; a case whose risk
 * is, or has become, high or very high is for the probation service's own high-risk management (source 000, strategic
 * context). The source hands no case back, so a level that falls again moves nothing.
 */
export const caseResponsibilities = ['case-management', 'high-risk-management'] as const;
export type CaseResponsibility = (typeof caseResponsibilities)[number];

/** E7: who may report a possible escalation of risk. */
export const riskReporters = ['practitioner', 'provider'] as const;

/** O1, O2: between whom messages pass. */
export const messageParties = ['practitioner', 'provider'] as const;
export type MessageParty = (typeof messageParties)[number];

/** Activity types that a provider's contract counts (O7 to O17). */
export const outputRows = ['O7', 'O8', 'O9', 'O10', 'O11', 'O12', 'O13', 'O14', 'O15', 'O16', 'O17'] as const;
/** O14, O15: domestic violence, rape or abuse; sex work. What is written about them is for few. */
export const sensitiveRows = ['O14', 'O15'] as const;

/** O6: whether the person was told of a service of the community, or helped to get there. */
export const onwardKinds = ['signposted', 'supported'] as const;

/** E3: why a commissioned service rather than a primary intervention. */
export const needReasons = [
  'not-met-by-primary',
  'outstanding-after-primary',
  'supports-engagement-with-primary',
] as const;

export const primaryInterventions = [
  'accredited-programme',
  'structured-intervention',
  'community-sentence-treatment-requirement',
] as const;

/** E3: a need that one of these meets is refused. */
export const metByPrimaryValues = [
  'programme-requirement',
  'structured-intervention',
  'community-sentence-treatment-requirement',
] as const;

/** E4: everything but the first is out of scope. */
export const requestedWorkValues = [
  'commissioned-rehabilitative-service',
  'deliver-accredited-programme',
  'deliver-alcohol-treatment-requirement',
  'deliver-drug-rehabilitation-requirement',
  'deliver-mental-health-treatment-requirement',
  'breach-enforcement',
  'pre-sentence-suitability-assessment',
  'interventions-development',
  'general-management',
  'staff-training',
] as const;

/** L6: why a referral, or one provider's part in it, ends early. */
export const endReasons = [
  'ineligible',
  'mistaken-or-duplicate',
  'not-engaged',
  'need-met-elsewhere',
  'moved',
  'work-caring-sickness',
  'died',
  'acquitted',
  'returned-to-custody',
  'sentence-revoked',
  'sentence-expired',
  'intervention-completed',
  'other',
] as const;
export type EndReason = (typeof endReasons)[number];

/** L4: what a practitioner decides about a person who does not come. */
export const nonEngagementDecisions = ['continue', 'pause', 'end'] as const;

/** L4: why the work rests. */
export const pauseReasons = ['recalled', 'hospital', 'other'] as const;
export type PauseReason = (typeof pauseReasons)[number];

/** Why one provider's delivery ended: its plan, L6, or a transfer. */
export const deliveryEnds = ['plan-completed', 'transferred', ...endReasons] as const;

/** Why a referral concluded: L6, or what only the system finds. */
export const conclusionReasons = [...endReasons, 'no-provider', 'abandoned'] as const;

/** Why everything that is held on a person was asked for. */
export const exportReasons = ['subject-access-request', 'court-order', 'complaint', 'inquiry', 'other'] as const;
export type ExportReason = (typeof exportReasons)[number];

/** Why what is held on a person must be kept beyond its period. */
export const holdReasons = ['litigation', 'court-order', 'complaint', 'inquiry', 'investigation', 'other'] as const;
export type HoldReason = (typeof holdReasons)[number];

/** Roles that a client may hold; a token carries the scope `referrals/<role>`. */
export const roles = ['practitioner', 'provider', 'court', 'operations', 'contract-manager'] as const;
export type Role = (typeof roles)[number];

/** Why a group session is moved or cancelled. Codes only: what is said of a group stands in the record of each attendee. */
export const groupReasons = [
  'caseworker-unavailable',
  'place-unavailable',
  'too-few-attendees',
  'weather-or-travel',
  'safety',
  'other',
] as const;
export type GroupReason = (typeof groupReasons)[number];
