import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  ExecutionAlreadyExists,
  InvalidToken,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  TaskDoesNotExist,
  TaskTimedOut,
} from '@aws-sdk/client-sfn';
import { type DynamoDBDocumentClient, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import type { Clock, Executions } from '../ports.ts';
import { config } from './config.ts';
import { executionName } from './execution-name.ts';
import { executionRecord } from './execution-records.ts';
import { type HandShakeSteps, handShake } from './hand-shake.ts';
import { keys, shards, timeOf, workAt, workKey } from './keys.ts';
import { mergedPage } from './paging.ts';
import { despiteConflicts } from './transactions.ts';

const tokenItem = z.object({ token: z.string(), segment: z.int(), turn: z.int(), order: z.string() });

/** A token outlives the longest wait (30 days) by a little, then goes by itself. */
const tokenKeptSeconds = 32 * 24 * 60 * 60;

interface Dependencies {
  client: DynamoDBDocumentClient;
  clock: Clock;
  sfn?: SFNClient;
}

/** Executions in DynamoDB and Step Functions. */
export function executions({ client, clock, sfn = new SFNClient({}) }: Dependencies): Executions {
  const { RECORD_TABLE: record } = config();
  return {
    ...handShake(steps({ client, sfn, clock })),

    async noteDefinition({ referralId, executionId, segment }, definition) {
      await unlessRefused(() =>
        client.send(
          new UpdateCommand({
            TableName: record,
            Key: keys.execution(referralId, executionId),
            UpdateExpression: 'SET #definition = :definition',
            ConditionExpression: '#segment = :segment',
            // Words that DynamoDB keeps for itself.
            ExpressionAttributeNames: { '#segment': 'segment', '#definition': 'definition' },
            ExpressionAttributeValues: { ':segment': segment, ':definition': definition },
          }),
        ),
      );
    },

    async waitingSince(before, page) {
      const request = { ...page, before: before.toISOString() };
      const found = await mergedPage(client, record, 'work', shards('EXECUTION'), request);
      const items = found.items.map(({ pk, sk, sort }) => ({
        ref: { referralId: pk.slice('REFERRAL#'.length), executionId: sk.slice('EXECUTION#'.length) },
        since: timeOf(sort),
      }));
      return { items, cursor: found.cursor };
    },
  };
}

function steps({ client, sfn, clock }: Required<Dependencies>): HandShakeSteps {
  const { RECORD_TABLE: record, PRIVATE_TABLE: privateTable, LIFECYCLE_ARN, DELIVERY_ARN } = config();
  const machineArns = { 'referral-lifecycle': LIFECYCLE_ARN, 'allocation-delivery': DELIVERY_ARN };

  return {
    async find({ referralId, executionId }) {
      const Key = keys.execution(referralId, executionId);
      const { Item } = await client.send(new GetCommand({ TableName: record, Key, ConsistentRead: true }));
      return Item && executionRecord.parse(Item);
    },

    async tokenOf(executionId) {
      const Key = keys.token(executionId);
      const { Item } = await client.send(new GetCommand({ TableName: privateTable, Key, ConsistentRead: true }));
      return Item && tokenItem.parse(Item);
    },

    keepToken: (executionId, token) =>
      unlessRefused(() =>
        client.send(
          new PutCommand({
            TableName: privateTable,
            Item: {
              ...keys.token(executionId),
              ...token,
              expiresAt: Math.floor(Date.now() / 1000) + tokenKeptSeconds,
            },
            ConditionExpression: 'attribute_not_exists(pk) OR #order <= :order',
            ExpressionAttributeNames: { '#order': 'order' },
            ExpressionAttributeValues: { ':order': token.order },
          }),
        ),
      ),

    async redeem(token) {
      try {
        // Carries no answer: what was decided stands in the record, and the execution looks there.
        await sfn.send(new SendTaskSuccessCommand({ taskToken: token, output: '{}' }));
        return true;
      } catch (error) {
        const isGone =
          error instanceof TaskTimedOut || error instanceof TaskDoesNotExist || error instanceof InvalidToken;
        if (!isGone) throw error;
        return false;
      }
    },

    async start(execution) {
      const { referralId, executionId, segment, machine } = execution;
      try {
        await sfn.send(
          new StartExecutionCommand({
            stateMachineArn: machineArns[machine],
            name: executionName(execution),
            input: JSON.stringify({ referralId, executionId, segment }),
          }),
        );
      } catch (error) {
        if (!(error instanceof ExecutionAlreadyExists)) throw error;
      }
    },

    async markStarted({ referralId, executionId, segment }) {
      const now = (await clock.now()).toISOString();
      await unlessRefused(() =>
        client.send(
          new UpdateCommand({
            TableName: record,
            Key: keys.execution(referralId, executionId),
            UpdateExpression: 'SET startedSegment = :segment, startedAt = :now',
            ConditionExpression: '#segment = :segment AND startedSegment < :segment',
            ExpressionAttributeNames: { '#segment': 'segment' },
            ExpressionAttributeValues: { ':segment': segment, ':now': now },
          }),
        ),
      );
    },

    async settle({ referralId, executionId, turn, segment }) {
      await unlessRefused(() =>
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
    },

    async raiseSegment({ referralId, executionId, segment }) {
      const now = (await clock.now()).toISOString();
      await unlessRefused(() =>
        client.send(
          new UpdateCommand({
            TableName: record,
            Key: keys.execution(referralId, executionId),
            UpdateExpression: 'SET #segment = :next, workKey = :key, workAt = :at, movedAt = :now',
            ConditionExpression: '#segment = :segment',
            ExpressionAttributeNames: { '#segment': 'segment' },
            ExpressionAttributeValues: {
              ':next': segment + 1,
              ':segment': segment,
              ':key': workKey('EXECUTION', executionId),
              ':at': workAt(now, executionId),
              ':now': now,
            },
          }),
        ),
      );
    },
  };
}

/** False where the condition was refused: someone else has done, or outdone, the same. */
async function unlessRefused(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await despiteConflicts(write);
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
