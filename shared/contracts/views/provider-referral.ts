import * as z from 'zod';
import { person, referralFacts, referredNeed } from '../../domain/referral-facts.ts';
import { riskLevels, settings, sexes } from '../../domain/vocabulary.ts';
import { code, crn, freeText, language, level, need, needWithLevel, time, uuid } from '../common.ts';
import { caseResponsibility, openTask, referralLinks, referralView, standing } from './referral.ts';

export const ageBands = ['under-18', '18-20', '21-24', '25-34', '35-44', '45-54', '55-64', '65-and-over'] as const;

/** What a provider must know to answer an offer, and no more: no CRN, no birth date, nothing written about the person. */
export const offeredFacts = {
  needs: z.array(needWithLevel),
  area: referralFacts.shape.area.unwrap(),
  ageBand: z.enum(ageBands).nullable(),
  sex: z.enum(sexes).nullable(),
  accessibility: z.array(code),
  interpreterLanguage: language.nullable(),
  setting: z.enum(settings).nullable(),
  seriousHarm: z.enum(riskLevels).nullable(),
};

const common = { id: uuid, referenceNumber: z.string() };

const offered = z.strictObject({
  standing: z.literal('offered'),
  ...common,
  ...offeredFacts,
  openTasks: z.array(openTask).describe('Its own'),
  links: referralLinks,
});

const accepted = z.strictObject({
  standing: z.literal('accepted'),
  ...standing,
  ...referralFacts.pick({
    crn: true,
    practitioner: true,
    area: true,
    sentence: true,
    setting: true,
    expectedReleaseDate: true,
    risk: true,
    opdPathway: true,
    opdOwners: true,
    reasonForReferral: true,
  }).shape,
  person,
  needs: z
    .array(
      referredNeed
        .pick({ need: true, reason: true, followedBy: true, desiredOutcomes: true, indicators: true })
        .extend({ level }),
    )
    .describe('Those that it has taken on'),
  allocations: referralView.shape.allocations.describe('Its own'),
  openTasks: z.array(openTask).describe('Its own'),
  caseResponsibility,
  riskNotice: z
    .strictObject({ seriousHarm: z.enum(riskLevels), at: time, text: freeText.optional() })
    .nullable()
    .describe('The last reassessment of risk, and what it says to providers; while work of its own has not ended (E7)'),
  links: referralLinks,
});

const past = z.strictObject({
  standing: z.literal('past'),
  ...common,
  answers: z.array(
    z.strictObject({
      taskId: uuid,
      answer: z.enum(['accepted', 'declined', 'returned', 'lapsed', 'withdrawn']),
      at: time,
    }),
  ),
});

/** A referral to a provider, by where its offer stands: offered, accepted, or neither any more. */
export const providerReferralView = z
  .discriminatedUnion('standing', [offered, accepted, past])
  .meta({ id: 'ProviderReferral' });

const summary = { ...common, needs: z.array(need), area: referralFacts.shape.area.unwrap() };

/** A referral in a provider's list. */
export const providerReferralSummary = z
  .discriminatedUnion('standing', [
    z.strictObject({ standing: z.literal('offered'), ...summary }),
    z.strictObject({
      standing: z.literal('accepted'),
      ...summary,
      crn,
      stage: standing.stage,
      status: standing.status,
    }),
    z.strictObject({ standing: z.literal('past'), ...common }),
  ])
  .meta({ id: 'ProviderReferralSummary' });
