import * as z from 'zod';
import { factChanges } from '../../domain/merge-facts.ts';
import { referralFacts } from '../../domain/referral-facts.ts';
import { stages, statuses } from '../../domain/standing.ts';
import { pauseReasons } from '../../domain/vocabulary.ts';
import { code, crn, emptyBody, flag, freeText, level, need, page, pageQuery, uuid } from '../common.ts';
import { endingReason } from '../ending-reason.ts';
import { defineEndpoint } from '../endpoint.ts';
import { historyItem } from '../views/history.ts';
import { providerReferralSummary, providerReferralView } from '../views/provider-referral.ts';
import { operationsReferralSummary, operationsReferralView, referralSummary, referralView } from '../views/referral.ts';

const params = z.strictObject({ referralId: uuid });
const readers = ['practitioner', 'provider', 'operations'] as const;

export const sendReferral = defineEndpoint({
  name: 'send-referral',
  method: 'POST',
  path: '/v1/referrals',
  summary: 'Send a referral, or save a draft. A missing fact is asked for by a task, a contradiction refused (L1)',
  roles: ['practitioner'],
  body: referralFacts
    .extend({ draft: z.boolean().optional().describe('Only save it: nothing is refused, and nothing runs') })
    .meta({ id: 'NewReferral' }),
  idempotencyKey: 'required',
  responses: { 202: referralView },
  responseHeaders: ['ETag', 'Location'],
  problems: ['rule-refused', 'ineligible'],
});

export const changeDraft = defineEndpoint({
  name: 'change-draft',
  method: 'PUT',
  path: '/v1/referrals/{referralId}',
  summary: 'Save a draft anew, as a whole (L1)',
  roles: ['practitioner'],
  params,
  body: referralFacts.meta({ id: 'ReferralFacts' }),
  idempotencyKey: 'optional',
  ifMatch: 'required',
  responses: { 200: referralView },
  responseHeaders: ['ETag'],
  problems: ['not-possible-now', 'task-lapsed', 'rule-refused'],
});

export const submitDraft = defineEndpoint({
  name: 'submit-draft',
  method: 'POST',
  path: '/v1/referrals/{referralId}/submission',
  summary: 'Send a draft, as it stands (L1)',
  roles: ['practitioner'],
  params,
  body: emptyBody,
  idempotencyKey: 'optional',
  ifMatch: 'required',
  responses: { 202: referralView },
  responseHeaders: ['ETag'],
  problems: ['not-possible-now', 'task-lapsed', 'rule-refused', 'ineligible'],
});

export const listReferrals = defineEndpoint({
  name: 'list-referrals',
  method: 'GET',
  path: '/v1/referrals',
  summary: 'Your referrals; to operations all, `attention=true` those that need someone',
  roles: readers,
  query: z.strictObject({
    ...pageQuery,
    crn: crn.optional(),
    externalReference: code.optional(),
    stage: z.enum(stages).optional(),
    status: z.enum(statuses).optional(),
    attention: flag.optional(),
  }),
  responses: { 200: z.union([page(referralSummary), page(operationsReferralSummary), page(providerReferralSummary)]) },
});

export const getReferral = defineEndpoint({
  name: 'get-referral',
  method: 'GET',
  path: '/v1/referrals/{referralId}',
  summary: 'One referral, as much of it as your role may see',
  roles: readers,
  params,
  responses: { 200: z.union([referralView, operationsReferralView, providerReferralView]) },
  responseHeaders: ['ETag'],
});

export const getReferralHistory = defineEndpoint({
  name: 'get-referral-history',
  method: 'GET',
  path: '/v1/referrals/{referralId}/history',
  summary: 'Everything that happened to a referral, in sequence',
  roles: readers,
  params,
  query: z.strictObject(pageQuery),
  responses: { 200: page(historyItem) },
});

export const amendReferral = defineEndpoint({
  name: 'amend-referral',
  method: 'POST',
  path: '/v1/referrals/{referralId}/amendments',
  summary: 'Change facts or complexity levels while the work runs (L4)',
  roles: ['practitioner'],
  params,
  body: z.strictObject({
    changes: factChanges
      .extend({
        complexity: z
          .array(z.strictObject({ need, level, reason: freeText }))
          .min(1)
          .max(14)
          .optional(),
      })
      .refine((changes) => Object.keys(changes).length > 0, 'at least one change')
      .meta({ minProperties: 1 }),
    reason: freeText,
  }),
  idempotencyKey: 'optional',
  ifMatch: 'required',
  responses: { 202: referralView },
  responseHeaders: ['ETag'],
  problems: ['referral-already-concluded', 'not-possible-now', 'rule-refused', 'ineligible'],
});

export const withdrawReferral = defineEndpoint({
  name: 'withdraw-referral',
  method: 'POST',
  path: '/v1/referrals/{referralId}/withdrawal',
  summary: 'Withdraw a referral, at any moment (L4, L6)',
  roles: ['practitioner'],
  params,
  body: endingReason(),
  idempotencyKey: 'optional',
  ifMatch: 'required',
  responses: { 202: referralView },
  responseHeaders: ['ETag'],
  problems: ['referral-already-concluded', 'not-possible-now'],
});

export const pauseReferral = defineEndpoint({
  name: 'pause-referral',
  method: 'POST',
  path: '/v1/referrals/{referralId}/pause',
  summary: 'Let the work and its clocks rest, for instance on recall to custody (L4)',
  roles: ['practitioner'],
  params,
  body: z.strictObject({ reason: z.enum(pauseReasons), text: freeText.optional() }),
  idempotencyKey: 'optional',
  ifMatch: 'required',
  responses: { 202: referralView },
  responseHeaders: ['ETag'],
  problems: ['referral-already-concluded', 'not-possible-now'],
});

export const resumeReferral = defineEndpoint({
  name: 'resume-referral',
  method: 'POST',
  path: '/v1/referrals/{referralId}/resume',
  summary: 'Go on; every clock that was stopped keeps the working time that it had left (L4)',
  roles: ['practitioner'],
  params,
  body: emptyBody,
  idempotencyKey: 'optional',
  ifMatch: 'required',
  responses: { 202: referralView },
  responseHeaders: ['ETag'],
  problems: ['referral-already-concluded', 'not-possible-now'],
});
