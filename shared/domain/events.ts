import * as z from 'zod';
import { type ActionPlan, absenceReasons, changeReasons, type Report, requesters } from './allocation.ts';
import { areaIds } from './areas.ts';
import type { Recommendation } from './complexity.ts';
import { executionDrifts, taskDrifts } from './drift.ts';
import { mostAtOnce } from './parallel-offers.ts';
import { candidate, filteredService, mostCandidates, mostFiltered } from './ranked.ts';
import type { Confidential, OpenTask, Referral } from './referral.ts';
import { code, isoDate, type OpdOwners, type ReferralFacts } from './referral-facts.ts';
import type { ContractTerms } from './service.ts';
import { taskTypes } from './task-types.ts';
import {
  caseResponsibilities,
  certainties,
  complexityLevels,
  conclusionReasons,
  deliveryEnds,
  endReasons,
  exportReasons,
  groupReasons,
  messageParties,
  type NeedId,
  needIds,
  nonEngagementDecisions,
  onwardKinds,
  pauseReasons,
  riskLevels,
  riskReporters,
  roles,
  settings,
} from './vocabulary.ts';

/**
 * Every domain event and what it may publish (V): ids, codes and times only. This is the allow-list: an event whose
 * data has anything else is refused before the commit, so no free text and no personal detail can ever leave.
 */
const id = z.uuid();
const time = z.iso.datetime();
const need = z.enum(needIds);
const providerId = code;
const serviceId = code;

const offer = { offerId: id, groupId: id, serviceId, providerId };
const task = { taskId: id, taskType: z.enum(taskTypes), owner: z.enum(roles), allocationId: id.optional() };
const allocation = { allocationId: id };
const appointment = { ...allocation, appointmentId: id };
const message = { ...allocation, messageId: id, to: z.enum(messageParties) };
const onwardLink = { ...allocation, linkId: id };
const counted = z.strictObject({ reserved: z.int(), confirmed: z.int(), free: z.int(), waiting: z.int() });
const rarDays = { used: z.int(), maximum: z.int() };
const groupSession = { groupId: id, providerId };
const operation = { taskId: id.optional(), executions: z.array(code) };

export const eventData = {
  'referral.drafted.v1': z.strictObject({ referenceNumber: z.string() }),
  'referral.draft-changed.v1': z.strictObject({}),
  'referral.draft-kept.v1': z.strictObject({ taskId: id, dueAt: time }),
  'referral.draft-removed.v1': z.strictObject({ reason: z.enum([...endReasons, 'abandoned']) }),
  'referral.sent.v1': z.strictObject({
    referenceNumber: z.string(),
    needs: z.array(need),
    area: z.enum(areaIds).nullable(),
    setting: z.enum(settings).nullable(),
    catalogueVersion: z.string(),
    possibleDuplicates: z.array(id),
  }),
  'referral.information-requested.v1': z.strictObject({ missing: z.array(z.string()), taskId: id }),
  'referral.information-supplied.v1': z.strictObject({ supplied: z.array(z.string()), taskId: id }),
  'referral.found-ineligible.v1': z.strictObject({ failed: z.array(z.strictObject({ need, rule: z.string() })) }),
  'referral.waiting-listed.v1': z.strictObject({
    groupId: id,
    needs: z.array(need),
    services: z.array(serviceId),
    taskId: id,
  }),
  'referral.allocated-manually.v1': z.strictObject({
    groupId: id,
    decision: z.enum(['offer', 'close']),
    serviceId: serviceId.optional(),
  }),
  'referral.amended.v1': z.strictObject({
    fields: z.array(z.string()),
    complexity: z.array(
      z.strictObject({
        need,
        from: z.enum(complexityLevels),
        to: z.enum(complexityLevels),
        recommended: z.enum(complexityLevels).nullable(),
        overridden: z.boolean(),
      }),
    ),
  }),
  'referral.paused.v1': z.strictObject({ reason: z.enum(pauseReasons) }),
  'referral.resumed.v1': z.strictObject({ pausedAt: time }),
  'referral.withdrawn.v1': z.strictObject({ reason: z.enum(endReasons) }),
  'referral.ended-early.v1': z.strictObject({ reason: z.enum(endReasons) }),
  'referral.extended.v1': z.strictObject({ from: isoDate, to: isoDate }),
  'referral.transferred.v1': z.strictObject({
    from: z.enum(areaIds).nullable(),
    to: z.enum(areaIds).nullable(),
    allocationIds: z.array(id),
    serviceId: serviceId.optional(),
  }),
  'referral.reopened.v1': z.strictObject({ needs: z.array(need) }),
  'referral.concluded.v1': z.strictObject({
    endState: z.enum(['completed', 'ended', 'cancelled']),
    endReason: z.enum(conclusionReasons).nullable(),
  }),
  'opd.owners-recorded.v1': z.strictObject({ probation: code, health: code }),
  'opd.owners-removed.v1': z.strictObject({ probation: code, health: code }),
  'complexity.recommended.v1': z.strictObject({
    /** The confirmation that it asks for; null where the levels are confirmed already. */
    taskId: id.nullable(),
    catalogueVersion: code,
    needs: z.array(
      z.strictObject({
        need,
        level: z.enum(complexityLevels).nullable(),
        certainty: z.enum(certainties),
        atMost: z.enum(complexityLevels),
      }),
    ),
  }),
  'complexity.confirmed.v1': z.strictObject({
    taskId: id,
    needs: z.array(
      z.strictObject({
        need,
        recommended: z.enum(complexityLevels).nullable(),
        level: z.enum(complexityLevels),
        overridden: z.boolean(),
      }),
    ),
  }),
  'candidates.ranked.v1': z.strictObject({
    groupId: id,
    needs: z.array(need),
    candidates: z.array(candidate).max(mostCandidates + mostAtOnce),
    filtered: z.array(filteredService).max(mostFiltered),
  }),
  'needs.regrouped.v1': z.strictObject({
    from: z.array(id),
    into: z.array(z.strictObject({ groupId: id, needs: z.array(need) })),
  }),
  'offer.made.v1': z.strictObject({ ...offer, taskId: id, dueAt: time }),
  'offer.accepted.v1': z.strictObject({ ...offer, ...allocation }),
  'offer.declined.v1': z.strictObject({
    ...offer,
    reason: z.enum(['no-capacity', 'outside-area', 'not-suitable', 'conflict-of-interest', 'other']),
  }),
  'offer.returned.v1': z.strictObject({ ...offer, taskId: id }),
  'offer.information-added.v1': z.strictObject({ ...offer, taskId: id, dueAt: time }),
  'offer.lapsed.v1': z.strictObject({ ...offer }),
  'offer.withdrawn.v1': z.strictObject({ ...offer }),
  'allocation.started.v1': z.strictObject({
    ...allocation,
    serviceId,
    providerId,
    needs: z.array(z.strictObject({ need, level: z.enum(complexityLevels) })),
  }),
  'allocation.ended.v1': z.strictObject({ ...allocation, endState: z.enum(['completed', 'ended', 'cancelled']) }),
  'caseworker.assigned.v1': z.strictObject({ ...allocation, caseworkerId: code }),
  'engagement.accepted.v1': z.strictObject({ ...allocation, acceptedAt: time }),
  'appointment.booked.v1': z.strictObject({
    ...appointment,
    purpose: z.enum(['supplier-assessment', 'session']),
    session: z.int().optional(),
    startsAt: time,
    mode: z.enum(['in-person', 'phone', 'video']),
  }),
  'appointment.rescheduled.v1': z.strictObject({
    ...appointment,
    from: time,
    to: time,
    requestedBy: z.enum(requesters),
    reasonCode: z.enum(changeReasons).optional(),
  }),
  'appointment.reminded.v1': z.strictObject({ ...appointment, startsAt: time }),
  'appointment.cancelled.v1': z.strictObject({
    ...appointment,
    requestedBy: z.enum(requesters).optional(),
    reasonCode: z.enum(changeReasons).optional(),
  }),
  'attendance.recorded.v1': z.strictObject({
    ...appointment,
    purpose: z.enum(['supplier-assessment', 'session']),
    session: z.int().optional(),
    attendance: z.enum(['yes', 'late', 'no']),
    absence: z.enum(absenceReasons).optional(),
    rarDay: z.boolean(),
    correction: z.boolean(),
  }),
  'concern.raised.v1': z.strictObject({ ...appointment, kind: z.enum(['behaviour', 'safety']) }),
  'rar-days.nearly-used.v1': z.strictObject(rarDays),
  'rar-days.used.v1': z.strictObject(rarDays),
  'rar-days.exceeded.v1': z.strictObject(rarDays),
  'non-engagement.raised.v1': z.strictObject({ ...allocation, taskId: id, appointmentIds: z.array(id) }),
  'non-engagement.decided.v1': z.strictObject({ ...allocation, taskId: id, decision: z.enum(nonEngagementDecisions) }),
  'action-plan.drafted.v1': z.strictObject({ ...allocation }),
  'action-plan.submitted.v1': z.strictObject({ ...allocation, planVersion: z.int(), sessions: z.int() }),
  'action-plan.approved.v1': z.strictObject({ ...allocation, planVersion: z.int() }),
  'action-plan.returned.v1': z.strictObject({ ...allocation, planVersion: z.int() }),
  'action-plan.revised.v1': z.strictObject({
    ...allocation,
    planVersion: z.int(),
    sessions: z.strictObject({ from: z.int(), to: z.int() }),
    outcomesChanged: z.boolean(),
  }),
  'delivery.ended.v1': z.strictObject({
    ...allocation,
    reason: z.enum(deliveryEnds),
    reportDue: z.boolean(),
  }),
  'end-of-service-report.drafted.v1': z.strictObject({ ...allocation }),
  'end-of-service-report.submitted.v1': z.strictObject({
    ...allocation,
    outcomes: z.array(
      z.strictObject({ outcomeId: code, level: z.enum(['achieved', 'partially-achieved', 'not-achieved']) }),
    ),
  }),
  'end-of-service-report.acknowledged.v1': z.strictObject({ ...allocation }),
  'end-of-service-report.returned.v1': z.strictObject({ ...allocation }),
  'risk.escalation-reported.v1': z.strictObject({
    reportId: id,
    taskId: id,
    observedAt: time,
    reportedBy: z.enum(riskReporters),
  }),
  'risk.reassessed.v1': z.strictObject({
    /** Null where the level was told among other facts. */
    taskId: id.nullable(),
    from: z.enum(riskLevels).nullable(),
    to: z.enum(riskLevels),
  }),
  'risk.responsibility-moved.v1': z.strictObject({
    from: z.enum(caseResponsibilities),
    to: z.enum(caseResponsibilities),
  }),
  'message.sent.v1': z.strictObject({
    ...message,
    /** What reminds its receiver: one task for all that is unread. */
    taskId: id,
    inReplyTo: id.optional(),
  }),
  'message.read.v1': z.strictObject(message),
  /** Neither its words nor what it is about: of some rows that tells too much (O14, O15). */
  'case-note.written.v1': z.strictObject({ ...allocation, noteId: id }),
  'onward-link.made.v1': z.strictObject({ ...onwardLink, kind: z.enum(onwardKinds), need, followUpOn: isoDate }),
  'onward-link.followed-up.v1': z.strictObject({ ...onwardLink, followedUpAt: time }),
  /** Everything held on the person was handed over as one document. */
  'record.exported.v1': z.strictObject({ exportId: id, reason: z.enum(exportReasons) }),
  /** What was held on the person is removed, so many months after their last conclusion. Keep nothing either. */
  'record.removed.v1': z.strictObject({ periodMonths: z.int().min(1), concludedAt: time }),
  'task.opened.v1': z.strictObject({ ...task, dueAt: time }),
  'task.reminded.v1': z.strictObject({ ...task, dueAt: time }),
  'task.lapsed.v1': z.strictObject({ ...task, dueAt: time }),
  'clock.breached.v1': z.strictObject({ ...task, clock: z.string(), dueAt: time }),
  'execution.failed.v1': z.strictObject({ executionId: id, status: code }),
  /** Without `because` operations asked for it. */
  'execution.redriven.v1': z.strictObject({ ...operation, because: z.enum(executionDrifts).optional() }),
  'task.repaired.v1': z.strictObject({ ...task, drift: z.enum(taskDrifts) }),
  'wait.found-unattended.v1': z.strictObject({}),
  'events.republished.v1': z.strictObject({ count: z.int() }),
  'wait.released.v1': z.strictObject(operation),
  /** Neither its output rows nor anything of who attends: of some rows that tells too much (O14, O15). */
  'group-session.planned.v1': z.strictObject({
    ...groupSession,
    serviceId,
    startsAt: time,
    durationMinutes: z.int(),
    mode: z.enum(['in-person', 'phone', 'video']),
    places: z.int(),
  }),
  'group-session.rescheduled.v1': z.strictObject({
    ...groupSession,
    from: time,
    to: time,
    reason: z.enum(groupReasons),
  }),
  'group-session.changed.v1': z.strictObject({ ...groupSession, fields: z.array(z.enum(['caseworkerId', 'places'])) }),
  'group-session.cancelled.v1': z.strictObject({ ...groupSession, reason: z.enum(groupReasons) }),
  'service.published.v1': z.strictObject({
    serviceId,
    providerId,
    areas: z.array(z.enum(areaIds)),
    needs: z.array(need),
  }),
  'service.changed.v1': z.strictObject({ serviceId, providerId, fields: z.array(z.string()) }),
  'service.closed.v1': z.strictObject({ serviceId, providerId, closesOn: isoDate }),
  'capacity.stated.v1': z.strictObject({ serviceId, providerId, places: z.int() }),
  /** Null: those planned from that day are planned no more. */
  'capacity.planned.v1': z.strictObject({ serviceId, providerId, from: isoDate, places: z.int().nullable() }),
  'capacity.repaired.v1': z.strictObject({ serviceId, providerId, before: counted, after: counted }),
} as const;

export type EventType = keyof typeof eventData;
export const eventTypes = Object.keys(eventData) as EventType[];
export type EventData<T extends EventType = EventType> = z.infer<(typeof eventData)[T]>;

/** Who did it: an organisation's client, and the person it names, if it names one. Kept in the record, never published. */
export interface Actor {
  organisation: string;
  client: string;
  person?: string | undefined;
}

/** What the new state needs beyond what may be published. */
interface EventDetail {
  'referral.drafted.v1': { referral: Referral; confidential: Confidential };
  'referral.draft-changed.v1': { facts: ReferralFacts; missing: string[]; dueDates: Record<string, string> };
  'referral.sent.v1': { referral: Referral; confidential: Confidential };
  'referral.information-supplied.v1': {
    facts: ReferralFacts;
    missing: string[];
    rematch: boolean;
    dueDates: Record<string, string>;
  };
  'referral.resumed.v1': { dueDates: Record<string, string> };
  'referral.withdrawn.v1': { dueDates: Record<string, string> };
  'referral.ended-early.v1': { dueDates: Record<string, string> };
  'referral.extended.v1': { dueDates: Record<string, string> };
  'referral.amended.v1': {
    facts: ReferralFacts;
    missing: string[];
    rematch: boolean;
    dueDates: Record<string, string>;
  };
  /** Those who were owners until now: they hear of it too. */
  'opd.owners-recorded.v1': { former: OpdOwners | null };
  'complexity.recommended.v1': { needs: ({ need: NeedId } & Pick<Recommendation, 'reasons' | 'missing'>)[] };
  'offer.made.v1': { terms: ContractTerms };
  'allocation.started.v1': { terms: ContractTerms };
  'appointment.booked.v1': { durationMinutes: number; groupId: string | null; groupRevision: number | null };
  'appointment.rescheduled.v1': { groupRevision: number | null };
  /** Those until now; a replacement is none. */
  'attendance.recorded.v1': { activities: string[]; corrections: number };
  'action-plan.drafted.v1': { plan: ActionPlan };
  'end-of-service-report.drafted.v1': { report: Report };
  'message.sent.v1': { providerId: string };
  'task.repaired.v1': { organisation: string; dueAt: string };
}

/**
 * A change, as the domain decides it. `data` is what everyone may know, `detail` completes the record's new state,
 * and `texts` are the words that people wrote, which only the private table keeps (the same key again replaces them).
 */
export type DomainEvent = {
  [T in EventType]: {
    type: T;
    data: EventData<T>;
    /** The task that it opens. */
    opens?: OpenTask;
    /** The task that it answers, with the answer by which the same answer given twice is recognised. */
    answers?: { taskId: string; answer: unknown };
    texts?: { key: string; words: Record<string, string> };
    /** Words of this one event: their key is new, so nothing replaces them. */
    keeps?: { key: string; words: Record<string, string> };
  } & (T extends keyof EventDetail ? { detail: EventDetail[T] } : { detail?: never });
}[EventType];

export type EventOf<T extends EventType> = Extract<DomainEvent, { type: T }>;
