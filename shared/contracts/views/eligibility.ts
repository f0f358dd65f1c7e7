import * as z from 'zod';
import { areaIds } from '../../domain/areas.ts';
import { serviceDescription } from '../../domain/service.ts';
import { obstacleCodes } from '../../domain/service-fit.ts';
import { primaryInterventions } from '../../domain/vocabulary.ts';
import { code } from '../common.ts';
import { needEligibility } from '../problems.ts';
import { recommendation } from './referral.ts';
import { availability } from './service.ts';

const namedService = { id: code, name: z.string(), provider: z.strictObject({ id: code, name: z.string() }) };

/** A service of the area that would take this person for the need. */
const openService = z.strictObject({
  ...namedService,
  availability: availability.describe('A full service is open too: no place never refuses'),
  cohort: serviceDescription.shape.cohort.describe("Whether it is a women's service (E6)"),
  contract: serviceDescription.shape.contract.pick({ opens: true, closes: true }),
  suitability: z.string().optional().describe('Whom it suits, in the words of its directory entry'),
});

/** A service of the area that is for the need and would not take this person. */
const serviceNotOpen = z.strictObject({
  ...namedService,
  reasons: z
    .array(z.strictObject({ code: z.enum(obstacleCodes), detail: z.string() }))
    .min(1)
    .describe('Every reason that is known'),
});

/** E1–E6: what would be open to this person, by what is known. `result` is the worst of its needs. */
export const eligibilityView = z
  .strictObject({
    result: needEligibility.shape.result,
    needs: z.array(
      needEligibility.extend({
        followedBy: z
          .enum(primaryInterventions)
          .nullable()
          .describe('E3: the primary intervention that follows, where the service supports engagement with it'),
        complexity: z.strictObject(recommendation).describe('L2: the level that the indicators known so far lead to'),
        openIn: z
          .array(z.enum(areaIds))
          .nullable()
          .describe('E5: the only areas that the dated list opens for this need; null: every area'),
        missingForServices: z
          .array(z.string())
          .describe('What would have to be known before services can be listed, as JSON pointers; it refuses nothing'),
        services: z
          .array(openService)
          .describe("Those that would take this person; for a woman, women's services first"),
        notOpen: z.array(serviceNotOpen).describe('The others of the area that are for this need, and why not'),
      }),
    ),
  })
  .meta({ id: 'Eligibility' });
export type EligibilityView = z.infer<typeof eligibilityView>;
