import * as z from 'zod';
import { phases, reportedOutcome } from './allocation.ts';
import { booking } from './diary.ts';
import { type ReferralFacts, referralFacts, referredNeed } from './referral-facts.ts';
import { contractTerms } from './service.ts';
import { taskTypes } from './task-types.ts';
import {
  caseResponsibilities,
  certainties,
  complexityLevels,
  conclusionReasons,
  deliveryEnds,
  needIds,
  riskLevels,
} from './vocabulary.ts';

const time = z.iso.datetime();
const needLevel = z.object({ need: z.enum(needIds), level: z.enum(complexityLevels) });

const recordNeed = referredNeed
  .omit({ generalServiceReason: true, preferredService: true, indicators: true })
  .extend({ preferredServiceId: z.string().optional() });

/** What was sent, without what is personal. */
const recordFacts = referralFacts
  .omit({ crn: true, person: true, reasonForReferral: true })
  .extend({ needs: z.array(recordNeed) });
export type RecordFacts = z.infer<typeof recordFacts>;

/** L2: what was recommended and what the practitioner decided; both are kept. */
const needState = z.object({
  need: z.enum(needIds),
  recommended: z
    .object({
      level: z.enum(complexityLevels).nullable(),
      certainty: z.enum(certainties),
      atMost: z.enum(complexityLevels),
    })
    .nullable(),
  confirmed: z.enum(complexityLevels).nullable(),
});

const offer = z.object({
  id: z.string(),
  serviceId: z.string(),
  providerId: z.string(),
  /** What its answer is awaited on: the provider's task, or the practitioner's, once it was returned for information. */
  taskId: z.string(),
  isReturned: z.boolean(),
  terms: contractTerms,
});
export type Offer = z.infer<typeof offer>;

const groupPlace = z.discriminatedUnion('at', [
  z.object({ at: z.literal('unplaced'), chosen: z.object({ serviceId: z.string() }).optional() }),
  /** One offer, or several at once: the first to be accepted ends the others. */
  z.object({ at: z.literal('offered'), offers: z.array(offer).min(1) }),
  /** Every service that would take it is full: it is in line for a place of these. */
  z.object({ at: z.literal('waiting'), services: z.array(z.string()) }),
  z.object({ at: z.literal('manual-allocation') }),
  z.object({ at: z.literal('placed'), allocationId: z.string() }),
  z.object({ at: z.literal('closed') }),
]);
export type GroupPlace = z.infer<typeof groupPlace>;

/**
 * Needs that go to one provider together (L3). `tried` services declined, stayed silent or were not told in time what
 * they asked: they are not asked again.
 */
const needsGroup = z.object({
  id: z.string(),
  needs: z.array(z.enum(needIds)),
  /** Since when a provider is looked for: its time in every waiting list, whatever comes in between. */
  since: time,
  tried: z.array(z.string()),
  place: groupPlace,
});
export type NeedsGroup = z.infer<typeof needsGroup>;

/** The part of an allocation that the referral's own decisions need. */
const allocationSummary = z.object({
  id: z.string(),
  serviceId: z.string(),
  providerId: z.string(),
  needs: z.array(needLevel),
  terms: contractTerms,
  startedAt: time,
  phase: z.enum(phases),
  /** A supplier assessment or session has been attended: delivery began, so a report is due at its end (L5). */
  begun: z.boolean(),
  /** When the first that was attended took place; null also where delivery began before this was kept. */
  begunAt: time.nullable().default(null),
  /** Why delivery ended, once it has. */
  endedFor: z.enum(deliveryEnds).nullable(),
  /** When delivery ended; its report may come later. Null until then. */
  deliveryEndedAt: time.nullable().default(null),
  /** When its phase became `ended`; null until then, and where that was before this was kept. */
  endedAt: time.nullable().default(null),
  /** L5: what its report said, once that was acknowledged. */
  outcomes: z.array(reportedOutcome).nullable().default(null),
});
export type AllocationSummary = z.infer<typeof allocationSummary>;

const openTask = z.object({
  id: z.string(),
  type: z.enum(taskTypes),
  /** The organisation that must answer. */
  organisation: z.string(),
  allocationId: z.string().optional(),
  groupId: z.string().optional(),
  appointmentId: z.string().optional(),
  linkId: z.string().optional(),
  /** Reports of risk that stand under it (E7). */
  reports: z.object({ count: z.int(), latest: z.string() }).optional(),
  /** Messages that stand unread under it (O1). */
  unread: z.int().optional(),
  /** Appointments missed in a row (L4). */
  missed: z.array(z.object({ appointmentId: z.string(), startsAt: time })).optional(),
  openedAt: time,
  /** When its clock starts, where that is not when it was opened: as a session ends, say (T5). */
  startedAt: time.optional(),
  dueAt: time,
  /** When to remind; null once reminded. */
  remindAt: time.nullable(),
  /** When the deadline passed unanswered, for tasks that stay open after it. */
  breachedAt: time.nullable(),
});
export type OpenTask = z.infer<typeof openTask>;

export const endStates = ['completed', 'ended', 'cancelled'] as const;
export type EndState = (typeof endStates)[number];
const endReason = z.enum(conclusionReasons);

/**
 * One referral as the record keeps it: ids, codes and times. What is personal stands in `Confidential`, in the private
 * table. Stage and status are derived (`standing.ts`), never stored.
 */
export const referral = z.object({
  id: z.string(),
  referenceNumber: z.string(),
  crn: z.string(),
  /** The case system's organisation that sent it, and the client that it sent it with. */
  organisation: z.string(),
  client: z.string(),
  /** The catalogue version that it was sent under, kept for its whole life (C3). */
  catalogueVersion: z.string(),
  createdAt: time,
  /** Null while it is a draft: nothing runs yet, and nobody but its case system sees it. */
  sentAt: time.nullable(),
  /** The last event's place in this referral's history; also the lock that serialises its commands. */
  sequence: z.int(),
  /** Changes whenever the referral itself does: the ETag. */
  version: z.int(),
  facts: recordFacts,
  /** Facts still asked for, as JSON pointers; empty once the assessment is complete (L1). */
  missing: z.array(z.string()),
  needs: z.array(needState),
  groups: z.array(needsGroup),
  /** Providers that have declined because of one: matching asks them no more, for any need (L3). */
  conflictsOfInterest: z.array(z.string()).default([]),
  allocations: z.array(allocationSummary),
  /** L4: the dates, in London, that count as days of rehabilitation activity, and by how many appointments each. */
  rarDays: z.record(z.iso.date(), z.int().min(1)).default({}),
  /** L4: appointments that are booked and not yet held, of all its allocations. */
  booked: z.array(booking).default([]),
  openTasks: z.array(openTask),
  possibleDuplicates: z.array(z.object({ id: z.string(), referenceNumber: z.string() })),
  caseResponsibility: z.enum(caseResponsibilities),
  /** E7: the last reassessment of risk; what it says to providers stands under its task's id. */
  riskNotice: z.object({ taskId: z.string().nullable(), seriousHarm: z.enum(riskLevels), at: time }).nullable(),
  paused: z.object({ at: time, reason: z.string() }).nullable(),
  /** Set by a withdrawal, an early end or a late ineligibility: from here the referral only winds down. */
  ending: z
    .object({
      reason: endReason,
      failed: z.array(z.object({ need: z.enum(needIds), rule: z.string() })).optional(),
      /** An early end: what was delivered counts (L5). */
      early: z.literal(true).optional(),
    })
    .nullable(),
  conclusion: z.object({ at: time, endState: z.enum(endStates), endReason: endReason.nullable() }).nullable(),
  /** When what was held on the person was removed at the end of its period; from then on nobody knows whose it was. */
  removedAt: time.nullable().default(null),
  /** Why operations must look at it. */
  attention: z.object({ reason: z.string(), since: time, taskId: z.string().optional() }).nullable(),
});
export type Referral = z.infer<typeof referral>;

/** L2: why a level was recommended, which tells of the person as their answers do. */
const explanation = z.object({
  reasons: z.array(
    z.object({
      level: z.enum(complexityLevels),
      criterion: z.string(),
      because: z.string(),
      indicators: z.record(z.string(), z.string()),
    }),
  ),
  missing: z.array(z.string()),
});

const needTexts = z.object({
  generalServiceReason: z.string().optional(),
  preferredServiceReason: z.string().optional(),
  overrideReason: z.string().optional(),
  indicators: referredNeed.shape.indicators.unwrap().unwrap().optional(),
  recommendation: explanation.optional(),
});

/** The person and the words written about them: the private table's part of a referral. */
export const confidential = z.object({
  person: referralFacts.shape.person.unwrap().unwrap(),
  reasonForReferral: z.string().nullable(),
  needs: z.partialRecord(z.enum(needIds), needTexts),
});
export type Confidential = z.infer<typeof confidential>;

/** What nobody has decided about yet. */
export const newNeeds = ({ needs }: Pick<ReferralFacts, 'needs'>): Referral['needs'] =>
  needs.map(({ need }) => ({ need, recommended: null, confirmed: null }));

export const isDraft = ({ sentAt, conclusion }: Referral): boolean => sentAt === null && conclusion === null;

/** A draft that was never sent and is no longer kept: its private half is gone. */
export const isRemoved = ({ sentAt, conclusion }: Referral): boolean => sentAt === null && conclusion !== null;

/** Stands where a CRN stood, once what was held on the person has been removed. */
export const removedCrn = 'removed';

/** What a referral's events say of whose it is: nobody knows any more, once its record was removed. */
export const crnOf = ({ crn, removedAt }: Pick<Referral, 'crn' | 'removedAt'>): string | null =>
  removedAt ? null : crn;

export const nobody: Confidential = { person: {}, reasonForReferral: null, needs: {} };

/** The organisation under which operations hold their tasks. */
export const operationsOrganisation = 'operations';

/** Parts what was sent into the record's half and the private half. */
export function separate(facts: ReferralFacts): { recorded: RecordFacts; confidential: Confidential } {
  const { crn: _crn, person, reasonForReferral, needs, ...rest } = facts;
  const texts: Confidential['needs'] = {};
  const recordedNeeds = needs.map(({ generalServiceReason, preferredService, indicators, ...need }) => {
    texts[need.need] = {
      ...(generalServiceReason ? { generalServiceReason } : {}),
      ...(preferredService ? { preferredServiceReason: preferredService.reason } : {}),
      ...(indicators ? { indicators } : {}),
    };
    return preferredService ? { ...need, preferredServiceId: preferredService.id } : need;
  });
  return {
    recorded: { ...rest, needs: recordedNeeds },
    confidential: { person: person ?? {}, reasonForReferral: reasonForReferral ?? null, needs: texts },
  };
}

/** The inverse of `separate`: the facts as they were sent. */
export function joined(crn: string, recorded: RecordFacts, confidential: Confidential): ReferralFacts {
  const { needs, ...rest } = recorded;
  return {
    crn,
    ...rest,
    person: confidential.person,
    reasonForReferral: confidential.reasonForReferral,
    needs: needs.map(({ preferredServiceId, ...need }) => {
      const texts = confidential.needs[need.need] ?? {};
      return {
        ...need,
        ...(texts.generalServiceReason ? { generalServiceReason: texts.generalServiceReason } : {}),
        ...(texts.indicators ? { indicators: texts.indicators } : {}),
        ...(preferredServiceId && texts.preferredServiceReason
          ? { preferredService: { id: preferredServiceId, reason: texts.preferredServiceReason } }
          : {}),
      };
    }),
  };
}
