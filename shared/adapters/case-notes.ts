import { type DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { caseNote, caseNoteKey, caseNotesKey } from '../domain/case-note.ts';
import type { CaseNotes } from '../ports.ts';
import { config } from './config.ts';
import { keys } from './keys.ts';
import { pageUnder } from './prefix-page.ts';

const item = z.object({ words: caseNote });

/** Case notes in DynamoDB, in the private table: written only by the commands on their referral, read here. */
export function caseNotes(client: DynamoDBDocumentClient): CaseNotes {
  const { PRIVATE_TABLE: table } = config();
  return {
    async find({ crn, id }, note) {
      const Key = keys.text(crn, id, caseNoteKey(note));
      const { Item } = await client.send(new GetCommand({ TableName: table, Key, ConsistentRead: true }));
      return Item && item.parse(Item).words;
    },

    async list({ crn, id }, allocationId, request) {
      const { pk, sk: prefix } = keys.text(crn, id, caseNotesKey(allocationId));
      const { items, cursor } = await pageUnder(client, { table, pk, prefix, newestFirst: true }, request);
      return { items: items.map((one) => item.parse(one).words), cursor };
    },
  };
}
