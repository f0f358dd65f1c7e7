import * as z from 'zod';
import { isoDate } from '../../domain/referral-facts.ts';
import { onwardKinds } from '../../domain/vocabulary.ts';
import { freeText, label, need, page, pageQuery, sentTime, uuid } from '../common.ts';
import { defineEndpoint } from '../endpoint.ts';
import { onwardLinkView } from '../views/onward-link.ts';

const path = '/v1/allocations/{allocationId}/onward-links';
const params = z.strictObject({ allocationId: uuid });

export const makeOnwardLink = defineEndpoint({
  name: 'make-onward-link',
  method: 'POST',
  path,
  summary: 'Record that the person was pointed or taken to a service of the community (O6)',
  roles: ['provider'],
  params,
  body: z.strictObject({
    organisation: label,
    kind: z.enum(onwardKinds),
    need: need.describe('One of the allocation'),
    followUpOn: isoDate.describe('The day, in London, on which to ask what became of it'),
  }),
  idempotencyKey: 'required',
  responses: { 200: onwardLinkView },
  responseHeaders: ['ETag'],
  problems: ['not-possible-now', 'rule-refused'],
});

export const listOnwardLinks = defineEndpoint({
  name: 'list-onward-links',
  method: 'GET',
  path,
  summary: 'The onward links of an allocation, the latest first (O6)',
  roles: ['provider', 'practitioner', 'operations'],
  params,
  query: z.strictObject(pageQuery),
  responses: { 200: page(onwardLinkView) },
});

export const followUpOnwardLink = defineEndpoint({
  name: 'follow-up-onward-link',
  method: 'PATCH',
  path: `${path}/{linkId}`,
  summary: 'Record what became of an onward link; again, if it is followed up again (O6)',
  roles: ['provider'],
  params: z.strictObject({ allocationId: uuid, linkId: uuid }),
  body: z.strictObject({ followedUpAt: sentTime.describe('Not in the future'), result: freeText }),
  idempotencyKey: 'optional',
  ifMatch: 'required',
  responses: { 200: onwardLinkView },
  responseHeaders: ['ETag'],
  problems: ['rule-refused'],
});
