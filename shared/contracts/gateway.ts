import * as z from 'zod';

/** What the HTTP API's own gateway answers before or instead of a function. It cannot be made a problem. */
export const gatewayStatuses: readonly number[] = [401, 413, 429, 500, 503];

export const gatewayMessage = z.strictObject({ message: z.string().nullable() }).meta({ id: 'GatewayMessage' });
