import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { faded, keptAnswers } from '../domain/answer-speed.ts';
import { placesHeld, reconciled } from '../domain/places.ts';
import { type Referral, referral } from '../domain/referral.ts';
import { capacity, service } from '../domain/service.ts';
import { linesOf } from '../domain/waiting-list.ts';
import type { Clock, PageRequest, Places, Round } from '../ports.ts';
import { batchGet } from './batch-get.ts';
import { config } from './config.ts';
import { indexKeys, keys, shards, timeOf, workAt, workKey } from './keys.ts';
import { mergedPage, page } from './paging.ts';
import { serviceEvent } from './service-events.ts';
import { commit, despiteConflicts } from './transactions.ts';
import type { Change } from './writes.ts';

const inLine = z.object({
  serviceId: z.string(),
  referralId: z.string(),
  since: z.string(),
  releaseOn: z.string().nullable(),
});
const heldPlace = z.object({
  serviceId: z.string(),
  referralId: z.string(),
  holder: z.string(),
  as: z.enum(['reserved', 'confirmed']),
});
const round = z.object({ since: z.string(), changed: z.boolean(), added: z.boolean(), after: z.string().nullable() });
/** `moves` grows with every change of who holds or waits: what was read belongs together while it stands still. */
const countedPlaces = capacity.extend({ moves: z.int().default(0) });
/** Items without a referral that one repair takes away; the next one goes on. */
const mostStrays = 40;

/** It has been in use since it was read: somebody has joined a line, or answered. */
function unlessRefused(error: unknown): void {
  if (!(error instanceof Error && error.name === 'ConditionalCheckFailedException')) throw error;
}

/** Places in DynamoDB: one item for each that is held and for each referral in line, beside the service's counters. */
export function places(client: DynamoDBDocumentClient, clock: Clock): Places {
  const { RECORD_TABLE: record } = config();

  async function itemsOf<S extends z.ZodType>(
    { pk, sk }: { pk: string; sk: string },
    schema: S,
  ): Promise<z.output<S>[]> {
    const found: z.output<S>[] = [];
    let from: Record<string, unknown> | undefined;
    do {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: record,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
          ExpressionAttributeValues: { ':pk': pk, ':prefix': sk },
          ConsistentRead: true,
          ExclusiveStartKey: from,
        }),
      );
      found.push(...Items.map((item) => schema.parse(item)));
      from = LastEvaluatedKey;
    } while (from);
    return found;
  }

  async function get(Key: { pk: string; sk: string }): Promise<Record<string, unknown> | undefined> {
    return (await client.send(new GetCommand({ TableName: record, Key, ConsistentRead: true }))).Item;
  }

  /** Services that have something left in the `work` index, those first that have had it for longest. */
  async function listed(kind: 'WAITING' | 'ROUND', request: PageRequest) {
    const { items, cursor } = await mergedPage(client, record, 'work', shards(kind), request);
    const found = items.map(({ pk, sort }) => ({
      serviceId: pk.slice('SERVICE#'.length),
      since: timeOf(sort),
    }));
    return { items: found, cursor };
  }

  /** Who holds a place or waits by the referrals' own record, and the items that no referral bears out. */
  async function holdersOf(serviceId: string) {
    const held = await itemsOf(keys.place(serviceId, ''), heldPlace);
    const line = await itemsOf(keys.waiting(serviceId, ''), inLine);
    const ids = [...new Set([...held, ...line].map(({ referralId }) => referralId))];
    const items = await batchGet(client, record, ids.map(keys.referral));
    const referrals = new Map(
      items.map((item) => referral.parse(item)).map((found): [string, Referral] => [found.id, found]),
    );
    const holds = (place: z.infer<typeof heldPlace>): boolean => {
      const found = referrals.get(place.referralId);
      return (
        found !== undefined && placesHeld(found).some(({ holder, as }) => holder === place.holder && as === place.as)
      );
    };
    const waits = ({ referralId }: z.infer<typeof inLine>): boolean => {
      const found = referrals.get(referralId);
      return found !== undefined && linesOf(found).some((own) => own.serviceId === serviceId);
    };
    const borneOut = held.filter(holds);
    const count = (as: 'reserved' | 'confirmed') => borneOut.filter((place) => place.as === as).length;
    return {
      counted: { reserved: count('reserved'), confirmed: count('confirmed'), waiting: line.filter(waits).length },
      strays: [
        ...held.filter((place) => !holds(place)).map(({ holder }) => keys.place(serviceId, holder)),
        ...line.filter((one) => !waits(one)).map(({ referralId }) => keys.waiting(serviceId, referralId)),
      ],
    };
  }

  /** What a provider was like long ago weighs less each time that its turn comes. */
  async function fadeAnswers(serviceId: string, stored: Record<string, unknown>): Promise<void> {
    const was = keptAnswers.parse(stored);
    const left = faded(was, await clock.now());
    if (!left) return;
    await despiteConflicts(() =>
      client.send(
        new UpdateCommand({
          TableName: record,
          Key: keys.capacity(serviceId),
          UpdateExpression: 'SET answers = :answers, answerTime = :time, answersSince = :since',
          ConditionExpression: 'answers = :was',
          ExpressionAttributeValues: {
            ':answers': left.answers,
            ':time': left.answerTime,
            ':since': left.answersSince,
            ':was': was.answers,
          },
        }),
      ),
    ).catch(unlessRefused);
  }

  return {
    async offeredTo(serviceId) {
      const held = await itemsOf(keys.place(serviceId, ''), heldPlace);
      return [...new Set(held.filter((place) => place.as === 'reserved').map(({ referralId }) => referralId))];
    },

    line: (serviceId) => itemsOf(keys.waiting(serviceId, ''), inLine),

    waitedFor: (request) => listed('WAITING', request),

    unfinished: (request) => listed('ROUND', request),

    async round(serviceId) {
      const stored = await get(keys.round(serviceId));
      return stored && round.parse(stored);
    },

    async leaveRound(serviceId, left, seen) {
      if (!left && !seen) return;
      const condition = seen
        ? {
            ConditionExpression: 'since = :since AND changed = :changed AND added = :added',
            ExpressionAttributeValues: { ':since': seen.since, ':changed': seen.changed, ':added': seen.added },
          }
        : { ConditionExpression: 'attribute_not_exists(pk)' };
      const item = { TableName: record, ...condition };
      const written = left
        ? client.send(new PutCommand({ Item: roundItem(serviceId, left), ...item }))
        : client.send(new DeleteCommand({ Key: keys.round(serviceId), ...item }));
      await written.catch(async (error: unknown) => {
        unlessRefused(error);
        if (!left) return;
        // Two rounds at once have left something: one that looks at everybody again has what is in both.
        const whole = { since: (await clock.now()).toISOString(), changed: true, added: true, after: null };
        await client.send(new PutCommand({ TableName: record, Item: roundItem(serviceId, whole) }));
      });
    },

    async nobodyWaits(serviceId) {
      await despiteConflicts(() =>
        client.send(
          new UpdateCommand({
            TableName: record,
            Key: keys.capacity(serviceId),
            UpdateExpression: 'REMOVE workKey, workAt',
            ConditionExpression: 'waiting <= :none',
            ExpressionAttributeValues: { ':none': 0 },
          }),
        ),
      ).catch(unlessRefused);
    },

    async nextInTurn(limit) {
      const stored = await get(keys.reconciliation);
      const { cursor } = z.object({ cursor: z.string().nullable() }).parse(stored ?? { cursor: null });
      const found = await page(client, record, 'owner', indexKeys.service('').ownerKey, {
        limit,
        cursor: cursor ?? undefined,
      });
      // Moved on first: a service that cannot be read does not hold up those after it.
      await client.send(new PutCommand({ TableName: record, Item: { ...keys.reconciliation, cursor: found.cursor } }));
      return found.items.map(({ pk }) => pk.slice('SERVICE#'.length));
    },

    async reconcile(serviceId, by) {
      const [stored, entry] = await Promise.all([get(keys.capacity(serviceId)), get(keys.service(serviceId))]);
      if (!stored || !entry) return false;
      await fadeAnswers(serviceId, stored);
      const { moves, ...before } = countedPlaces.parse(stored);
      const { counted, strays } = await holdersOf(serviceId);
      const right = reconciled(before, counted);
      if (!right && strays.length === 0) return false;

      const now = await clock.now();
      const { version, sequence, provider } = service.parse(entry);
      const { places: _places, ...was } = before;
      const after = right ?? was;
      // The sweeper had taken it for one that nobody waits for.
      const waits = after.waiting > 0;
      const changes: Change[] = [
        {
          purpose: 'capacity',
          write: {
            Update: {
              TableName: record,
              Key: keys.capacity(serviceId),
              UpdateExpression: `${waits ? 'SET workKey = :key, workAt = if_not_exists(workAt, :at) ' : ''}ADD reserved :reserved, confirmed :confirmed, #free :free, waiting :waiting, moves :one`,
              ConditionExpression: moves === 0 ? '(attribute_not_exists(moves) OR moves = :moves)' : 'moves = :moves',
              ExpressionAttributeNames: { '#free': 'free' },
              ExpressionAttributeValues: {
                ':reserved': after.reserved - was.reserved,
                ':confirmed': after.confirmed - was.confirmed,
                ':free': after.free - was.free,
                ':waiting': after.waiting - was.waiting,
                ':moves': moves,
                ':one': 1,
                ...(waits
                  ? { ':key': workKey('WAITING', serviceId), ':at': workAt(now.toISOString(), serviceId) }
                  : {}),
              },
            },
          },
        },
        {
          purpose: 'state',
          write: {
            Update: {
              TableName: record,
              Key: keys.service(serviceId),
              UpdateExpression: 'ADD version :one, #sequence :one',
              ConditionExpression: 'version = :version',
              ExpressionAttributeNames: { '#sequence': 'sequence' },
              ExpressionAttributeValues: { ':version': version, ':one': 1 },
            },
          },
        },
        ...strays.slice(0, mostStrays).map(
          (Key): Change => ({
            purpose: 'capacity',
            write: { Delete: { TableName: record, Key } },
          }),
        ),
        serviceEvent(
          record,
          { id: serviceId, sequence: sequence + 1, provider },
          'capacity.repaired.v1',
          { serviceId, providerId: provider.id, before: was, after },
          by,
          now,
        ),
      ];
      // Refused: it is in use. Its next turn comes.
      return (await commit(client, changes)).committed;
    },
  };
}

const roundItem = (serviceId: string, left: Round): Record<string, unknown> => ({
  ...keys.round(serviceId),
  workKey: workKey('ROUND', serviceId),
  workAt: workAt(left.since, serviceId),
  ...left,
});
