import * as z from 'zod';
import { eventTypes } from '../../domain/events.ts';
import { webhookRoles } from '../../domain/webhook.ts';
import { code, emptyBody, page, pageQuery } from '../common.ts';
import { defineEndpoint } from '../endpoint.ts';
import { createdWebhookView, deadLetterView, rotatedSecretView, webhookView } from '../views/webhook.ts';

/** V: one webhook per organisation, as there is one feed: so its path names nobody, and the token says whose it is. */
const path = '/v1/webhook';

const ownersAndOperations = [...webhookRoles, 'operations'] as const;
const organisation = code.optional().describe('Operations say whose; for everyone else it is their own');

export const listWebhooks = defineEndpoint({
  name: 'list-webhooks',
  method: 'GET',
  path: '/v1/webhooks',
  summary: 'The webhooks of all organisations, and how each stands',
  roles: ['operations'],
  query: z.strictObject(pageQuery),
  responses: { 200: page(webhookView) },
});

export const getWebhook = defineEndpoint({
  name: 'get-webhook',
  method: 'GET',
  path,
  summary: "Your organisation's webhook and how it stands",
  roles: ownersAndOperations,
  query: z.strictObject({ organisation }),
  responses: { 200: webhookView },
  problems: ['not-found'],
});

export const putWebhook = defineEndpoint({
  name: 'put-webhook',
  method: 'PUT',
  path,
  summary:
    'Be told of your events by signed webhooks (Standard Webhooks), or change where and of what; enables it again',
  roles: webhookRoles,
  body: z.strictObject({
    url: z
      .url({ protocol: /^https?$/ })
      .max(500)
      .describe('HTTPS, on a public name, port 443 or 8443'),
    types: z
      .array(z.enum(eventTypes))
      .min(1)
      .max(eventTypes.length)
      .optional()
      .describe('Left out: every type. Changes of the directory come to no case system: poll /v1/services/changes'),
  }),
  responses: { 200: webhookView, 201: createdWebhookView },
  problems: ['rule-refused'],
});

export const rotateWebhookSecret = defineEndpoint({
  name: 'rotate-webhook-secret',
  method: 'POST',
  path: `${path}/rotation`,
  summary: 'Get a new secret; for a while notices are signed with the former one too',
  roles: webhookRoles,
  body: emptyBody,
  responses: { 200: rotatedSecretView },
  problems: ['not-found', 'not-possible-now'],
});

export const removeWebhook = defineEndpoint({
  name: 'remove-webhook',
  method: 'POST',
  path: `${path}/removal`,
  summary: 'Be told no longer: the webhook goes, with its secrets and its dead letters',
  roles: ownersAndOperations,
  body: z.strictObject({ organisation }).optional(),
  responses: { 200: webhookView },
  problems: ['not-found'],
});

export const listDeadLetters = defineEndpoint({
  name: 'list-dead-letters',
  method: 'GET',
  path: `${path}/dead-letters`,
  summary: 'Events that the receiver did not take and that were set aside, so that the rest could go on',
  roles: ownersAndOperations,
  query: z.strictObject({ ...pageQuery, organisation }),
  responses: { 200: page(deadLetterView) },
  problems: ['not-found'],
});

export const replayDeadLetters = defineEndpoint({
  name: 'replay-dead-letters',
  method: 'POST',
  path: `${path}/replay`,
  summary: 'Try every dead letter once more; one that gets through is none any longer',
  roles: ownersAndOperations,
  body: z.strictObject({ organisation }).optional(),
  responses: { 202: webhookView },
  problems: ['not-found', 'not-possible-now'],
});
