import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  ExecutionAlreadyExists,
  InvalidToken,
  SendTaskSuccessCommand,
  type SFNClient,
  StartExecutionCommand,
  TaskDoesNotExist,
  TaskTimedOut,
} from '@aws-sdk/client-sfn';
import { type DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { SegmentSuperseded } from '../contracts/errors.ts';
import type { Clock, ExecutionRecord, ExecutionRef, Executions } from '../ports.ts';
import { config } from './config.ts';
import { executionName } from './execution-name.ts';
import { executionRecord } from './execution-records.ts';
import { keys, shards, workKey } from './keys.ts';
import { mergedPage } from './paging.ts';

const tokenItem = z.object({ token: z.string(), segment: z.int(), turn: z.int() });

/** A token outlives the longest wait (30 days) by a little, then goes by itself. */
const tokenKeptSeconds = 32 * 24 * 60 * 60;

type Key = Pick<ExecutionRef, 'executionId' | 'referralId'>;

interface Dependencies {
  client: DynamoDBDocumentClient;
  sfn: SFNClient;
  clock: Clock;
}

/**
 * The hand-shake (architecture rule 3): each side writes, then reads strongly consistently. A command raises `turn` in
 * its transaction, then reads the token; parking writes the token, then reads `turn`. Whichever comes second sees the
 * other, so a decision is never missed; and redeeming twice is harmless, for a woken execution only looks.
 */
export function executions({ client, sfn, clock }: Dependencies): Executions {
  const { RECORD_TABLE: record, PRIVATE_TABLE: privateTable, LIFECYCLE_ARN, DELIVERY_ARN } = config();
  const machineArns = { 'referral-lifecycle': LIFECYCLE_ARN, 'allocation-delivery': DELIVERY_ARN };

  async function find({ referralId, executionId }: Key): Promise<ExecutionRecord | undefined> {
    const { Item } = await client.send(
      new GetCommand({ TableName: record, Key: keys.execution(referralId, executionId), ConsistentRead: true }),
    );
    return Item && executionRecord.parse(Item);
  }

  async function tokenOf(executionId: string): Promise<z.infer<typeof tokenItem> | undefined> {
    const { Item } = await client.send(
      new GetCommand({ TableName: privateTable, Key: keys.token(executionId), ConsistentRead: true }),
    );
    return Item && tokenItem.parse(Item);
  }

  /** Carries no answer: what was decided stands in the record, and the execution looks there. */
  async function redeem(token: string): Promise<void> {
    try {
      await sfn.send(new SendTaskSuccessCommand({ taskToken: token, output: '{}' }));
    } catch (error) {
      // Redeemed before, or its wait timed out: either way that execution looks at the record again.
      const isGone =
        error instanceof TaskTimedOut || error instanceof TaskDoesNotExist || error instanceof InvalidToken;
      if (!isGone) throw error;
    }
  }

  /** Nothing is left to do for this execution, unless it has moved again meanwhile. */
  async function settle({ referralId, executionId, turn, segment }: ExecutionRecord): Promise<void> {
    await unlessRefused(
      client.send(
        new UpdateCommand({
          TableName: record,
          Key: keys.execution(referralId, executionId),
          UpdateExpression: 'REMOVE workKey, workAt',
          ConditionExpression: 'turn = :turn AND startedSegment = :segment AND #segment = :segment',
          ExpressionAttributeNames: { '#segment': 'segment' },
          ExpressionAttributeValues: { ':turn': turn, ':segment': segment },
        }),
      ),
    );
  }

  async function start(execution: ExecutionRecord): Promise<void> {
    const { referralId, executionId, segment, machine } = execution;
    const input = { referralId, executionId, segment };
    try {
      await sfn.send(
        new StartExecutionCommand({
          stateMachineArn: machineArns[machine],
          name: executionName(execution),
          input: JSON.stringify(input),
        }),
      );
    } catch (error) {
      if (!(error instanceof ExecutionAlreadyExists)) throw error;
    }
    await unlessRefused(
      client.send(
        new UpdateCommand({
          TableName: record,
          Key: keys.execution(referralId, executionId),
          UpdateExpression: 'SET startedSegment = :segment, startedAt = :now',
          ConditionExpression: '#segment = :segment AND startedSegment < :segment',
          ExpressionAttributeNames: { '#segment': 'segment' },
          ExpressionAttributeValues: { ':segment': segment, ':now': (await clock.now()).toISOString() },
        }),
      ),
    );
    await settle({ ...execution, startedSegment: segment });
  }

  return {
    find,

    async park(ref, turn, token, attempt) {
      const { executionId, segment } = ref;
      const order = `${String(segment).padStart(6, '0')}#${attempt}`;
      const isLatest = await unlessRefused(
        client.send(
          new PutCommand({
            TableName: privateTable,
            Item: {
              ...keys.token(executionId),
              token,
              segment,
              turn,
              order,
              expiresAt: Math.floor(Date.now() / 1000) + tokenKeptSeconds,
            },
            ConditionExpression: 'attribute_not_exists(pk) OR #order <= :order',
            ExpressionAttributeNames: { '#order': 'order' },
            ExpressionAttributeValues: { ':order': order },
          }),
        ),
      );
      const current = await find(ref);
      if (!current || current.segment !== segment) throw new SegmentSuperseded(executionId);
      if (!isLatest) return 'superseded';
      if (current.turn <= turn) return 'parked';
      await redeem(token);
      return 'redeemed';
    },

    async advance(key) {
      const execution = await find(key);
      if (!execution) return;
      if (execution.startedSegment < execution.segment) return start(execution);
      const parked = await tokenOf(execution.executionId);
      if (parked && parked.segment === execution.segment && parked.turn < execution.turn) await redeem(parked.token);
      await settle(execution);
    },

    async renew({ referralId, executionId, segment }) {
      const now = (await clock.now()).toISOString();
      await unlessRefused(
        client.send(
          new UpdateCommand({
            TableName: record,
            Key: keys.execution(referralId, executionId),
            UpdateExpression: 'SET #segment = :next, workKey = :key, workAt = :now',
            ConditionExpression: '#segment = :segment',
            ExpressionAttributeNames: { '#segment': 'segment' },
            ExpressionAttributeValues: {
              ':next': segment + 1,
              ':segment': segment,
              ':key': workKey('EXECUTION', executionId),
              ':now': now,
            },
          }),
        ),
      );
      const execution = await find({ referralId, executionId });
      if (execution && execution.startedSegment < execution.segment) await start(execution);
    },

    async waitingSince(before) {
      const found = await mergedPage(client, record, 'work', shards('EXECUTION'), {
        limit: 100,
        before: before.toISOString(),
      });
      return found.items.map(({ pk, sk, sort }) => ({
        ref: { referralId: pk.slice('REFERRAL#'.length), executionId: sk.slice('EXECUTION#'.length) },
        since: sort,
      }));
    },
  };
}

/** False where the condition was refused: someone else has done, or outdone, the same. */
async function unlessRefused(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
