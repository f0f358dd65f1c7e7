import { randomUUID } from 'node:crypto';
import { type DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { NotFound, PlaceTaken, SegmentSuperseded, TooMuchContention } from '../contracts/errors.ts';
import { allocation, appointment } from '../domain/allocation.ts';
import { isRefusal, type ReferralState, type Refusal } from '../domain/decision.ts';
import { confidential, referral } from '../domain/referral.ts';
import type { Clock, CommandOptions, Committed, Executions, Receipt, Referrals, Scope } from '../ports.ts';
import { batchGet } from './batch-get.ts';
import { type Change, type Commit, commitOf } from './changes.ts';
import { config } from './config.ts';
import { executionRecords } from './execution-records.ts';
import { historyEntry } from './history.ts';
import { idempotencyChange, receiptFor } from './idempotency.ts';
import { indexKeys, keys, shards } from './keys.ts';
import { fromCursor, mergedPage, page, toCursor } from './paging.ts';
import { backOff, commit } from './transactions.ts';

const attempts = 12;

interface Dependencies {
  client: DynamoDBDocumentClient;
  clock: Clock;
  /** Wakes what waits for a command once it is committed; what it misses, the sweeper finds. */
  executions?: Pick<Executions, 'wake' | 'advance'> | undefined;
  newId?: () => string;
}

/** Referrals in DynamoDB. One command is one transaction; conflicts are retried on a fresh look (rule 1). */
export function referrals({ client, clock, executions, newId = randomUUID }: Dependencies): Referrals {
  const { RECORD_TABLE: record, PRIVATE_TABLE: privateTable } = config();
  const tables = { record, private: privateTable };

  async function get(table: string, key: object): Promise<Record<string, unknown> | undefined> {
    const { Item } = await client.send(new GetCommand({ TableName: table, Key: key, ConsistentRead: true }));
    return Item;
  }

  async function load(referralId: string, scope: Scope = {}): Promise<ReferralState | undefined> {
    const { allocationId, appointmentId } = scope;
    const [found, allocated, appointed] = await Promise.all([
      get(record, keys.referral(referralId)),
      allocationId ? get(record, keys.allocation(allocationId)) : undefined,
      allocationId && appointmentId ? get(record, keys.appointment(allocationId, appointmentId)) : undefined,
    ]);
    if (!found) return undefined;
    const root = referral.parse(found);
    if (allocationId && !allocated) throw new NotFound(`allocation ${allocationId}`);
    if (appointmentId && !appointed) throw new NotFound(`appointment ${appointmentId}`);
    const personal = scope.confidential ? await get(privateTable, keys.person(root.crn, root.id)) : undefined;
    return {
      referral: root,
      ...(scope.confidential ? { confidential: confidential.parse(personal) } : {}),
      ...(allocated ? { allocation: allocation.parse(allocated) } : {}),
      ...(appointed ? { appointment: appointment.parse(appointed) } : {}),
    };
  }

  /** Whether a commit whose answer was lost went through after all: its first event stands where it belongs. */
  async function wentThrough({ after, events, firstEventId }: Commit): Promise<boolean> {
    const sequence = after.referral.sequence - events.length + 1;
    const item = await get(record, keys.event(keys.referral(after.referral.id).pk, sequence));
    return item?.id === firstEventId;
  }

  async function tryCommit(prepared: Commit, changes: Change[]): Promise<'committed' | 'conflict' | 'replay'> {
    const outcome = await commit(client, changes).catch(async (error: unknown) => {
      if (await wentThrough(prepared)) return { committed: true as const };
      throw error;
    });
    if (outcome.committed) return 'committed';
    if (outcome.refusedBy.includes('segment')) throw new SegmentSuperseded(prepared.after.referral.id);
    if (await wentThrough(prepared)) return 'committed';
    if (outcome.refusedBy.includes('idempotency')) return 'replay';
    if (outcome.refusedBy.includes('capacity') && !outcome.refusedBy.includes('state')) {
      throw new PlaceTaken(prepared.after.referral.id);
    }
    return 'conflict';
  }

  async function run(
    before: () => Promise<ReferralState | undefined>,
    decide: Parameters<Referrals['execute']>[2] | Parameters<Referrals['create']>[0],
    options: CommandOptions,
    scope: Scope,
  ): Promise<Committed | Refusal> {
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      if (attempt > 0) await backOff(attempt);
      const receipt = options.idempotency && (await receiptFor(client, record, options.idempotency, await clock.now()));
      if (receipt) return replayed(receipt, scope);
      const state = await before();
      if (state) options.precondition?.(state);
      const context = { now: await clock.now(), by: options.by, newId };
      const events = await (state
        ? (decide as Parameters<Referrals['execute']>[2])(state, context)
        : (decide as Parameters<Referrals['create']>[0])(context));
      if (isRefusal(events)) return events;
      if (events.length === 0 && state) return { state, events };
      const prepared = commitOf(state, events, context, options, tables);
      const receiptChange = idempotencyChange(record, options, prepared, context.now);
      const outcome = await tryCommit(prepared, [...prepared.changes, ...receiptChange]);
      if (outcome !== 'committed') continue;
      const { after, wakes } = prepared;
      await followUp(after.referral.id, wakes, options.restart ?? []);
      return { state: after, events };
    }
    throw new TooMuchContention('other commands kept changing the same referral');
  }

  /** The decision stands whatever becomes of this: what fails here is found by the sweeper (rule 3). */
  async function followUp(referralId: string, wakes: string[], restarts: string[]): Promise<void> {
    for (const executionId of wakes) await executions?.wake({ referralId, executionId }).catch(() => undefined);
    for (const executionId of restarts) await executions?.advance({ referralId, executionId }).catch(() => undefined);
  }

  async function replayed(receipt: Receipt, scope: Scope): Promise<Committed> {
    const state = await load(receipt.referralId, scope);
    if (!state) throw new Error(`the receipt of ${receipt.referralId} names no referral`);
    return { state, events: [], replayed: receipt };
  }

  async function byIds(ids: string[]): Promise<ReferralState['referral'][]> {
    const items = await batchGet(client, record, [...new Set(ids)].map(keys.referral));
    const found = new Map(items.map((item) => referral.parse(item)).map((item) => [item.id, item]));
    return ids.flatMap((id) => found.get(id) ?? []);
  }

  return {
    load,
    create: (decide, options) => run(async () => undefined, decide, options, { confidential: true }),

    execute: (referralId, scope, decide, options) =>
      run(
        async () => {
          const state = await load(referralId, scope);
          if (!state) throw new NotFound(`referral ${referralId}`);
          return state;
        },
        decide,
        options,
        scope,
      ),

    async history(referralId, { limit, cursor }) {
      const { pk } = keys.referral(referralId);
      const after = fromCursor(cursor, /^EVENT#\d{8}$/);
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: record,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :event)',
          ExpressionAttributeValues: { ':pk': pk, ':event': 'EVENT#' },
          ConsistentRead: true,
          Limit: limit,
          ExclusiveStartKey: after ? { pk, sk: after } : undefined,
        }),
      );
      return { items: Items.map((item) => historyEntry.parse(item)), cursor: toCursor(LastEvaluatedKey?.sk) };
    },

    async texts(crn, referralId, key) {
      const item = await get(privateTable, keys.text(crn, referralId, key));
      return item ? z.object({ words: z.record(z.string(), z.string()) }).parse(item).words : {};
    },

    async list(filter, { limit, cursor }) {
      if (filter.by === 'all' || filter.by === 'attention') {
        const [index, prefix] =
          filter.by === 'all' ? (['all', 'REFERRALS'] as const) : (['work', 'ATTENTION'] as const);
        const merged = await mergedPage(client, record, index, shards(prefix), { limit, cursor, newestFirst: true });
        return { ...merged, items: await byIds(merged.items.map(({ pk }) => idOf(pk))) };
      }
      const [index, key] =
        filter.by === 'crn'
          ? (['crn', `CRN#${filter.crn}`] as const)
          : (['owner', `REFERRALS#${filter.organisation}`] as const);
      const found = await page(client, record, index, key, { limit, cursor, newestFirst: true });
      return { ...found, items: await byIds(found.items.map(({ pk }) => idOf(pk))) };
    },

    async openWithSameNeed(crn, needs) {
      const found = await page(client, record, 'crn', indexKeys.crn(crn), { limit: 25, newestFirst: true });
      const others = await byIds(found.items.map(({ pk }) => idOf(pk)));
      return others
        .filter((other) => !other.conclusion && other.needs.some(({ need }) => needs.includes(need)))
        .map(({ id, referenceNumber }) => ({ id, referenceNumber }));
    },

    async executions(referralId) {
      return executionRecords(client, record, referralId);
    },
  };
}

const idOf = (pk: string): string => pk.slice(pk.indexOf('#') + 1);
