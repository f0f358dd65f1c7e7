import * as z from 'zod';
import { areaIds } from './areas.ts';
import { code, isoDate } from './referral-facts.ts';
import { type ComplexityLevel, cohortIds, needIds, sentenceTypes, settings, sexes } from './vocabulary.ts';

const label = z.string().trim().min(1).max(200);

/** The clocks that a contract may set for its provider, and for the practitioner where they answer it (T1–T6). */
export const contractClocks = ['T1', 'T2', 'T3', 'T4', 'T5', 'T6'] as const;
export type ContractClock = (typeof contractClocks)[number];
const workingDays = z.int().min(1).max(130).optional();

/** Working days that a contract agrees (T1–T6); where it is silent, the defaults. */
const serviceLevels = z.strictObject({
  T1: workingDays,
  T2: workingDays,
  T3: workingDays,
  T4: workingDays,
  T5: workingDays,
  T6: workingDays,
} satisfies Record<ContractClock, unknown>);
export type ServiceLevels = z.infer<typeof serviceLevels>;

/** How much work each level of complexity is (L2). */
const sessionsPerLevel = z.strictObject({
  low: z.int().min(1),
  medium: z.int().min(1),
  high: z.int().min(1),
} satisfies Record<ComplexityLevel, unknown>);

/** A place where a service is delivered. Its address is the provider's to give to the person. */
const site = z.strictObject({ id: code, name: label, area: z.enum(areaIds) });

/** What a contract manager says of a service (O3). */
export const serviceDescription = z.strictObject({
  name: label,
  provider: z.strictObject({ id: code, name: label }),
  /** Organisations that deliver a part of it under the provider, who alone answers for it. */
  subcontractors: z.array(code).max(50).default([]),
  needs: z.array(z.enum(needIds)).min(1).max(14),
  cohort: z.enum(cohortIds),
  /** Whom the contract is for: some are for men only. That women's services come first for women is the cohort's (E6). */
  sexes: z
    .array(z.enum(sexes))
    .min(1)
    .max(sexes.length)
    .default([...sexes]),
  areas: z.array(z.enum(areaIds)).min(1),
  sites: z.array(site).max(100).default([]),
  /** Where it works within its areas, in the contract's words: shown, and nothing is ever decided by it. */
  catchment: z.string().trim().max(2000).default(''),
  /** Whole years; null where the contract sets none. */
  minimumAge: z.int().min(0).max(120).nullable(),
  maximumAge: z.int().min(0).max(120).nullable(),
  sentenceTypes: z.array(z.enum(sentenceTypes)).min(1),
  settings: z.array(z.enum(settings)).min(1),
  suitability: z.string().trim().max(4000),
  deliveryModes: z.array(code).max(10),
  languages: z.array(code).max(50),
  accessibility: z.array(code).max(50),
  /** Whether people may wait for it when it is full. */
  waitingList: z.boolean().default(true),
  serviceLevels: serviceLevels.default({}),
  contract: z.strictObject({
    reference: label,
    /** Dates, the closing one inclusive. */
    opens: isoDate,
    closes: isoDate.nullable(),
    sessionsPerLevel,
  }),
});

/** How many places a provider will have from the beginning of a day in London, until it states others. */
export const plannedPlaces = z.strictObject({ from: isoDate, places: z.int().min(0) });
export type PlannedPlaces = z.infer<typeof plannedPlaces>;

/** One entry of the directory: what a provider offers to whom, where and until when. */
export const service = z.object({
  ...serviceDescription.shape,
  id: code,
  version: z.int(),
  sequence: z.int(),
  /** Those of later days, the earliest first. */
  planned: z.array(plannedPlaces).default([]),
});
export type Service = z.infer<typeof service>;
export type ServiceDescription = z.infer<typeof serviceDescription>;

/** What the contract says of the work. It binds as it stood when the provider was asked: a change is for later offers. */
export const contractTerms = z.object({ serviceLevels, sessionsPerLevel });
export type ContractTerms = z.infer<typeof contractTerms>;

export const termsOf = ({ serviceLevels: agreed, contract }: Service): ContractTerms => ({
  serviceLevels: agreed,
  sessionsPerLevel: contract.sessionsPerLevel,
});

/** L2: how many sessions the contract expects for needs that one provider takes together: those of the highest level. */
export const sessionsExpected = (
  { sessionsPerLevel: sessions }: ContractTerms,
  needs: readonly { level: ComplexityLevel }[],
): number => Math.max(...needs.map(({ level }) => sessions[level]));

/** Live places of a service, counted where a race cannot oversell them. */
export const capacity = z.object({
  places: z.int().min(0),
  /** Held by an open offer. */
  reserved: z.int().min(0),
  /** Taken by an accepted one. */
  confirmed: z.int().min(0),
  /** What is left; below zero after a provider states fewer places than are taken. */
  free: z.int(),
  /** Referrals in line for a place. */
  waiting: z.int().min(0).default(0),
});
export type Capacity = z.infer<typeof capacity>;

/** O4: its last day lies behind: it takes nobody on any more. */
export const hasEnded = ({ contract }: Pick<Service, 'contract'>, date: string): boolean =>
  contract.closes !== null && contract.closes < date;

export const isRunning = ({ contract }: Pick<Service, 'contract'>, date: string): boolean =>
  contract.opens <= date && (contract.closes === null || date <= contract.closes);
