import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { ReferralState } from '../domain/decision.ts';
import { endedWith, type Figures, monthOf } from '../domain/effectiveness.ts';
import type { Referral } from '../domain/referral.ts';
import type { Effectiveness } from '../ports.ts';
import { config } from './config.ts';
import { keys } from './keys.ts';
import type { Write } from './writes.ts';

/**
 * What has ended is counted in the transaction that ends it: so it is counted once, and nothing ends uncounted. One
 * update per service, since a transaction may touch an item once.
 */
export const effectivenessChanges = (
  before: Referral | undefined,
  after: ReferralState,
  now: Date,
  table: string,
): Write[] =>
  [...endedWith(before, after)].map(([serviceId, figures]) => {
    const added = Object.entries(figures);
    return {
      Update: {
        TableName: table,
        Key: keys.effectiveness(serviceId, monthOf(now)),
        UpdateExpression: `ADD ${added.map((_, at) => `#name${at} :count${at}`).join(', ')}`,
        ExpressionAttributeNames: Object.fromEntries(added.map(([name], at) => [`#name${at}`, name])),
        ExpressionAttributeValues: Object.fromEntries(added.map(([, count], at) => [`:count${at}`, count])),
      },
    };
  });

const counters = z.record(z.string(), z.int());

/** The figures of services in DynamoDB: an item per month in which something ended. */
export function effectiveness(client: DynamoDBDocumentClient): Effectiveness {
  const { RECORD_TABLE: record } = config();
  return {
    async ofMonths(serviceId, { from, to }) {
      // Months that are over change no more, so a read that lags reads the same. Two years of them are one page.
      const { Items = [] } = await client.send(
        new QueryCommand({
          TableName: record,
          KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
          ExpressionAttributeValues: {
            ':pk': keys.effectiveness(serviceId, from).pk,
            ':from': keys.effectiveness(serviceId, from).sk,
            ':to': keys.effectiveness(serviceId, to).sk,
          },
        }),
      );
      return Items.map(({ pk: _pk, sk: _sk, ...figures }): Figures => counters.parse(figures));
    },
  };
}
