import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import { message } from '../domain/message.ts';
import type { Messages } from '../ports.ts';
import { config } from './config.ts';
import { keys } from './keys.ts';
import { pageUnder } from './prefix-page.ts';

/** Messages in DynamoDB, without their words: written only by the commands on their referral, read here. */
export function messages(client: DynamoDBDocumentClient): Messages {
  const { RECORD_TABLE: table } = config();
  return {
    async find(referralId, messageId) {
      const Key = keys.message(referralId, messageId);
      const { Item } = await client.send(new GetCommand({ TableName: table, Key, ConsistentRead: true }));
      return Item && message.parse(Item);
    },

    async list(referralId, request) {
      const { pk, sk: prefix } = keys.message(referralId, '');
      const { items, cursor } = await pageUnder(client, { table, pk, prefix, newestFirst: true }, request);
      return { items: items.map((item) => message.parse(item)), cursor };
    },
  };
}
