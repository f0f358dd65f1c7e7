import {
  CognitoIdentityProviderClient,
  CreateUserPoolClientCommand,
  DescribeUserPoolClientCommand,
  paginateListUserPoolClients,
} from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Role } from '../../shared/domain/vocabulary.ts';
import { LocalAwsError } from './instance.ts';
import { sdkConfig } from './local-only.ts';
import { sampleProviders } from './sample-directory.ts';
import type { Client } from './stack-file.ts';

/** One program that calls the API: its key in `.local/stack.json`, and whom it speaks for. */
export interface Registration {
  key: string;
  role: Role;
  organisation: string;
  providerId?: string;
}

export const sampleClients: readonly Registration[] = [
  { key: 'practitioner', role: 'practitioner', organisation: 'probation-service' },
  { key: 'court', role: 'court', organisation: 'courts-service' },
  { key: 'operations', role: 'operations', organisation: 'referral-operations' },
  { key: 'contract-manager', role: 'contract-manager', organisation: 'contract-management' },
  ...sampleProviders.map(({ id }) => ({
    key: `provider:${id}`,
    role: 'provider' as const,
    organisation: id,
    providerId: id,
  })),
];

interface Where {
  endpoint: string;
  userPoolId: string;
  recordTableName: string;
}

/** Gives each registration a client of the identity provider and an entry in the registry; repeating changes nothing. */
export async function registeredClients(
  where: Where,
  registrations: readonly Registration[],
): Promise<Record<string, Client>> {
  const cognito = new CognitoIdentityProviderClient(sdkConfig(where.endpoint));
  const table = DynamoDBDocumentClient.from(new DynamoDBClient(sdkConfig(where.endpoint)));
  try {
    const known = await clientIdsByName(cognito, where.userPoolId);
    const clients: Record<string, Client> = {};
    for (const registration of registrations) {
      const client = await clientOf(cognito, where.userPoolId, registration, known.get(registration.key));
      await table.send(
        new PutCommand({ TableName: where.recordTableName, Item: registryEntry(client.clientId, registration) }),
      );
      clients[registration.key] = client;
    }
    return clients;
  } finally {
    cognito.destroy();
    table.destroy();
  }
}

const registryEntry = (clientId: string, { organisation, role, providerId }: Registration) => ({
  pk: `CLIENT#${clientId}`,
  sk: 'CLIENT',
  clientId,
  organisation,
  role,
  ...(providerId && { providerId }),
});

async function clientIdsByName(
  cognito: CognitoIdentityProviderClient,
  UserPoolId: string,
): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  for await (const page of paginateListUserPoolClients({ client: cognito }, { UserPoolId, MaxResults: 60 })) {
    for (const { ClientName, ClientId } of page.UserPoolClients ?? []) {
      if (ClientName && ClientId) ids.set(ClientName, ClientId);
    }
  }
  return ids;
}

async function clientOf(
  cognito: CognitoIdentityProviderClient,
  UserPoolId: string,
  { key, role }: Registration,
  knownId: string | undefined,
): Promise<Client> {
  const scope = `referrals/${role}`;
  const { UserPoolClient: client } = knownId
    ? await cognito.send(new DescribeUserPoolClientCommand({ UserPoolId, ClientId: knownId }))
    : await cognito.send(
        new CreateUserPoolClientCommand({
          UserPoolId,
          ClientName: key,
          GenerateSecret: true,
          AllowedOAuthFlowsUserPoolClient: true,
          AllowedOAuthFlows: ['client_credentials'],
          AllowedOAuthScopes: [scope],
        }),
      );
  if (!client?.ClientId || !client.ClientSecret)
    throw new LocalAwsError(`The identity provider gave no client for "${key}".`);
  return { clientId: client.ClientId, clientSecret: client.ClientSecret, scope };
}
