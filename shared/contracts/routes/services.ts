import * as z from 'zod';
import { areaIds } from '../../domain/areas.ts';
import { isoDate } from '../../domain/referral-facts.ts';
import { sentenceTypes, settings, sexes } from '../../domain/vocabulary.ts';
import { code, feedPage, flag, need, page, pageQuery } from '../common.ts';
import { defineEndpoint } from '../endpoint.ts';
import { openReferralMediaType, openReferralPage, openReferralService } from '../views/open-referral.ts';
import { serviceChange, serviceDetails, serviceInput, serviceView } from '../views/service.ts';

/** `changes` is the change feed's: a service of that name could never be read. */
const serviceId = code.refine((id) => id !== 'changes', 'names the change feed');
const params = z.strictObject({ serviceId });

export const listServices = defineEndpoint({
  name: 'list-services',
  method: 'GET',
  path: '/v1/services',
  summary: 'The directory: what exists where, for whom, and with how many places free (O3)',
  roles: 'any',
  query: z.strictObject({
    ...pageQuery,
    area: z.enum(areaIds).optional(),
    need: need.optional(),
    sex: z.enum(sexes).optional(),
    age: z.coerce.number<number | string>().int().min(0).max(120).optional(),
    sentence: z.enum(sentenceTypes).optional(),
    setting: z.enum(settings).optional(),
    availableOnly: flag.optional(),
  }),
  responses: { 200: page(serviceView) },
  alternate: { mediaType: openReferralMediaType, responses: { 200: openReferralPage } },
});

export const listServiceChanges = defineEndpoint({
  name: 'list-service-changes',
  method: 'GET',
  path: '/v1/services/changes',
  summary: 'What changed in the directory, oldest first (O4)',
  roles: 'any',
  query: z.strictObject(pageQuery),
  responses: { 200: feedPage(serviceChange) },
});

export const getService = defineEndpoint({
  name: 'get-service',
  method: 'GET',
  path: '/v1/services/{serviceId}',
  summary: 'One service, with its places at this moment and what came of its work (O3, O4)',
  roles: 'any',
  params,
  responses: { 200: serviceDetails },
  alternate: { mediaType: openReferralMediaType, responses: { 200: openReferralService } },
  responseHeaders: ['ETag'],
});

export const putService = defineEndpoint({
  name: 'put-service',
  method: 'PUT',
  path: '/v1/services/{serviceId}',
  summary: 'Onboard a service, or change it',
  roles: ['contract-manager'],
  params,
  body: serviceInput,
  ifMatch: 'or-if-none-match',
  responses: { 200: serviceView, 201: serviceView },
  responseHeaders: ['ETag'],
  problems: ['rule-refused'],
});

const statedPlaces = z
  .strictObject({
    places: z.int().min(0).max(10_000).nullable().describe('Null, with `from`: what was planned from that day is not'),
    from: isoDate.optional().describe('A day to come, in London, from which they are; another for it takes its place'),
  })
  .refine(({ places, from }) => places !== null || from !== undefined, {
    path: ['places'],
    message: 'is how many there are: only what is planned from a day can be taken back',
  });

export const stateAvailability = defineEndpoint({
  name: 'state-availability',
  method: 'PATCH',
  path: '/v1/services/{serviceId}/availability',
  summary: 'The provider states how many places its service has, now or from a day to come',
  roles: ['provider'],
  params,
  body: statedPlaces,
  ifMatch: 'required',
  responses: { 200: serviceView },
  responseHeaders: ['ETag'],
  problems: ['rule-refused'],
});
