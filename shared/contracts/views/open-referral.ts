import * as z from 'zod';
import { code, time } from '../common.ts';

/** The content type of the directory in the shape of Open Referral UK (HSDS 3). */
export const openReferralMediaType = 'application/vnd.openreferral+json';

const id = z.string();
const date = z.iso.date();

/** O3: a service as Open Referral UK writes it. docs/open-referral.md says which of our fields stands where. */
export const openReferralService = z
  .strictObject({
    id: code.describe('The same as in our own shape, where the standard has a UUID'),
    name: z.string(),
    status: z.enum(['active', 'inactive', 'defunct']).describe('Running; not open yet; closed'),
    eligibility_description: z.string(),
    minimum_age: z.int().optional(),
    maximum_age: z.int().optional(),
    organization: z.strictObject({ id: code, name: z.string(), description: z.string() }),
    service_areas: z.array(z.strictObject({ id, name: z.string(), description: z.string().optional() })),
    service_at_locations: z.array(
      z.strictObject({
        id,
        location: z.strictObject({
          id: id.describe('Of the site within its service: two services may name one alike'),
          location_type: z.literal('physical'),
          name: z.string(),
          description: z.string(),
          accessibility: z.array(z.strictObject({ id, description: z.string() })),
        }),
      }),
    ),
    schedules: z.array(z.strictObject({ id, valid_from: date, valid_to: date.optional(), attending_type: z.string() })),
    languages: z.array(z.strictObject({ id, code })),
    capacities: z.array(
      z.strictObject({
        id,
        unit: z.strictObject({ id, name: z.string() }),
        available: z.int(),
        maximum: z.int(),
        updated: time.describe('The moment of reading: places are live, and when they last changed is not kept'),
      }),
    ),
    attributes: z
      .array(z.strictObject({ id, link_entity: z.literal('service'), link_type: z.string(), value: z.string() }))
      .describe('What the standard has no field for: needs, cohort, sentence types and the contract'),
  })
  .meta({ id: 'OpenReferralService' });

/** A page as the standard has it, save that what follows is found by cursor, as everywhere here, and nothing is counted. */
export const openReferralPage = z.strictObject({
  contents: z.array(openReferralService),
  size: z.int(),
  first_page: z.boolean(),
  last_page: z.boolean(),
  empty: z.boolean(),
  cursor: z.string().nullable().describe('Pass it to read on; null: there is no more'),
});
