import * as z from 'zod';
import { code } from '../common.ts';
import { needEligibility } from '../problems.ts';
import { availability } from './service.ts';

/** E1–E6: what would be open to this person, by what is known. `result` is the worst of its needs. */
export const eligibilityView = z
  .strictObject({
    result: needEligibility.shape.result,
    needs: z.array(
      needEligibility.extend({
        services: z.array(
          z.strictObject({
            id: code,
            name: z.string(),
            provider: z.strictObject({ id: code, name: z.string() }),
            availability,
          }),
        ),
      }),
    ),
  })
  .meta({ id: 'Eligibility' });
export type EligibilityView = z.infer<typeof eligibilityView>;
