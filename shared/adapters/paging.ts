import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { InvalidCursor } from '../contracts/errors.ts';
import type { Page } from '../ports.ts';

export type Index = 'owner' | 'crn' | 'work' | 'all';
interface Request {
  limit: number;
  cursor?: string | undefined;
  newestFirst?: boolean;
  /** Only sort values below this one. */
  before?: string | undefined;
}
/** What an index gives: keys only; the items themselves are read from the table, strongly consistent. */
interface Indexed {
  pk: string;
  sk: string;
  sort: string;
}

export const keyOf = ({ pk, sk }: Indexed): { pk: string; sk: string } => ({ pk, sk });

const sortOf = { owner: 'ownerSort', crn: 'crnSort', work: 'workAt', all: 'allSort' } as const;

const given = z.strictObject({ after: z.string() });

/** A cursor names the last item of the page that it was given out with. */
export const toCursor = (after: string | undefined): string | null =>
  after === undefined ? null : Buffer.from(JSON.stringify({ after })).toString('base64url');

/** What a cursor goes on after. Only what `pattern` says could have been given out here ever reaches a query. */
export function fromCursor(cursor: string | undefined, pattern: RegExp): string | undefined {
  if (!cursor) return undefined;
  try {
    const { after } = given.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    if (pattern.test(after)) return after;
  } catch {
    // Falls through to the one answer for every cursor that cannot be read.
  }
  throw new InvalidCursor('the cursor is not one that was given out');
}

/** A time, a time with an id, or an id. */
const sortValue = /^[A-Za-z0-9][A-Za-z0-9.:/_#-]{0,200}$/;

/** One page of one index partition. */
export async function page(
  client: DynamoDBDocumentClient,
  table: string,
  index: Index,
  key: string,
  { limit, cursor, newestFirst = false, before }: Request,
): Promise<Page<Indexed>> {
  const from = fromCursor(cursor, sortValue);
  // Nothing lies between the two, and DynamoDB refuses a range that ends before it starts.
  if (from && before && !newestFirst && from >= before) return { items: [], cursor: null };
  const bounds = [
    ...(from ? [newestFirst ? '#sort < :from' : '#sort > :from'] : []),
    ...(before && !(from && newestFirst) ? ['#sort < :before'] : []),
  ];
  // A key condition takes one range: with both a start and an end, BETWEEN holds the end and the start is filtered out.
  const both = bounds.length === 2;
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: table,
      IndexName: index,
      KeyConditionExpression: ['#key = :key', both ? '#sort BETWEEN :from AND :before' : bounds[0]]
        .filter(Boolean)
        .join(' AND '),
      ExpressionAttributeNames: {
        '#key': `${index}Key`,
        ...(bounds.length > 0 ? { '#sort': sortOf[index] } : {}),
      },
      ExpressionAttributeValues: {
        ':key': key,
        ...(from ? { ':from': from } : {}),
        ...(before && !(from && newestFirst) ? { ':before': before } : {}),
      },
      ScanIndexForward: !newestFirst,
      Limit: limit + 1,
    }),
  );
  const found = Items.map((item) => ({ pk: String(item.pk), sk: String(item.sk), sort: String(item[sortOf[index]]) }));
  const items = found.filter(({ sort }) => sort !== from).slice(0, limit);
  const last = items.at(-1);
  return { items, cursor: found.length > limit && last ? toCursor(last.sort) : null };
}

/** One page over several partitions of an index, in one order. */
export async function mergedPage(
  client: DynamoDBDocumentClient,
  table: string,
  index: Index,
  partitions: string[],
  request: Request,
): Promise<Page<Indexed>> {
  const pages = await Promise.all(partitions.map((key) => page(client, table, index, key, request)));
  const direction = request.newestFirst ? -1 : 1;
  const sorted = pages.flatMap(({ items }) => items).sort((a, b) => (a.sort < b.sort ? -direction : direction));
  const items = sorted.slice(0, request.limit);
  const last = items.at(-1);
  const more = sorted.length > items.length || pages.some(({ cursor }) => cursor !== null);
  return { items, cursor: more && last ? toCursor(last.sort) : null };
}
