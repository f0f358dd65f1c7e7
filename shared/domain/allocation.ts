import * as z from 'zod';
import { needIds } from './vocabulary.ts';

/** Where one provider's part of a referral stands, in the order of the work (L4, L5). */
export const phases = [
  'supplier-assessment',
  'action-plan',
  'action-plan-approval',
  'delivery',
  'end-of-service-report',
  'acknowledgement',
  'ended',
] as const;

export const attendances = ['yes', 'late', 'no'] as const;
/** L4: why nobody came. Coarse on purpose: what is behind one, if it is said at all, is a private word. */
export const absenceReasons = [
  'sickness',
  'work-or-caring',
  'travel',
  'in-custody',
  'not-told',
  'forgot',
  'refused',
  'not-known',
  'other',
] as const;
/** L4: who wanted an appointment moved or cancelled, and why. */
export const requesters = ['provider', 'person', 'probation'] as const;
export const changeReasons = [
  'sickness',
  'work-or-caring',
  'travel',
  'in-custody',
  'clash',
  'caseworker-unavailable',
  'place-unavailable',
  'safety',
  'not-needed',
  'other',
] as const;
export const outcomeLevels = ['achieved', 'partially-achieved', 'not-achieved'] as const;
export type OutcomeLevel = (typeof outcomeLevels)[number];
export const appointmentPurposes = ['supplier-assessment', 'session'] as const;
export const appointmentModes = ['in-person', 'phone', 'video'] as const;

const time = z.iso.datetime();

/** O5: the person understood and accepted their responsibilities. How it was said to them is private, as they are. */
const engagement = z.object({ acceptedAt: time });

const actionPlan = z.object({
  /** Counts every submission. */
  version: z.int(),
  status: z.enum(['draft', 'submitted', 'approved', 'returned']),
  sessions: z.int(),
  /** The key under which its words are kept, where it revises another: each plan that was approved keeps its own. */
  textKey: z.string().optional(),
  /** Activities of the approved plan that it does without. */
  removed: z.array(z.string()).optional(),
  /** Their descriptions are words about the person: the private table keeps them. */
  activities: z.array(
    z.object({
      id: z.string(),
      need: z.enum(needIds),
      desiredOutcomes: z.array(z.string()),
      outputRow: z.string(),
    }),
  ),
});
export type ActionPlan = z.infer<typeof actionPlan>;

/** L5: how far a desired outcome was reached. */
export const reportedOutcome = z.object({ id: z.string(), level: z.enum(outcomeLevels) });

const report = z.object({
  status: z.enum(['draft', 'submitted', 'acknowledged', 'returned']),
  outcomes: z.array(reportedOutcome),
});
export type Report = z.infer<typeof report>;

/** The details of one allocation; its phase stands in the referral, which decides it. */
export const allocation = z.object({
  id: z.string(),
  referralId: z.string(),
  crn: z.string(),
  providerId: z.string(),
  version: z.int(),
  caseworkerId: z.string().nullable(),
  engagement: engagement.nullable(),
  plan: actionPlan.nullable(),
  /** What is to replace an approved plan, which binds meanwhile (L4). */
  revision: actionPlan.nullable().default(null),
  /** Sessions held, by their number in the plan. */
  sessionsHeld: z.array(z.int()),
  /** Its latest appointments with feedback (L4): whether the person came, and whether a row of misses was decided about. */
  attendance: z
    .array(z.object({ appointmentId: z.string(), startsAt: time, attended: z.boolean(), isSettled: z.boolean() }))
    .default([]),
  report: report.nullable(),
});
export type Allocation = z.infer<typeof allocation>;

/** Where it is kept why a plan or a report was returned: under the provider's new task, which writes it again. */
export const returnedKey = (newTaskId: string): string => `RETURNED#${newTaskId}`;

/** Where the words of a plan are kept: its descriptions by activity, and why it removes one by that one's id after `#`. */
export const planKey = ({ id }: Pick<Allocation, 'id'>, { textKey }: Pick<ActionPlan, 'textKey'>): string =>
  textKey ?? `PLAN#${id}`;

/** Where it is kept why a revision was returned. Nobody has to revise, so there is no task that would tell. */
export const revisionReturnedKey = (allocationId: string, planVersion: number): string =>
  `REVISION-RETURNED#${allocationId}#${planVersion}`;

/** When an appointment was moved or cancelled, who wanted it, and why, as far as that was said. */
const changed = z.object({
  at: time,
  requestedBy: z.enum(requesters).nullable(),
  reasonCode: z.enum(changeReasons).nullable(),
});

/** A booked meeting: an item of its own, so that an allocation does not grow with its sessions. */
export const appointment = z.object({
  id: z.string(),
  allocationId: z.string(),
  version: z.int(),
  purpose: z.enum(appointmentPurposes),
  session: z.int().nullable(),
  /** The group session that it is a seat in, and which of that one's revisions it stands at (ADR 26). */
  groupId: z.string().nullable(),
  groupRevision: z.int().nullable().default(null),
  startsAt: time,
  durationMinutes: z.int(),
  mode: z.enum(appointmentModes),
  status: z.enum(['booked', 'held', 'missed', 'cancelled']),
  feedback: z
    .object({
      at: time,
      /** Until then it may be replaced; after that it is only corrected, and what was said first is kept. */
      editableUntil: time,
      /** It raised a concern, so what it says is never replaced. */
      hasConcern: z.boolean(),
      attendance: z.enum(attendances),
      absence: z.enum(absenceReasons).nullable().default(null),
      activities: z.array(z.string()),
      rarDay: z.boolean(),
      corrections: z.int(),
    })
    .nullable(),
  /** Null for what was booked before this was kept. */
  bookedAt: time.nullable().default(null),
  /** When it was told that it comes near; null again once it is moved to another time. */
  remindedAt: time.nullable().default(null),
  /** The last time that it was moved. */
  moved: changed.nullable().default(null),
  /** Null also for one that was overtaken: the end of its delivery says why. */
  cancellation: changed.nullable().default(null),
});
export type Appointment = z.infer<typeof appointment>;
