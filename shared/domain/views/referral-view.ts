import { addDays } from 'date-fns';
import { ageOf } from '../cohorts.ts';
import type { ReferralState } from '../decision.ts';
import { outcomeScore } from '../outcome-score.ts';
import { type AllocationSummary, type Confidential, joined, type OpenTask, type Referral } from '../referral.ts';
import { openOffers, stageOf, statusOf } from '../standing.ts';
import { taskPolicies } from '../task-types.ts';
import type { NeedId } from '../vocabulary.ts';

/** What each role sees of a referral (architecture rule 9): chosen field by field, so nothing is shown by oversight. */

export const standingView = (referral: Referral) => ({
  id: referral.id,
  referenceNumber: referral.referenceNumber,
  stage: stageOf(referral),
  status: statusOf(referral),
  endState: referral.conclusion?.endState ?? null,
  endReason: referral.conclusion?.endReason ?? null,
  sentAt: referral.sentAt,
  version: referral.version,
});

export const allocationStatus = (referral: Referral, { phase }: AllocationSummary) => {
  if (phase === 'ended') return 'concluded' as const;
  if (phase === 'end-of-service-report' || phase === 'acknowledgement') return 'report-due' as const;
  return referral.paused ? ('paused' as const) : ('active' as const);
};

export const allocationSummaryView = (referral: Referral, summary: AllocationSummary) => ({
  id: summary.id,
  provider: { id: summary.providerId },
  service: { id: summary.serviceId },
  needs: summary.needs,
  status: allocationStatus(referral, summary),
});

const openTaskView = ({ id, type, allocationId, dueAt }: OpenTask) => ({
  id,
  type,
  owner: taskPolicies[type].owner,
  allocationId: allocationId ?? null,
  dueAt,
});

const linksOf = ({ id }: Referral) => ({ self: `/v1/referrals/${id}`, history: `/v1/referrals/${id}/history` });

const progressView = (referral: Referral) => ({
  ...standingView(referral),
  catalogueVersion: referral.catalogueVersion,
  missing: referral.missing,
  failed: referral.ending?.failed ?? [],
  allocations: referral.allocations.map((summary) => allocationSummaryView(referral, summary)),
  outcomes: outcomeScore(referral),
  openTasks: referral.openTasks.map(openTaskView),
  caseResponsibility: referral.caseResponsibility,
  possibleDuplicates: referral.possibleDuplicates,
  links: linksOf(referral),
});

/** L2: what was recommended and why, and what was confirmed. Without the private half it does not say why. */
export function complexityView({ needs }: Pick<Referral, 'needs'>, need: NeedId, confidential?: Confidential) {
  const { recommended = null, confirmed = null } = needs.find((candidate) => candidate.need === need) ?? {};
  const { recommendation, overrideReason: reason } = confidential?.needs[need] ?? {};
  const isOverridden = confirmed !== null && recommended?.level != null && confirmed !== recommended.level;
  return {
    recommended: recommended?.level ?? null,
    certainty: recommended?.certainty ?? null,
    atMost: recommended?.atMost ?? null,
    reasons: (recommended && recommendation?.reasons) ?? [],
    missing: (recommended && recommendation?.missing) ?? [],
    confirmed,
    ...(isOverridden && reason ? { override: { reason } } : {}),
  };
}

/** To the case system that sent it: all of it. */
export function practitionerView({ referral, confidential }: ReferralState & { confidential: Confidential }) {
  const facts = joined(referral.crn, referral.facts, confidential);
  return {
    ...facts,
    ...progressView(referral),
    needs: facts.needs.map((need) => ({ ...need, complexity: complexityView(referral, need.need, confidential) })),
  };
}

export interface ExecutionView {
  machine: string;
  name: string;
  arn: string;
  segment: number;
  definition: number | null;
  startedAt: string | null;
  consoleUrl: string;
}

/** Why operations must look at it, and since when. */
export const attentionView = ({ attention }: Referral) =>
  attention && { reason: attention.reason, since: attention.since };

/** To operations: what keeps it running. No person, and nothing that somebody wrote. */
export const operationsView = (referral: Referral, executions: ExecutionView[]) => ({
  crn: referral.crn,
  ...referral.facts,
  ...progressView(referral),
  needs: referral.facts.needs.map((need) => ({ ...need, complexity: complexityView(referral, need.need) })),
  attention: attentionView(referral),
  executions,
});

const bands = [
  [18, 'under-18'],
  [21, '18-20'],
  [25, '21-24'],
  [35, '25-34'],
  [45, '35-44'],
  [55, '45-54'],
  [65, '55-64'],
] as const;

const ageBandOf = (dateOfBirth: string | null | undefined, now: Date) => {
  const age = ageOf(dateOfBirth, now);
  if (age === null) return null;
  return bands.find(([below]) => age < below)?.[1] ?? ('65-and-over' as const);
};

/** What a provider must know to answer an offer, and no more. */
export function offeredView(referral: Referral, { person }: Confidential, needs: readonly NeedId[], now: Date) {
  return {
    needs: referral.needs.flatMap(({ need, confirmed }) =>
      confirmed && needs.includes(need) ? [{ need, level: confirmed }] : [],
    ),
    area: referral.facts.area ?? null,
    ageBand: ageBandOf(person.dateOfBirth, now),
    sex: person.sex ?? null,
    accessibility: person.accessibility ?? [],
    interpreterLanguage: person.interpreterLanguage ?? null,
    setting: referral.facts.setting ?? null,
    seriousHarm: referral.facts.risk?.seriousHarm ?? null,
  };
}

/** How many days after its own part has ended a provider still sees what it delivered; then only what it had answered. */
export const providerAccessDays = 90;

/** By the last end of its own; where that was not kept, by the conclusion. */
export function hasProviderAccessEnded({ allocations, conclusion }: Referral, provider: string, now: Date): boolean {
  const own = allocations.filter(({ providerId }) => providerId === provider);
  return own.every(({ phase, endedAt }) => {
    const end = phase === 'ended' ? (endedAt ?? conclusion?.at) : undefined;
    return end !== undefined && now >= addDays(new Date(end), providerAccessDays);
  });
}

/** Where a provider stands with a referral; undefined: it has nothing to do with it. */
export type ProviderStanding =
  | { standing: 'offered'; needs: NeedId[] }
  | { standing: 'accepted'; own: AllocationSummary[] }
  | { standing: 'past' };

export function providerStanding(
  referral: Referral,
  provider: string,
  wasAsked: boolean,
  now: Date,
): ProviderStanding | undefined {
  const own = referral.allocations.filter(({ providerId }) => providerId === provider);
  if (own.length > 0 && !hasProviderAccessEnded(referral, provider, now)) return { standing: 'accepted', own };
  const offered = openOffers(referral).filter(({ providerId }) => providerId === provider);
  if (offered.length > 0) return { standing: 'offered', needs: offered.flatMap(({ needs }) => needs) };
  return wasAsked || own.length > 0 ? { standing: 'past' } : undefined;
}

/** E7: the last reassessment of risk, for a provider that is at work; it has ended with its own part. */
export const noticeFor = ({ riskNotice }: Referral, standing: ProviderStanding): Referral['riskNotice'] =>
  standing.standing === 'accepted' && standing.own.some(({ phase }) => phase !== 'ended') ? riskNotice : null;

/** To a provider, by where its offer stands. `said` is what it answered itself, and what a risk notice says to it. */
export function providerView<Answer>(
  { referral, confidential }: ReferralState & { confidential: Confidential },
  provider: string,
  standing: ProviderStanding,
  { answers, notice = {} }: { answers: Answer[]; notice?: { text?: string | undefined } },
  now: Date,
) {
  const common = { id: referral.id, referenceNumber: referral.referenceNumber };
  const ownTasks = referral.openTasks.filter(({ organisation }) => organisation === provider).map(openTaskView);
  switch (standing.standing) {
    case 'past':
      return { standing: 'past' as const, ...common, answers };
    case 'offered':
      return {
        standing: 'offered' as const,
        ...common,
        ...offeredView(referral, confidential, standing.needs, now),
        openTasks: ownTasks,
        links: linksOf(referral),
      };
    case 'accepted':
      return {
        standing: 'accepted' as const,
        ...standingView(referral),
        ...acceptedFacts(referral, confidential),
        needs: acceptedNeeds(referral, confidential, standing.own),
        allocations: standing.own.map((summary) => allocationSummaryView(referral, summary)),
        openTasks: ownTasks,
        caseResponsibility: referral.caseResponsibility,
        riskNotice: riskNoticeView(noticeFor(referral, standing), notice),
        links: linksOf(referral),
      };
  }
}

const riskNoticeView = (notice: Referral['riskNotice'], { text }: { text?: string | undefined }) =>
  notice && { seriousHarm: notice.seriousHarm, at: notice.at, ...(text ? { text } : {}) };

function acceptedFacts(referral: Referral, confidential: Confidential) {
  const { practitioner, area, sentence, setting, expectedReleaseDate, risk, opdPathway, opdOwners } = referral.facts;
  return {
    crn: referral.crn,
    practitioner,
    area,
    sentence,
    setting,
    expectedReleaseDate,
    risk,
    opdPathway,
    opdOwners,
    person: confidential.person,
    reasonForReferral: confidential.reasonForReferral,
  };
}

function acceptedNeeds(referral: Referral, confidential: Confidential, own: AllocationSummary[]) {
  return own.flatMap(({ needs }) =>
    needs.flatMap(({ need, level }) => {
      const fact = referral.facts.needs.find((candidate) => candidate.need === need);
      const indicators = confidential.needs[need]?.indicators;
      if (!fact) return [];
      const { reason, followedBy, desiredOutcomes } = fact;
      return [{ need, level, reason, followedBy, desiredOutcomes, ...(indicators ? { indicators } : {}) }];
    }),
  );
}

export const referralSummaryView = (referral: Referral) => ({
  ...standingView(referral),
  crn: referral.crn,
  externalReference: referral.facts.externalReference ?? null,
  area: referral.facts.area ?? null,
  needs: referral.needs.map(({ need }) => need),
});

export function providerSummaryView(referral: Referral, provider: string, now: Date) {
  const standing = providerStanding(referral, provider, true, now);
  const { id, referenceNumber, stage, status } = standingView(referral);
  const area = referral.facts.area ?? null;
  if (standing?.standing === 'offered')
    return { standing: 'offered' as const, id, referenceNumber, area, needs: standing.needs };
  if (standing?.standing !== 'accepted') return { standing: 'past' as const, id, referenceNumber };
  const needs = standing.own.flatMap((summary) => summary.needs.map(({ need }) => need));
  return { standing: 'accepted' as const, id, referenceNumber, area, needs, crn: referral.crn, stage, status };
}
