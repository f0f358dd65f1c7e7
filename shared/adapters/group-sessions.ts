import { randomUUID } from 'node:crypto';
import { GetCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { NotFound, TooMuchContention } from '../contracts/errors.ts';
import type { GroupChange, GroupEvent } from '../domain/commands/group-sessions.ts';
import { isRefusal } from '../domain/decision.ts';
import type { Diary } from '../domain/diary.ts';
import { eventData } from '../domain/events.ts';
import type { GroupSession } from '../domain/group-session.ts';
import type { Clock, GroupSessionOptions, GroupSessionReader, GroupSessions } from '../ports.ts';
import { batchGet } from './batch-get.ts';
import { config } from './config.ts';
import { diaryOf } from './diaries.ts';
import { groupDiaryChanges } from './diary-changes.ts';
import type { Database } from './dynamo.ts';
import { groupPlace, storedGroupSession } from './group-session-items.ts';
import { receiptChange, receiptFor } from './idempotency.ts';
import { indexKeys, keys, shards, timeOf, workAt, workKey } from './keys.ts';
import { mergedPage, page, toCursor } from './paging.ts';
import { backOff, commit, despiteConflicts } from './transactions.ts';
import { type Change, isNew, put, type Write } from './writes.ts';

const attempts = 12;

/** Group sessions in DynamoDB, as they are read. */
export function groupSessionReader(client: Database): GroupSessionReader {
  const { RECORD_TABLE: record, PRIVATE_TABLE: privateTable } = config();
  const get = getterOf(client);
  return {
    async find(groupId) {
      const item = await get(record, keys.groupSession(groupId));
      return item && storedGroupSession.parse(item);
    },

    async place(groupId) {
      const item = await get(privateTable, keys.groupPlace(groupId));
      return item && groupPlace.parse(item).place;
    },

    async list(providerId, from, { limit, cursor }) {
      const { ownerKey } = indexKeys.groupSession({ id: '', providerId, startsAt: '' });
      const after = cursor ?? (from ? (toCursor(from) ?? undefined) : undefined);
      const found = await page(client, record, 'owner', ownerKey, { limit, cursor: after });
      const items = await batchGet(
        client,
        record,
        found.items.map(({ pk, sk }) => ({ pk, sk })),
      );
      const sessions = items.map((item) => storedGroupSession.parse(item));
      return { ...found, items: sessions.sort((a, b) => (sortOf(a) < sortOf(b) ? -1 : 1)) };
    },
  };
}

/** Group sessions in DynamoDB: one command is one transaction, and each change tells by an event of its own (rules 1, 2). */
export function groupSessions(client: Database, clock: Clock): GroupSessions {
  const { RECORD_TABLE: record, PRIVATE_TABLE: privateTable } = config();
  const reader = groupSessionReader(client);
  const get = getterOf(client);

  async function stored(groupId: string): Promise<GroupSession> {
    const found = await reader.find(groupId);
    if (!found) throw new NotFound(`group session ${groupId}`);
    return found;
  }

  /** All that a command writes; `before`: none, where it is planned. */
  function changesOf(
    before: GroupSession | undefined,
    { session, events, place }: GroupChange,
    diary: Diary,
    options: GroupSessionOptions,
    now: Date,
  ): Change[] {
    const isLedElsewhere =
      session.status === 'planned' &&
      (before?.startsAt !== session.startsAt || before.caseworkerId !== session.caseworkerId);
    const placed = put(privateTable, { ...keys.groupPlace(session.id), place });
    return [
      { purpose: 'state', write: before ? updated(record, before, session, now) : planned(record, session) },
      ...events.map(
        (event, index): Change => ({
          purpose: 'event',
          write: put(record, eventItem(event, session.sequence - events.length + 1 + index, options, now)),
        }),
      ),
      ...(place ? [{ purpose: 'private' as const, write: placed }] : []),
      ...(isLedElsewhere ? groupDiaryChanges(session, diary, record) : []).map(
        (write): Change => ({ purpose: 'state', write }),
      ),
      ...receiptChange(privateTable, options.idempotency, { referralId: session.id }, now),
    ];
  }

  return {
    ...reader,

    async execute(groupId, { diary: diaryAt, decide }, options) {
      for (let attempt = 0; attempt < attempts; attempt += 1) {
        if (attempt > 0) await backOff(attempt);
        const now = await clock.now();
        const receipt = options.idempotency && (await receiptFor(client, privateTable, options.idempotency, now));
        if (receipt) return stored(receipt.referralId);
        const before = groupId ? await stored(groupId) : undefined;
        if (before) options.precondition?.(before);
        const diary = await diaryOf(get, record, diaryAt(before), { groupId });
        const outcome = decide(before, diary, { now, by: options.by, newId: randomUUID });
        if (isRefusal(outcome)) return outcome;
        if (outcome.events.length === 0) return outcome.session;
        const { committed } = await commit(client, changesOf(before, outcome, diary, options, now));
        if (committed) return outcome.session;
      }
      throw new TooMuchContention('other commands kept changing the same group session');
    },

    async unfollowed(request) {
      const { items, cursor } = await mergedPage(client, record, 'work', shards('GROUP'), request);
      const idOf = (pk: string) => pk.slice('GROUP#'.length);
      return {
        items: items.map(({ pk, sort }) => ({ groupId: idOf(pk), since: timeOf(sort) })),
        cursor,
      };
    },

    async followed({ id, revision }) {
      const update = new UpdateCommand({
        TableName: record,
        Key: keys.groupSession(id),
        UpdateExpression: 'REMOVE workKey, workAt',
        ConditionExpression: '#revision = :revision',
        ExpressionAttributeNames: { '#revision': 'revision' },
        ExpressionAttributeValues: { ':revision': revision },
      });
      // Refused: it has been changed again, and that is to be followed too.
      await despiteConflicts(() => client.send(update)).catch((error: unknown) => {
        if (!(error instanceof Error && error.name === 'ConditionalCheckFailedException')) throw error;
      });
    },
  };
}

const getterOf =
  (client: Database) =>
  async (table: string, key: object): Promise<Record<string, unknown> | undefined> => {
    const { Item } = await client.send(new GetCommand({ TableName: table, Key: key, ConsistentRead: true }));
    return Item;
  };

const sortOf = (session: GroupSession): string => indexKeys.groupSession(session).ownerSort;

function planned(table: string, { seats: _none, ...session }: GroupSession): Write {
  return put(table, { ...keys.groupSession(session.id), ...indexKeys.groupSession(session), ...session }, isNew);
}

/** Seats come and go meanwhile, so they are left alone, and no place is taken away from under one. */
function updated(table: string, before: GroupSession, after: GroupSession, now: Date): Write {
  const isRevised = after.revision !== before.revision;
  const { startsAt, caseworkerId, places, status, version, sequence, revision, revisedFor } = after;
  const mark = { workKey: workKey('GROUP', after.id), workAt: workAt(now.toISOString(), after.id) };
  const fields = {
    startsAt,
    caseworkerId,
    places,
    status,
    version,
    sequence,
    revision,
    revisedFor,
    ...indexKeys.groupSession(after),
    ...(isRevised ? mark : {}),
  };
  const names = Object.keys(fields);
  return {
    Update: {
      TableName: table,
      Key: keys.groupSession(after.id),
      UpdateExpression: `SET ${names.map((name) => `#${name} = :${name}`).join(', ')}`,
      ConditionExpression: '#version = :before AND (attribute_not_exists(seats) OR size(seats) <= :places)',
      ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
      ExpressionAttributeValues: {
        ...Object.fromEntries(Object.entries(fields).map(([name, value]) => [`:${name}`, value])),
        ':before': before.version,
      },
    },
  };
}

/** The event as its history keeps it and the outbox sends it; only its provider may know of it. */
function eventItem(
  { type, data }: GroupEvent,
  sequence: number,
  { by, traceparent }: GroupSessionOptions,
  now: Date,
): Record<string, unknown> {
  const id = randomUUID();
  return {
    ...keys.event(keys.groupSession(data.groupId).pk, sequence),
    id,
    type,
    sequence,
    occurredAt: now.toISOString(),
    by,
    data: eventData[type].parse(data),
    audience: [data.providerId],
    referralId: null,
    crn: null,
    traceparent: traceparent ?? null,
    workKey: workKey('EVENT', id),
    workAt: now.toISOString(),
  };
}
