import {
  CloudWatchLogsClient,
  paginateDescribeLogGroups,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import { paginateGetExecutionHistory, SFNClient } from '@aws-sdk/client-sfn';
import * as z from 'zod';
import type { Operations } from '../actors.ts';
import { sdkConfig } from '../local-only.ts';
import type { Stack } from '../stack-file.ts';

/** What Lambda and DynamoDB were used for. */
export interface Use {
  invocations: number;
  readUnits: number;
  writeUnits: number;
}

/** The line that every invocation leaves in its function's log. */
const invocation = z.object({
  message: z.literal('invocation'),
  timestamp: z.iso.datetime(),
  function: z.string(),
  referralId: z.string().optional(),
  milliseconds: z.number(),
  readUnits: z.number(),
  writeUnits: z.number(),
  /** Of its largest transaction. */
  items: z.number(),
});
export type Invocation = z.infer<typeof invocation>;

/** Every invocation since a moment, as the functions logged it. */
export async function* invocationsSince(stack: Stack, since: number): AsyncGenerator<Invocation> {
  const client = new CloudWatchLogsClient(sdkConfig(stack.endpointUrl));
  try {
    const groups = paginateDescribeLogGroups({ client }, { logGroupNamePrefix: '/aws/lambda/referrals-' });
    for await (const { logGroups = [] } of groups) {
      for (const { logGroupName } of logGroups) {
        for await (const { events = [] } of paginateFilterLogEvents({ client }, { logGroupName, startTime: since })) {
          for (const { message = '' } of events) {
            const { data } = invocation.safeParse(jsonOf(message));
            if (data) yield data;
          }
        }
      }
    }
  } finally {
    client.destroy();
  }
}

/** Lambda invocations and DynamoDB units since a moment, by referral; '' for what is about no single one. */
export async function useByReferral(stack: Stack, since: number): Promise<Map<string, Use>> {
  const uses = new Map<string, Use>();
  for await (const { referralId = '', readUnits, writeUnits } of invocationsSince(stack, since)) {
    const use = uses.get(referralId) ?? { invocations: 0, readUnits: 0, writeUnits: 0 };
    uses.set(referralId, {
      invocations: use.invocations + 1,
      readUnits: use.readUnits + readUnits,
      writeUnits: use.writeUnits + writeUnits,
    });
  }
  return uses;
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** State transitions of all executions of a referral, as Step Functions bills them: every state that was entered. */
export async function transitionsOf(stack: Stack, operations: Operations, referralId: string): Promise<number> {
  const client = new SFNClient(sdkConfig(stack.endpointUrl));
  try {
    let transitions = 0;
    for (const { arn } of (await operations.read(referralId)).executions) {
      for await (const { events = [] } of paginateGetExecutionHistory({ client }, { executionArn: arn })) {
        transitions += events.filter(({ type = '' }) => type.endsWith('StateEntered')).length;
      }
    }
    return transitions;
  } finally {
    client.destroy();
  }
}
