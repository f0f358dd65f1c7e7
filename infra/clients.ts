import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { roles } from '../shared/contracts/oauth-scopes.ts';

/** An HTTP API's JWT authorizer takes this many audiences, and a Cognito access token's audience is its client id. */
const MAXIMUM_CLIENTS = 50;

/**
 * The systems that may ask the user pool for tokens: the file that `REFERRALS_CLIENTS` names. Deployment makes the
 * clients and the list of accepted ids from it in one step; who they are is told to the record afterwards, by
 * `npm run client:add`.
 */
export const clientList = z
  .array(
    z.strictObject({
      /** Unique and lasting: another name is another client with another secret. */
      name: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'kebab-case'),
      role: z.enum(roles),
      organisation: z.string().min(1),
    }),
  )
  .max(
    MAXIMUM_CLIENTS,
    `An API takes tokens of at most ${MAXIMUM_CLIENTS} Cognito clients. Bring your own OpenID provider instead, with ` +
      'one audience for all clients: set REFERRALS_ISSUER, REFERRALS_AUDIENCES and REFERRALS_CLIENT_CLAIM.',
  )
  .refine((clients) => new Set(clients.map(({ name }) => name)).size === clients.length, 'Two clients share a name.');

export type Client = z.infer<typeof clientList>[number];

export const readClients = (file: string): Client[] => clientList.parse(JSON.parse(readFileSync(file, 'utf8')));
