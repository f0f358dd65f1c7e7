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
  referralId: z.string().optional(),
  readUnits: z.number(),
  writeUnits: z.number(),
});

/** Lambda invocations and DynamoDB units since a moment, by referral; '' for what is about no single one. */
export async function useByReferral(stack: Stack, since: number): Promise<Map<string, Use>> {
  const client = new CloudWatchLogsClient(sdkConfig(stack.endpointUrl));
  const uses = new Map<string, Use>();
  try {
    const groups = paginateDescribeLogGroups({ client }, { logGroupNamePrefix: '/aws/lambda/referrals-' });
    for await (const { logGroups = [] } of groups) {
      for (const { logGroupName } of logGroups) {
        for await (const { events = [] } of paginateFilterLogEvents({ client }, { logGroupName, startTime: since })) {
          for (const { message = '' } of events) add(uses, message);
        }
      }
    }
    return uses;
  } finally {
    client.destroy();
  }
}

function add(uses: Map<string, Use>, line: string): void {
  const { data } = invocation.safeParse(jsonOf(line));
  if (!data) return;
  const key = data.referralId ?? '';
  const use = uses.get(key) ?? { invocations: 0, readUnits: 0, writeUnits: 0 };
  uses.set(key, {
    invocations: use.invocations + 1,
    readUnits: use.readUnits + data.readUnits,
    writeUnits: use.writeUnits + data.writeUnits,
  });
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
