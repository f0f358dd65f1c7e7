import * as z from 'zod';
import { page, pageQuery, uuid } from '../common.ts';
import { defineEndpoint } from '../endpoint.ts';
import { rankingView } from '../views/ranking.ts';

export const listRankings = defineEndpoint({
  name: 'list-rankings',
  method: 'GET',
  path: '/v1/referrals/{referralId}/rankings',
  summary:
    'Whom matching ranked for the needs of a referral, with each score explained, and who was left out and why (L3)',
  roles: ['practitioner', 'operations'],
  params: z.strictObject({ referralId: uuid }),
  query: z.strictObject(pageQuery),
  responses: { 200: page(rankingView) },
});
