import { type DynamoDBDocumentClient, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { TooMuchContention } from '../contracts/errors.ts';
import { answersGiven } from '../domain/answer-speed.ts';
import type { Actor, EventData, EventType } from '../domain/events.ts';
import { begunPlans, nextPeriod, withPlan } from '../domain/planned-places.ts';
import { type Capacity, capacity, type Service, service } from '../domain/service.ts';
import { changedFields, closingOf } from '../domain/service-rules.ts';
import { londonDate } from '../domain/working-days.ts';
import type { Clock, Directory, DirectoryEntry } from '../ports.ts';
import { batchGet } from './batch-get.ts';
import { config } from './config.ts';
import { indexKeys, keys, shards, timeOf, workAt, workKey } from './keys.ts';
import { mergedPage, page } from './paging.ts';
import { serviceEvent } from './service-events.ts';
import { backOff, commit, despiteConflicts } from './transactions.ts';
import type { Change } from './writes.ts';

/** A service's places and how quickly it answered stand together, so that matching reads no more for it. */
const counted = capacity.extend(answersGiven.shape);

/** The directory in DynamoDB: a service, its places, and a pointer to it in each of its areas. */
export function directory(client: DynamoDBDocumentClient, clock: Clock): Directory {
  const { RECORD_TABLE: record } = config();

  async function entriesOf(ids: string[]): Promise<DirectoryEntry[]> {
    const items = await batchGet(
      client,
      record,
      ids.flatMap((id) => [keys.service(id), keys.capacity(id)]),
    );
    const places = new Map(items.filter(({ sk }) => sk === 'CAPACITY').map((item) => [item.pk, counted.parse(item)]));
    return items
      .filter(({ sk }) => sk === 'SERVICE')
      .flatMap((item) => {
        const live = places.get(item.pk);
        return live ? [{ ...service.parse(item), capacity: live }] : [];
      })
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  async function find(id: string): Promise<DirectoryEntry | undefined> {
    return (await entriesOf([id]))[0];
  }

  const put = (Item: Record<string, unknown>, condition?: object): Change => ({
    purpose: 'state',
    write: { Put: { TableName: record, Item, ...condition } },
  });

  const unlessChanged = (version: number | null) =>
    version === null
      ? { ConditionExpression: 'attribute_not_exists(pk)' }
      : {
          ConditionExpression: 'version = :version',
          ExpressionAttributeValues: { ':version': version },
        };

  const eventOf = <T extends EventType>(next: Service, type: T, data: EventData<T>, by: Actor, now: Date): Change =>
    serviceEvent(record, next, type, data, by, now);

  /** Commits unless another version has come first; undefined says so. */
  async function committed(id: string, version: number | null, changes: () => Promise<Change[]>) {
    for (let attempt = 0; attempt < 8; attempt += 1) {
      if (attempt > 0) await backOff(attempt);
      const outcome = await commit(client, await changes());
      if (outcome.committed) return find(id);
      const current = await find(id);
      if ((current?.version ?? null) !== version) return undefined;
    }
    throw new TooMuchContention(`service ${id} kept changing`);
  }

  /** Places from now on. What was planned from a day that has come is past: this is the later word. */
  function stated({ capacity: live, ...before }: DirectoryEntry, places: number, by: Actor, now: Date, seenTo?: Date) {
    const { version, sequence, planned } = before;
    const { later } = begunPlans(planned, londonDate(now));
    const next: Service = { ...before, version: version + 1, sequence: sequence + 1, planned: later };
    return [
      put(itemOf(next, now, seenTo), unlessChanged(version)),
      restated(next.id, live, places),
      eventOf(next, 'capacity.stated.v1', { serviceId: next.id, providerId: next.provider.id, places }, by, now),
    ];
  }

  const restated = (id: string, { places: before }: Capacity, places: number): Change => ({
    purpose: 'capacity',
    write: {
      Update: {
        TableName: record,
        Key: keys.capacity(id),
        UpdateExpression: 'SET places = :places ADD #free :difference',
        ExpressionAttributeNames: { '#free': 'free' },
        ConditionExpression: 'places = :before',
        ExpressionAttributeValues: { ':places': places, ':before': before, ':difference': places - before },
      },
    },
  });

  /** What has begun with a service was seen to; the next that begins is waited for. Changed since, it is looked at again. */
  async function looked(entry: Service, now: Date): Promise<void> {
    const { workKey: key, workAt: at } = itemOf(entry, now, now);
    const update = new UpdateCommand({
      TableName: record,
      Key: keys.service(entry.id),
      UpdateExpression: at ? 'SET workKey = :key, workAt = :at' : 'REMOVE workKey, workAt',
      ConditionExpression: 'version = :version',
      ExpressionAttributeValues: { ':version': entry.version, ...(at ? { ':key': key, ':at': at } : {}) },
    });
    await despiteConflicts(() => client.send(update)).catch((error: unknown) => {
      if (!(error instanceof Error && error.name === 'ConditionalCheckFailedException')) throw error;
    });
  }

  return {
    find,

    findAll: entriesOf,

    async inArea(area) {
      const ids: string[] = [];
      let from: Record<string, unknown> | undefined;
      do {
        const { Items = [], LastEvaluatedKey } = await client.send(
          new QueryCommand({
            TableName: record,
            KeyConditionExpression: 'pk = :pk',
            ExpressionAttributeValues: { ':pk': keys.serviceInArea(area, '').pk },
            ConsistentRead: true,
            ExclusiveStartKey: from,
          }),
        );
        ids.push(...Items.map(({ sk }) => String(sk).slice('SERVICE#'.length)));
        from = LastEvaluatedKey;
      } while (from);
      return entriesOf(ids);
    },

    async all(request) {
      const found = await page(client, record, 'owner', indexKeys.service('').ownerKey, request);
      return { ...found, items: await entriesOf(found.items.map(({ pk }) => pk.slice('SERVICE#'.length))) };
    },

    async put(id, version, description, by) {
      return committed(id, version, async () => {
        const now = await clock.now();
        const before = version === null ? undefined : await find(id);
        const sequence = (before?.sequence ?? 0) + 1;
        const closesOn = closingOf(before?.contract, description.contract, londonDate(now));
        const next: Service = {
          ...description,
          id,
          version: (version ?? 0) + 1,
          sequence: closesOn ? sequence + 1 : sequence,
          planned: before?.planned ?? [],
        };
        const gone = before?.areas.filter((area) => !next.areas.includes(area)) ?? [];
        const added = next.areas.filter((area) => !before?.areas.includes(area));
        const ids = { serviceId: id, providerId: next.provider.id };
        const as = { ...next, sequence };
        const fields = before ? changedFields(before, description) : [];
        const event = before
          ? serviceEvent(record, as, 'service.changed.v1', { ...ids, fields }, by, now, before.provider.id)
          : eventOf(as, 'service.published.v1', { ...ids, areas: next.areas, needs: next.needs }, by, now);
        return [
          put(itemOf(next, now), unlessChanged(version)),
          ...(before ? [] : [put({ ...keys.capacity(id), places: 0, reserved: 0, confirmed: 0, free: 0, waiting: 0 })]),
          ...added.map((area) => put(keys.serviceInArea(area, id))),
          ...gone.map(
            (area): Change => ({
              purpose: 'state',
              write: { Delete: { TableName: record, Key: keys.serviceInArea(area, id) } },
            }),
          ),
          event,
          ...(closesOn ? [eventOf(next, 'service.closed.v1', { ...ids, closesOn }, by, now)] : []),
        ];
      });
    },

    stateAvailability: (id, version, places, by) =>
      committed(id, version, async () => {
        const before = await find(id);
        return before ? stated({ ...before, version }, places, by, await clock.now()) : [];
      }),

    planPlaces: (id, version, plan, by) =>
      committed(id, version, async () => {
        const before = await find(id);
        if (!before) return [];
        const { capacity: _places, ...rest } = before;
        const planned = withPlan(before.planned, plan);
        const next: Service = { ...rest, version: version + 1, sequence: before.sequence + 1, planned };
        const data = { serviceId: id, providerId: next.provider.id, ...plan };
        const now = await clock.now();
        const event = eventOf(next, 'capacity.planned.v1', data, by, now);
        return [put(itemOf(next, now), unlessChanged(version)), event];
      }),

    async periodsBegun(now, request) {
      // A period begins with its first moment, and the index gives what lies before another.
      const before = new Date(now.getTime() + 1).toISOString();
      const { items, cursor } = await mergedPage(client, record, 'work', shards('PERIOD'), { ...request, before });
      return {
        items: items.map(({ pk, sort }) => ({
          serviceId: pk.slice('SERVICE#'.length),
          since: timeOf(sort),
        })),
        cursor,
      };
    },

    async beginPeriod(entry, by) {
      const now = await clock.now();
      const { places } = begunPlans(entry.planned, londonDate(now));
      if (places === undefined) return looked(entry, now);
      // Refused: another sweep was quicker, or the service has changed. What is left, the next sweep finds.
      await committed(entry.id, entry.version, async () => stated(entry, places, by, now, now));
    },
  };
}

/** A service as it is kept, with when it next changes by itself; `seenTo`: until then it was seen to. */
function itemOf(service: Service, now: Date, seenTo?: Date): Record<string, unknown> {
  const at = nextPeriod(service, londonDate(now), seenTo);
  const work = at ? { workKey: workKey('PERIOD', service.id), workAt: workAt(at.toISOString(), service.id) } : {};
  return { ...keys.service(service.id), ...indexKeys.service(service.id), ...work, ...service };
}
