import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { until } from '../../infra/local/actors.ts';
import { type Invocation, invocationsSince } from '../../infra/local/demo/costs.ts';
import type { Stack } from '../../infra/local/local-aws.ts';
import { sdkConfig } from '../../infra/local/local-only.ts';
import { sweepUntilDone } from '../../infra/local/move-clock.ts';
import { keys } from '../../shared/adapters/keys.ts';

/** Everything that the record holds of a referral, strongly consistent. */
export async function itemsOf(stack: Stack, referralId: string): Promise<Record<string, unknown>[]> {
  const client = DynamoDBDocumentClient.from(new DynamoDBClient(sdkConfig(stack.endpointUrl)));
  try {
    const { Items = [] } = await client.send(
      new QueryCommand({
        TableName: stack.recordTableName,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': keys.referral(referralId).pk },
        ConsistentRead: true,
      }),
    );
    return Items;
  } finally {
    client.destroy();
  }
}

/** Waits until nothing is left to do for a referral: every event is out, every execution has seen what happened. */
export async function settled(stack: Stack, referralId: string): Promise<void> {
  await until(`referral ${referralId} to settle`, async () => {
    const items = await itemsOf(stack, referralId);
    // When it is to be removed is years ahead (ADR 24).
    return items.every(({ workKey = 'RETENTION#' }) => String(workKey).startsWith('RETENTION#')) || undefined;
  });
}

/** Logs reach their group a moment after the invocation: they are at rest when so many looks in a row find no more. */
const looks = 8;

/** All that the functions logged since a moment, once nothing more is added; the sweeper's clockwork is left out. */
export async function loggedSince(stack: Stack, since: number): Promise<Invocation[]> {
  const found: number[] = [];
  return until('the logs to come to rest', async () => {
    const ours: Invocation[] = [];
    for await (const line of invocationsSince(stack, since)) if (line.function !== 'sweep') ours.push(line);
    found.unshift(ours.length);
    return found.length >= looks && found.slice(0, looks).every((count) => count === ours.length) ? ours : undefined;
  });
}

/** The last of some sweeps for which nothing was left to do. */
export async function idleSweep(stack: Stack): Promise<Invocation> {
  await sweepUntilDone(stack);
  const since = Date.now();
  await sweepUntilDone(stack);
  return until('an idle sweep to be logged', async () => {
    for await (const line of invocationsSince(stack, since)) if (line.function === 'sweep') return line;
    return undefined;
  });
}
