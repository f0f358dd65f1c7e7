import * as z from 'zod';
import { areaIds } from './areas.ts';
import {
  metByPrimaryValues,
  needIds,
  needReasons,
  primaryInterventions,
  requestedWorkValues,
  requirements,
  riskLevels,
  sentenceTypes,
  settings,
  sexes,
} from './vocabulary.ts';

/** An opaque id or code of another system: never free text. */
export const code = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:/-]{0,79}$/, 'letters, digits and . _ : / - only, at most 80');
export const crn = z
  .string()
  .regex(/^[A-Za-z]\d{6}$/, 'a letter and six digits')
  .describe('Case reference number of the person on probation');
export const isoDate = z.iso.date();
/** What a person wrote. Half a character, as where a text was cut within an emoji, cannot be stored. */
export const written = (longest: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(longest)
    .refine((text) => text.isWellFormed(), 'is no valid Unicode text: half of a character is missing');
export const freeText = written(4000);

const unknown = <T extends z.ZodType>(schema: T) => schema.nullable().optional();

export const person = z.strictObject({
  sex: unknown(z.enum(sexes)),
  dateOfBirth: unknown(isoDate),
  accessibility: unknown(z.array(code).max(20)),
  interpreterLanguage: unknown(
    z.string().regex(/^[a-z]{2,3}(-[A-Za-z]{2,4})?$/, 'an ISO 639 code such as "pl" or "cy"'),
  ),
});

export const sentence = z.strictObject({
  id: unknown(code),
  type: unknown(z.enum(sentenceTypes)),
  requirements: unknown(z.array(z.enum(requirements)).max(20)),
  rarDays: unknown(z.int().min(0).max(365)),
  startDate: unknown(isoDate),
  endDate: unknown(isoDate),
  proposed: z.boolean().optional().describe('A court asks before sentence (eligibility check only)'),
});

export const referredNeed = z.strictObject({
  need: z.enum(needIds),
  reason: unknown(z.enum(needReasons)).describe('E3'),
  followedBy: unknown(z.enum(primaryInterventions)),
  metByPrimary: unknown(z.enum(metByPrimaryValues)),
  generalServiceReason: unknown(freeText).describe('E6: why a general service for a woman'),
  preferredService: unknown(z.strictObject({ id: code, reason: freeText })),
  desiredOutcomes: unknown(z.array(code).max(20)),
  indicators: unknown(
    z
      .record(code, code)
      .refine((indicators) => Object.keys(indicators).length <= 50, 'at most 50 indicators')
      .describe('C2: the answers that are known, by the indicators of the catalogue'),
  ),
});

/** What is known of a referral, as sent. Anything null or absent is *missing*, never guessed (L1). */
export const referralFacts = z.strictObject({
  crn,
  externalReference: unknown(code),
  practitioner: unknown(z.strictObject({ id: code, team: unknown(code) })),
  person: unknown(person),
  area: unknown(z.enum(areaIds)),
  sentence: unknown(sentence),
  setting: unknown(z.enum(settings)),
  expectedReleaseDate: unknown(isoDate),
  risk: unknown(z.strictObject({ seriousHarm: unknown(z.enum(riskLevels)) })),
  opdPathway: unknown(z.boolean()),
  opdOwners: unknown(z.strictObject({ probation: code, health: code })),
  requestedWork: unknown(z.enum(requestedWorkValues)),
  needs: z.array(referredNeed).min(1).max(14),
  reasonForReferral: unknown(freeText),
});
export type ReferralFacts = z.infer<typeof referralFacts>;
/** E9: the two organisations, by their codes, that are responsible for a person on the pathway together. */
export type OpdOwners = NonNullable<ReferralFacts['opdOwners']>;
export type ReferredNeed = z.infer<typeof referredNeed>;

/** What an eligibility check may be asked with: only the needs are required. */
export const knownFacts = referralFacts.partial({ crn: true });
export type KnownFacts = z.infer<typeof knownFacts>;
