import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  CognitoIdentityProviderClient,
  DescribeUserPoolClientCommand,
  paginateListUserPoolClients,
} from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Role } from '../../shared/domain/vocabulary.ts';
import { putRegistryEntry } from './client-registry.ts';
import { clientListFile, type Instance, LocalAwsError } from './instance.ts';
import { sdkConfig } from './local-only.ts';
import { sampleProviders } from './sample-directory.ts';
import type { Client, Stack } from './stack-file.ts';

/** One program that calls the API: its key in `.local/stack.json`, and whom it speaks for. */
export interface Registration {
  key: string;
  role: Role;
  /** A provider's is its id in the directory. */
  organisation: string;
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
  })),
];

/** The instance's clients: the sample ones and those that `npm run client:add` added. */
export async function registrationsOf(instance: Instance): Promise<Registration[]> {
  const added: Registration[] = await readFile(addedFile(instance), 'utf8').then(JSON.parse, () => []);
  return [...sampleClients, ...added];
}

export async function addRegistration(instance: Instance, registration: Registration): Promise<void> {
  const present = await registrationsOf(instance);
  if (present.some(({ key }) => key === registration.key)) {
    throw new LocalAwsError(`There is a client "${registration.key}" already: give another --name.`);
  }
  const added = [...present.slice(sampleClients.length), registration];
  await writeFile(addedFile(instance), JSON.stringify(added, null, 2));
}

/** The CDK application reads this list: clients are part of the deployment, since the API must know each of them. */
export async function writeClientList(instance: Instance, registrations: readonly Registration[]): Promise<void> {
  const list = registrations.map(({ key, role, organisation }) => ({ name: deployedName(key), role, organisation }));
  await mkdir(instance.folder, { recursive: true });
  await writeFile(clientListFile(instance), JSON.stringify(list, null, 2));
}

/** Tells the registry who each deployed client is, and answers their credentials; repeating changes nothing. */
export async function registeredClients(
  stack: Pick<Stack, 'endpointUrl' | 'userPoolId' | 'recordTableName'>,
  registrations: readonly Registration[],
): Promise<Record<string, Client>> {
  const cognito = new CognitoIdentityProviderClient(sdkConfig(stack.endpointUrl));
  const table = DynamoDBDocumentClient.from(new DynamoDBClient(sdkConfig(stack.endpointUrl)));
  try {
    const ids = await clientIdsByName(cognito, stack.userPoolId);
    const clients = registrations.map(async (registration) => {
      const client = await credentialsOf(
        cognito,
        stack.userPoolId,
        registration,
        ids.get(deployedName(registration.key)),
      );
      await putRegistryEntry(table, stack.recordTableName, { ...registration, clientId: client.clientId });
      return [registration.key, client] as const;
    });
    return Object.fromEntries(await Promise.all(clients));
  } finally {
    cognito.destroy();
    table.destroy();
  }
}

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

async function credentialsOf(
  cognito: CognitoIdentityProviderClient,
  UserPoolId: string,
  { key, role }: Registration,
  ClientId: string | undefined,
): Promise<Client> {
  if (!ClientId) throw new LocalAwsError(`The deployment made no client "${deployedName(key)}".`);
  const { UserPoolClient } = await cognito.send(new DescribeUserPoolClientCommand({ UserPoolId, ClientId }));
  if (!UserPoolClient?.ClientSecret) throw new LocalAwsError(`The client "${deployedName(key)}" has no secret.`);
  return { clientId: ClientId, clientSecret: UserPoolClient.ClientSecret, scope: `referrals/${role}` };
}

/** As the deployment names it: `provider:northern-pathways` is `provider-northern-pathways`. */
const deployedName = (key: string): string => key.replaceAll(':', '-');

const addedFile = (instance: Instance): string => resolve(instance.folder, 'added-clients.json');
