import { paginateQuery } from '@aws-sdk/lib-dynamodb';
import { application, stack } from './deployment.ts';

const { db } = application();

/** The sort keys below a partition of either table: what stands there, without its ids. */
async function kindsIn(TableName: string, pk: string): Promise<string[]> {
  const kinds: string[] = [];
  const query = {
    TableName,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': pk },
    ConsistentRead: true,
  };
  for await (const { Items = [] } of paginateQuery({ client: db }, query)) {
    kinds.push(
      ...Items.map(({ sk }) =>
        String(sk)
          .replace(/^REFERRAL#[^#]+#/, '')
          .replace(/#.*/, ''),
      ),
    );
  }
  return kinds.sort();
}

/** Everything that stands in both tables about one person and one referral of theirs, by kind. */
export const storedOf = async ({ crn, referralId, allocationId }: Whose): Promise<Record<string, number>> => {
  const kinds = await Promise.all([
    kindsIn(stack.privateTableName, `CRN#${crn}`),
    ...(referralId ? [kindsIn(stack.recordTableName, `REFERRAL#${referralId}`)] : []),
    ...(allocationId ? [kindsIn(stack.recordTableName, `ALLOCATION#${allocationId}`)] : []),
  ]);
  const counts: Record<string, number> = {};
  for (const kind of kinds.flat()) counts[kind] = (counts[kind] ?? 0) + 1;
  return counts;
};

interface Whose {
  crn: string;
  referralId?: string | undefined;
  allocationId?: string | undefined;
}
