import { randomBytes } from 'node:crypto';

/** As the specification of Standard Webhooks has it: 24 to 64 random bytes behind a prefix that tells what it is. */
export const newWebhookSecret = (): string => `whsec_${randomBytes(32).toString('base64')}`;
