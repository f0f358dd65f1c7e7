import * as z from 'zod';
import { candidate, filterCodes } from '../../domain/ranked.ts';
import { need, reference, time, uuid } from '../common.ts';

const named = { service: reference, provider: reference.optional() };

/** L3: whom matching would have asked for a group of needs at one moment, and why in this order. */
export const rankingView = z
  .strictObject({
    sequence: z.int().min(1).describe("Of its event in the referral's history"),
    rankedAt: time,
    groupId: uuid,
    needs: z.array(need).describe('They go to one provider together'),
    candidates: z
      .array(z.strictObject({ ...named, provider: reference, ...candidate.pick({ score: true, parts: true }).shape }))
      .describe('Best first, the ten best; a score is the sum of its parts'),
    filtered: z
      .array(
        z.strictObject({
          ...named,
          reasons: z.array(z.strictObject({ code: z.enum(filterCodes), detail: z.string() })).min(1),
        }),
      )
      .describe('Services of the area that are for these needs and could not be asked, at most twenty, and why not'),
  })
  .meta({ id: 'Ranking' });
export type RankingView = z.infer<typeof rankingView>;
