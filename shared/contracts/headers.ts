import * as z from 'zod';
import { code } from '../domain/referral-facts.ts';

/** What is called the same by the same client on the same route within seven days happens once. */
export const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,200}$/, '1 to 200 visible ASCII characters')
  .describe('A value of your own, new for every new request, equal when one is sent again. Kept for 7 days.');

/** The `version` of a resource in quotes. */
export const entityTag = z
  .string()
  .regex(/^"\d{1,15}"$/, 'an ETag that was answered before, quotes included')
  .describe('The ETag under which you read the resource');

export const ifNoneMatch = z.literal('*').describe('Create it, unless there is one already');

export const onBehalfOf = code.describe(
  'Opaque id of the person in your organisation who does this; kept in the record',
);

export const traceparent = z
  .string()
  .regex(/^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/, 'a W3C trace context')
  .describe('W3C trace context, carried into the events');
