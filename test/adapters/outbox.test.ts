import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { BatchGetCommand, DynamoDBDocumentClient, GetCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { batchGet } from '../../shared/adapters/batch-get.ts';
import type { StoredEvent } from '../../shared/ports.ts';
import '../builders/function-environment.ts';

const table = mockClient(DynamoDBDocumentClient);
const bus = mockClient(EventBridgeClient);
afterAll(() => void table.restore());
afterAll(() => void bus.restore());
const client = table as unknown as DynamoDBDocumentClient;

const anEvent = (sequence: number): StoredEvent => ({
  pk: 'REFERRAL#1',
  sk: `EVENT#${sequence}`,
  id: `event-${sequence}`,
  sequence,
  type: 'referral.paused.v1',
  occurredAt: '2026-06-15T09:00:00.000Z',
  by: { organisation: 'probation-service', client: 'c-1' },
  data: { reason: 'hospital' },
  audience: ['probation-service'],
  referralId: '1',
  crn: 'X320741',
  traceparent: null,
});

beforeEach(() => {
  table.reset();
  bus.reset();
});

describe('Keys that are named twice', () => {
  it('are asked for once: DynamoDB refuses a request that names one twice', async () => {
    table.on(BatchGetCommand).resolves({ Responses: { record: [{ pk: 'a', sk: 'b' }] } });
    expect(
      await batchGet(client, 'record', [
        { pk: 'a', sk: 'b' },
        { pk: 'a', sk: 'b' },
      ]),
    ).toHaveLength(1);
    const [asked] = table.commandCalls(BatchGetCommand);
    expect(asked?.args[0].input.RequestItems).toEqual({
      record: { Keys: [{ pk: 'a', sk: 'b' }], ConsistentRead: true },
    });
  });
});

describe('V: an event that stands twice in one batch of the stream', () => {
  it('goes to the bus as often as it comes, and into a feed once', async () => {
    const { outbox } = await import('../../shared/adapters/outbox.ts');
    const events = [anEvent(1), anEvent(2), anEvent(1)];
    bus.on(PutEventsCommand).resolves({ Entries: events.map(() => ({})) });
    table.on(BatchGetCommand).resolves({
      Responses: { record: [anEvent(1), anEvent(2)].map((event) => ({ ...event, workKey: 'EVENT#0' })) },
    });
    table.on(GetCommand).resolves({});
    table.on(TransactWriteCommand).resolves({});
    await outbox(client, bus as unknown as EventBridgeClient).publish(events);
    const items = table.commandCalls(TransactWriteCommand).flatMap(({ args }) => args[0].input.TransactItems ?? []);
    const touched = items.map(({ Put, Update }) => JSON.stringify(Update?.Key ?? [Put?.Item?.pk, Put?.Item?.sk]));
    expect(new Set(touched).size).toBe(touched.length);
    expect(items.flatMap(({ Put }) => (Put ? [Put.Item?.eventSk] : []))).toEqual(['EVENT#1', 'EVENT#2']);
  });
});
