import { LocalAwsError } from './instance.ts';
import type { Client, Stack } from './stack-file.ts';

const tokens = new Map<string, { token: string; until: number }>();

/** An access token of one of the stack's clients (client credentials), kept until shortly before it expires. */
export async function token(stack: Pick<Stack, 'tokenUrl'>, client: Client): Promise<string> {
  const kept = tokens.get(client.clientId);
  if (kept && kept.until > Date.now()) return kept.token;

  const response = await fetch(stack.tokenUrl, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `Basic ${Buffer.from(`${client.clientId}:${client.clientSecret}`).toString('base64')}`,
    },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: client.scope }),
  });
  if (!response.ok)
    throw new LocalAwsError(`No token for ${client.scope}: ${response.status} ${await response.text()}`);
  const { access_token, expires_in } = (await response.json()) as { access_token: string; expires_in: number };
  tokens.set(client.clientId, { token: access_token, until: Date.now() + (expires_in - 60) * 1000 });
  return access_token;
}

/** The stack's client of that name, for example `practitioner` or `provider:northern-pathways`. */
export function clientNamed(stack: Stack, name: string): Client {
  const client = stack.clients[name];
  if (client) return client;
  throw new LocalAwsError(`No client "${name}"; there are ${Object.keys(stack.clients).join(', ')}.`);
}
