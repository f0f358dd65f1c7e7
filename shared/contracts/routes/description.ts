import * as z from 'zod';
import { defineEndpoint } from '../endpoint.ts';

const servedBy = 'get-api-description';

/** @public reached through `endpoints` */
export const getOpenApi = defineEndpoint({
  name: 'get-openapi',
  servedBy,
  method: 'GET',
  path: '/v1/openapi.json',
  summary: 'This API, as OpenAPI 3.1',
  roles: 'public',
  responses: { 200: z.looseObject({ openapi: z.string() }) },
});

/** @public reached through `endpoints` */
export const getAsyncApi = defineEndpoint({
  name: 'get-asyncapi',
  servedBy,
  method: 'GET',
  path: '/v1/asyncapi.json',
  summary: 'The events, as AsyncAPI 3.0',
  roles: 'public',
  responses: { 200: z.looseObject({ asyncapi: z.string() }) },
});
