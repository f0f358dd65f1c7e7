import * as z from 'zod';
import { endStates } from '../../domain/referral.ts';
import { referralFacts, referredNeed } from '../../domain/referral-facts.ts';
import { stages, statuses } from '../../domain/standing.ts';
import { taskTypes } from '../../domain/task-types.ts';
import { caseResponsibilities, certainties, conclusionReasons } from '../../domain/vocabulary.ts';
import { code, crn, level, need, needWithLevel, reference, role, time, uuid } from '../common.ts';
import { fault, needEligibility } from '../problems.ts';
import { allocationStatuses } from './allocation.ts';

/** L2: a criterion of the catalogue that the answers met. */
const reason = z.strictObject({
  level,
  criterion: code.describe('The criterion of that level in the catalogue'),
  because: z.string().describe('Why this is enough for the level, in plain English'),
  indicators: z.record(code, code).describe('The answers that met it'),
});

/** L2: a recommended level, how sure it is, and why. */
export const recommendation = {
  recommended: level.nullable().describe('Null: nothing is answered that a level could follow from'),
  certainty: z.enum(certainties).nullable().describe('Provisional: what is missing could still raise the level'),
  atMost: level.nullable().describe('The highest level that missing answers could lead to'),
  reasons: z.array(reason),
  missing: z.array(code).describe('Indicators without an answer that could raise the level'),
};

const complexity = z.strictObject({ ...recommendation, confirmed: level.nullable() });

/** What it is recommended for tells of the person, so operations see the levels alone. */
const levelsAlone = complexity.extend({ reasons: z.tuple([]), missing: z.tuple([]) });

/** A task that waits, as the resource shows it that it is about. */
export const openTask = z.strictObject({
  id: uuid,
  type: z.enum(taskTypes),
  owner: role,
  allocationId: uuid.nullable(),
  dueAt: time,
});

/** What every standing of a referral shows to those who may see all of it. */
export const standing = {
  id: uuid,
  referenceNumber: z.string(),
  stage: z.enum(stages),
  status: z.enum(statuses),
  endState: z.enum(endStates).nullable(),
  endReason: z.enum(conclusionReasons).nullable(),
  sentAt: time.nullable().describe('Null while it is a draft'),
  version: z.int(),
};

/** E7: who answers for the case. */
export const caseResponsibility = z
  .enum(caseResponsibilities)
  .describe('Moves to high-risk management once the risk of serious harm is high or very high, and stays there (E7)');

export const referralLinks = z.strictObject({ self: z.string(), history: z.string() });

const progress = {
  ...standing,
  catalogueVersion: z.string(),
  missing: z.array(z.string()).describe('Facts that are asked for, as JSON pointers (L1)'),
  failed: z.array(z.strictObject({ need, rule: z.string() })).describe('Rules that ended it as ineligible (L1)'),
  allocations: z.array(
    z.strictObject({
      id: uuid,
      provider: reference,
      service: reference,
      needs: z.array(needWithLevel),
      status: z.enum(allocationStatuses),
    }),
  ),
  outcomes: z
    .strictObject({
      achieved: z.int(),
      partiallyAchieved: z.int(),
      notAchieved: z.int(),
      score: z.number().describe('1 for each that was achieved, ½ for each in part'),
      maximum: z.int().describe('How many were reported: the score if each had been achieved'),
    })
    .nullable()
    .describe('What the reports that were acknowledged say of the desired outcomes (L5); null before the first'),
  openTasks: z.array(openTask),
  caseResponsibility,
  possibleDuplicates: z.array(z.strictObject({ id: uuid, referenceNumber: z.string() })),
  links: referralLinks,
};

/** A referral to the practitioner's case system that sent it: all of it. */
export const referralView = referralFacts
  .extend({
    ...progress,
    needs: z.array(
      referredNeed.extend({
        complexity: complexity.extend({ override: z.strictObject({ reason: z.string() }).optional() }),
      }),
    ),
    draft: z
      .strictObject({
        keptUntil: time.describe('When it is removed, unless it is changed or sent before'),
        errors: z.array(fault).describe('Contradictions, for which it would be refused'),
        needs: z.array(needEligibility).describe('What each need would be refused for, or still asks'),
      })
      .optional()
      .describe('What stands between a draft and being sent, beside what is `missing`'),
  })
  .meta({ id: 'Referral' });
export type ReferralView = z.infer<typeof referralView>;

export const attention = z.strictObject({ reason: z.string(), since: time }).describe('Why it needs someone');

/** A run of a state machine for this referral. */
const execution = z.strictObject({
  machine: z.string(),
  name: z.string(),
  arn: z.string(),
  segment: z.int(),
  definition: z.int().nullable().describe('The release of the definition that it runs'),
  startedAt: time.nullable(),
  consoleUrl: z.url(),
});

/** A referral to operations: what is needed to keep it running. No person, and nothing that somebody wrote. */
export const operationsReferralView = referralFacts
  .omit({ person: true, reasonForReferral: true })
  .extend({
    ...progress,
    needs: z.array(
      referredNeed
        .omit({ generalServiceReason: true, preferredService: true, indicators: true })
        .extend({ preferredServiceId: code.optional(), complexity: levelsAlone }),
    ),
    attention: attention.nullable(),
    executions: z.array(execution),
  })
  .meta({ id: 'OperationsReferral' });
export type OperationsReferralView = z.infer<typeof operationsReferralView>;

/** A referral in a list. */
export const referralSummary = z
  .strictObject({
    ...standing,
    crn,
    externalReference: code.nullable(),
    area: referralFacts.shape.area.unwrap(),
    needs: z.array(need),
  })
  .meta({ id: 'ReferralSummary' });

/** A referral in a list of operations. */
export const operationsReferralSummary = referralSummary
  .extend({ attention: attention.nullable() })
  .meta({ id: 'OperationsReferralSummary' });
export type OperationsReferralSummary = z.infer<typeof operationsReferralSummary>;
