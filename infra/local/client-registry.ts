import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Role } from '../../shared/domain/vocabulary.ts';

/** For whom a client speaks: the application looks it up by the id in the caller's token. */
interface RegistryEntry {
  clientId: string;
  organisation: string;
  role: Role;
}

export async function putRegistryEntry(
  table: DynamoDBDocumentClient,
  TableName: string,
  { clientId, organisation, role }: RegistryEntry,
): Promise<void> {
  const entry = { clientId, organisation, role };
  await table.send(new PutCommand({ TableName, Item: { pk: `CLIENT#${clientId}`, sk: 'CLIENT', ...entry } }));
}
