import type { ActionPlan, Allocation, Appointment } from '../allocation.ts';
import { summaryOf } from '../commands/common.ts';
import { rarDaysOf } from '../rar-days.ts';
import type { Referral } from '../referral.ts';
import { sessionsExpected } from '../service.ts';
import type { Role } from '../vocabulary.ts';
import { allocationSummaryView } from './referral-view.ts';

type Words = Record<string, string>;

/** One provider's part of a referral. `words` are what people wrote about it, where the reader may see them. */
export function allocationView(
  referral: Referral,
  allocation: Allocation,
  words: { caseworker: Words; engagement: Words },
) {
  const { id, caseworkerId, engagement, plan, report, version } = allocation;
  const summary = summaryOf(referral, id);
  const { name } = words.caseworker;
  return {
    ...allocationSummaryView(referral, summary),
    referralId: referral.id,
    startedAt: summary.startedAt,
    sessionsExpected: sessionsExpected(summary.terms, summary.needs),
    caseworker: caseworkerId ? { id: caseworkerId, ...(name ? { name } : {}) } : null,
    engagement: engagement && { ...engagement, ...words.engagement },
    actionPlan: plan && { status: plan.status, planVersion: plan.version, sessions: plan.sessions },
    endOfServiceReport: report && { status: report.status },
    rarDays: rarDaysOf(referral),
    version,
  };
}

/**
 * A meeting. `words` are what people wrote about it, where the reader may see them; the plan's sessions do without. That
 * it is held in a group is for everybody, in which group for its provider alone: two who attend have that in common.
 */
export function appointmentView(
  appointment: Appointment,
  role: Role,
  words: { appointment: Words; feedback: Words; cancellation: Words } = noWords,
) {
  const {
    feedback,
    cancellation,
    groupId,
    groupRevision: _groupRevision,
    bookedAt: _bookedAt,
    remindedAt: _remindedAt,
    ...booked
  } = appointment;
  const { place } = words.appointment;
  const { notes, reason, correctionReason, concern, concernKind } = words.feedback;
  return {
    ...booked,
    format: groupId === null ? ('one-to-one' as const) : ('group' as const),
    groupId: role === 'provider' ? groupId : null,
    ...(place ? { place } : {}),
    feedback: feedback && {
      recordedAt: feedback.at,
      editableUntil: feedback.editableUntil,
      attendance: feedback.attendance,
      absence: feedback.absence,
      activities: feedback.activities,
      rarDay: feedback.rarDay,
      corrections: feedback.corrections,
      ...(notes ? { notes } : {}),
      ...(reason ? { reason } : {}),
      ...(correctionReason ? { correctionReason } : {}),
      ...(concern
        ? { concern: { kind: concernKind === 'safety' ? ('safety' as const) : ('behaviour' as const), text: concern } }
        : {}),
    },
    cancellation: cancellation && { ...cancellation, ...words.cancellation },
  };
}
const noWords = { appointment: {}, feedback: {}, cancellation: {} };

/** The sessions of the plan, each with the latest of its appointments. */
export function sessionViews({ plan }: Allocation, appointments: Appointment[], role: Role) {
  return Array.from({ length: plan?.sessions ?? 0 }, (_, index) => {
    const session = index + 1;
    const latest = appointments
      .filter((appointment) => appointment.session === session)
      .sort((a, b) => rank(a) - rank(b) || (a.startsAt < b.startsAt ? -1 : 1))
      .at(-1);
    return {
      session,
      status: latest?.status ?? ('planned' as const),
      appointment: latest ? appointmentView(latest, role) : null,
    };
  });
}

/** A cancelled appointment never stands before another one of the same session. */
const rank = ({ status }: Appointment): number => (status === 'cancelled' ? 0 : 1);

/** The plan that binds, and the revision that is to replace it, each with its words where the reader may see them. */
export function planView(
  referral: Referral,
  { id, plan, revision, version }: Allocation,
  words: { plan: Words; revision: Words; returned: Words },
) {
  if (!plan) return undefined;
  const { terms, needs } = summaryOf(referral, id);
  const { reason } = words.returned;
  return {
    allocationId: id,
    ...writtenPlan(plan, words.plan),
    sessionsExpected: sessionsExpected(terms, needs),
    revision: revision && { ...writtenPlan(revision, words.revision), ...(reason ? { returnedFor: reason } : {}) },
    version,
  };
}

const writtenPlan = ({ status, version, sessions, activities, removed }: ActionPlan, words: Words) => ({
  status,
  planVersion: version,
  sessions,
  activities: activities.map((activity) => {
    const description = words[activity.id];
    return description ? { ...activity, description } : activity;
  }),
  ...(removed
    ? {
        removed: removed.map((id) => {
          const reason = words[`#${id}`];
          return { id, ...(reason ? { reason } : {}) };
        }),
      }
    : {}),
});

export function reportView({ id, report, version }: Allocation, words: Words) {
  if (!report) return undefined;
  const { summary } = words;
  return {
    allocationId: id,
    status: report.status,
    outcomes: report.outcomes.map((outcome) => {
      const evidence = words[`${outcome.id}/evidence`];
      const comment = words[`${outcome.id}/comment`];
      return { ...outcome, ...(evidence ? { evidence } : {}), ...(comment ? { comment } : {}) };
    }),
    ...(summary ? { summary } : {}),
    version,
  };
}
