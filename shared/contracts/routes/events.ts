import * as z from 'zod';
import { feedPage, limit, pageQuery } from '../common.ts';
import { defineEndpoint } from '../endpoint.ts';
import { eventView } from '../event.ts';

export const listEvents = defineEndpoint({
  name: 'list-events',
  method: 'GET',
  path: '/v1/events',
  summary: "Your organisation's events, in order of publication: for who cannot listen to the bus",
  roles: 'any',
  query: z.strictObject({ limit, after: pageQuery.cursor.describe('The cursor of the page read before') }),
  responses: { 200: feedPage(eventView) },
});
