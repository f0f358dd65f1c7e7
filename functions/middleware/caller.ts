import type { APIGatewayProxyEventV2WithJWTAuthorizer } from 'aws-lambda';
import { code } from '../../shared/contracts/common.ts';
import type { EndpointContract } from '../../shared/contracts/endpoint.ts';
import { ProblemError } from '../../shared/contracts/problems.ts';
import type { Caller, ClientRegistry } from '../../shared/ports.ts';
import { clientIdClaim } from './settings.ts';

/**
 * Who calls (architecture rule 9). The token names the client and its scope; the registry says which organisation that
 * client speaks for. Where the two do not agree, or anything is missing, the answer is no.
 */
export async function callerOf(
  event: APIGatewayProxyEventV2WithJWTAuthorizer,
  clients: ClientRegistry,
): Promise<Caller> {
  const claims = event.requestContext.authorizer?.jwt?.claims ?? {};
  const clientId = claims[clientIdClaim()];
  if (typeof clientId !== 'string') throw new ProblemError('unauthorized', 'The token names no client.');
  const registered = await clients.find(clientId);
  if (!registered) throw new ProblemError('forbidden', 'This client is not registered.');
  const scopes = String(claims.scope ?? '').split(' ');
  if (!scopes.includes(`referrals/${registered.role}`)) {
    throw new ProblemError('forbidden', `The token lacks the scope referrals/${registered.role}.`);
  }
  return { ...registered, person: personOf(event.headers['x-on-behalf-of']) };
}

function personOf(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const parsed = code.safeParse(header);
  if (parsed.success) return parsed.data;
  throw new ProblemError('invalid-request', undefined, {
    errors: [{ pointer: 'X-On-Behalf-Of', detail: 'an opaque id: letters, digits and . _ : / - only, at most 80' }],
  });
}

export function mustHaveRole({ roles }: EndpointContract, { role }: Caller): void {
  if (roles !== 'any' && roles !== 'public' && !roles.includes(role)) {
    throw new ProblemError('forbidden', `The role ${role} may not do this.`);
  }
}
