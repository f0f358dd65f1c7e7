import * as z from 'zod';
import { areaIds } from '../../domain/areas.ts';
import { isoDate } from '../../domain/referral-facts.ts';
import { code, freeText, uuid } from '../common.ts';
import { endingReason } from '../ending-reason.ts';
import { defineEndpoint } from '../endpoint.ts';
import { operationsReferralView, referralView } from '../views/referral.ts';

/** What changes about a referral while it runs (L4, L5); `docs/changes.md` says what each does. */

/** What the practitioner changes needs the same of the tables, so one function serves it. */
const servedBy = 'change-running-referral';
const params = z.strictObject({ referralId: uuid });
const bySender = {
  method: 'POST',
  roles: ['practitioner'],
  params,
  idempotencyKey: 'optional',
  ifMatch: 'required',
  responses: { 202: referralView },
  responseHeaders: ['ETag'],
} as const;

export const extendReferral = defineEndpoint({
  ...bySender,
  name: 'extend-referral',
  servedBy,
  path: '/v1/referrals/{referralId}/extension',
  summary: 'The sentence ends later: the end of delivery moves with it (L4)',
  body: z.strictObject({ endDate: isoDate, reason: freeText }),
  problems: ['referral-already-concluded', 'not-possible-now', 'rule-refused'],
});

export const endReferralEarly = defineEndpoint({
  ...bySender,
  name: 'end-referral-early',
  servedBy,
  path: '/v1/referrals/{referralId}/early-end',
  summary: 'End a delivery that has begun; what was delivered counts, and its reports become due (L4, L5)',
  body: endingReason(),
  problems: ['referral-already-concluded', 'not-possible-now'],
});

export const reopenReferral = defineEndpoint({
  ...bySender,
  name: 'reopen-referral',
  path: '/v1/referrals/{referralId}/reopening',
  summary: 'Take a conclusion back: what was not completed goes to matching again (L5)',
  roles: ['operations'],
  body: z.strictObject({ reason: freeText }),
  responses: { 202: operationsReferralView },
  problems: ['not-possible-now'],
});

const serviceTo = code.describe('Takes over what others do; in the same area, what it does already goes on as it is');

const partTo = uuid.describe('The one part that goes to it, in the same area; all that others do, where none is named');

export const transferReferral = defineEndpoint({
  ...bySender,
  name: 'transfer-referral',
  servedBy,
  path: '/v1/referrals/{referralId}/transfer',
  summary: 'Take the work to another area, or to another service, and keep its history (L4)',
  body: z
    .strictObject({
      area: z.enum(areaIds).optional(),
      serviceId: serviceTo.optional(),
      allocationId: partTo.optional(),
      reason: freeText,
    })
    .refine(({ area, serviceId }) => area !== undefined || serviceId !== undefined, 'area or serviceId')
    .meta({ anyOf: [{ required: ['area'] }, { required: ['serviceId'] }] }),
  problems: ['referral-already-concluded', 'not-possible-now', 'rule-refused', 'ineligible'],
});
