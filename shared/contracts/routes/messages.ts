import * as z from 'zod';
import { emptyBody, freeText, page, pageQuery, uuid } from '../common.ts';
import { defineEndpoint } from '../endpoint.ts';
import { messageParty, messageView } from '../views/message.ts';

const path = '/v1/referrals/{referralId}/messages';
const roles = ['practitioner', 'provider'] as const;
const params = z.strictObject({ referralId: uuid });

export const sendMessage = defineEndpoint({
  name: 'send-message',
  method: 'POST',
  path,
  summary: 'Write to the provider of an allocation, or as its provider to the practitioner (O1, O2)',
  roles,
  params,
  body: z.strictObject({
    to: messageParty.describe(
      'A provider writes to the practitioner, the practitioner to the provider of an allocation',
    ),
    text: freeText,
    inReplyTo: uuid.optional().describe('A message of the same conversation'),
  }),
  idempotencyKey: 'required',
  responses: { 200: messageView },
  problems: ['not-possible-now', 'rule-refused'],
});

export const listMessages = defineEndpoint({
  name: 'list-messages',
  method: 'GET',
  path,
  summary: 'The messages that you have sent and received about a referral, the latest first',
  roles,
  params,
  query: z.strictObject(pageQuery),
  responses: { 200: page(messageView) },
});

export const readMessage = defineEndpoint({
  name: 'read-message',
  method: 'POST',
  path: `${path}/{messageId}/receipt`,
  summary: 'Say that a message to you has been read; said again, the first receipt stands',
  roles,
  params: z.strictObject({ referralId: uuid, messageId: uuid }),
  body: emptyBody,
  responses: { 200: messageView },
});
