import * as z from 'zod';
import { exportReasons, holdReasons } from '../../domain/vocabulary.ts';
import { crn, uuid } from '../common.ts';
import { defineEndpoint } from '../endpoint.ts';
import { legalHoldView, recordExportView } from '../views/record-export.ts';

/** The person stands in the body, so in no address and in no access log. */
const whose = z
  .strictObject({
    crn: crn.optional(),
    referralId: uuid.optional().describe('Of any referral of theirs; the only way to ask about one that was removed'),
    reason: z.enum(exportReasons),
    part: z.int().min(1).max(10_000).default(1),
  })
  .refine((body) => (body.crn === undefined) !== (body.referralId === undefined), 'either crn or referralId')
  .meta({ oneOf: [{ required: ['crn'] }, { required: ['referralId'] }] });

export const makeRecordExport = defineEndpoint({
  name: 'make-record-export',
  method: 'POST',
  path: '/v1/record-exports',
  summary: 'Everything held on one person as one document, JSON or HTML; X-On-Behalf-Of says who answers for it',
  roles: ['practitioner'],
  body: whose,
  responses: { 200: recordExportView },
  alternate: { mediaType: 'text/html', responses: { 200: z.string() } },
  problems: ['not-found', 'missing-header'],
});

export const putLegalHold = defineEndpoint({
  name: 'put-legal-hold',
  method: 'PUT',
  path: '/v1/legal-holds',
  summary: 'Place or lift the legal hold on a person: while it stands, nothing held on them is removed',
  roles: ['operations'],
  body: z.strictObject({ crn, held: z.boolean(), reason: z.enum(holdReasons) }),
  responses: { 200: legalHoldView },
});
