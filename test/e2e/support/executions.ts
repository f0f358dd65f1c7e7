import {
  DescribeExecutionCommand,
  ExecutionDoesNotExist,
  type HistoryEvent,
  paginateGetExecutionHistory,
  SendTaskSuccessCommand,
  TaskDoesNotExist,
} from '@aws-sdk/client-sfn';
import { DeleteCommand, GetCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { until } from '../../../infra/local/actors.ts';
import { keys } from '../../../shared/adapters/keys.ts';
import { application, stack } from './deployment.ts';

const { db, sfn, executions } = application();

interface Which {
  referralId: string;
  /** The referral's own lifecycle where nothing is said. */
  executionId?: string;
  segment?: number;
}

const arnOf = ({ referralId, executionId = referralId, segment = 1 }: Which): string => {
  const machine = executionId === referralId ? 'referral-lifecycle' : 'allocation-delivery';
  const arn = (stack.stateMachineArns[machine] ?? '').replace(':stateMachine:', ':execution:');
  return `${arn}:${executionId}-${segment}`;
};

/** How an execution stands with Step Functions; undefined: there has never been one of that name. */
export async function statusOf(which: Which): Promise<string | undefined> {
  try {
    return (await sfn.send(new DescribeExecutionCommand({ executionArn: arnOf(which) }))).status;
  } catch (error) {
    if (error instanceof ExecutionDoesNotExist) return undefined;
    throw error;
  }
}

export const ended = (which: Which): Promise<string> =>
  until(`the end of ${arnOf(which)}`, async () => {
    const status = await statusOf(which);
    return status === 'RUNNING' ? undefined : status;
  });

/** All that an execution has done, as Step Functions tells it. */
export async function historyOf(which: Which): Promise<HistoryEvent[]> {
  const found: HistoryEvent[] = [];
  const request = { executionArn: arnOf(which), maxResults: 1000 };
  for await (const page of paginateGetExecutionHistory({ client: sfn }, request)) found.push(...(page.events ?? []));
  return found;
}

/** The states that an execution has entered, in order. */
export async function stepsOf(which: Which): Promise<string[]> {
  return (await historyOf(which)).flatMap(({ stateEnteredEventDetails: entered }) => entered?.name ?? []);
}

const look = new Set(['Take up the record', 'Look at the record again']);

/** How often an execution has looked at the record. */
export const looksOf = async (which: Which): Promise<number> =>
  (await stepsOf(which)).filter((name) => look.has(name)).length;

export const parkedToken = z.object({ token: z.string(), segment: z.int(), turn: z.int(), order: z.string() });
export type ParkedToken = z.infer<typeof parkedToken>;

/** The token of an execution that has seen all that has happened and is parked; answers once it is. */
export const parked = ({ referralId, executionId = referralId }: Which): Promise<ParkedToken> =>
  until(`${executionId} to be parked`, async () => {
    const execution = await executions.find({ referralId, executionId });
    const { Item } = await db.send(
      new GetCommand({ TableName: stack.privateTableName, Key: keys.token(executionId), ConsistentRead: true }),
    );
    const token = Item && parkedToken.parse(Item);
    return execution && token?.segment === execution.segment && token.turn === execution.turn ? token : undefined;
  });

/** An execution that waits already, while the function that is to attach its token has not run yet. */
export async function detached(which: Which): Promise<ParkedToken> {
  const token = await parked(which);
  const Key = keys.token(which.executionId ?? which.referralId);
  await db.send(new DeleteCommand({ TableName: stack.privateTableName, Key }));
  return token;
}

/** What the machine tells the function that attaches the token. */
export const parkInput = (
  { referralId, executionId = referralId }: Which,
  { token, segment, turn, order }: ParkedToken,
) => {
  const [, enteredAt, retries] = order.split('#');
  return { referralId, executionId, segment, turn, token, enteredAt, retries: Number(retries) };
};

/** Wakes an execution by a token that it had long ago, unless somebody has done so already. */
export async function wokenLate(taskToken: string): Promise<void> {
  try {
    await sfn.send(new SendTaskSuccessCommand({ taskToken, output: '{}' }));
  } catch (error) {
    if (!(error instanceof TaskDoesNotExist)) throw error;
  }
}
