import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { roles } from '../domain/vocabulary.ts';
import type { ClientRegistry } from '../ports.ts';
import { config } from './config.ts';
import { keys } from './keys.ts';

const registration = z.object({ clientId: z.string(), organisation: z.string().min(1), role: z.enum(roles) });

/** Which organisation a client speaks for, and in which role: read anew each time, so that a removal works at once. */
export function clientRegistry(client: DynamoDBDocumentClient): ClientRegistry {
  const { RECORD_TABLE: record } = config();
  return {
    async find(clientId) {
      const { Item } = await client.send(
        new GetCommand({ TableName: record, Key: keys.client(clientId), ConsistentRead: true }),
      );
      if (!Item) return undefined;
      const { organisation, role } = registration.parse(Item);
      return { client: clientId, organisation, role };
    },
  };
}
