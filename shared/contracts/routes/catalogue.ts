import * as z from 'zod';
import { catalogue } from '../../domain/catalogue/schema.ts';
import { isoDate } from '../../domain/referral-facts.ts';
import { defineEndpoint } from '../endpoint.ts';

export const getCatalogue = defineEndpoint({
  name: 'get-catalogue',
  method: 'GET',
  path: '/v1/catalogue',
  summary: 'Needs, desired outcomes, complexity levels and indicators in force (C1 to C3)',
  roles: 'any',
  query: z.strictObject({ at: isoDate.optional().describe('As it was on a past date') }),
  responses: { 200: catalogue.meta({ id: 'Catalogue' }) },
  problems: ['not-found'],
});
