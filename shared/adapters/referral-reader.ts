import { GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { NotFound } from '../contracts/errors.ts';
import { allocation, appointment } from '../domain/allocation.ts';
import type { ReferralState } from '../domain/decision.ts';
import { message } from '../domain/message.ts';
import { onwardLink } from '../domain/onward-link.ts';
import { type Confidential, confidential, isRemoved, nobody, referral } from '../domain/referral.ts';
import { riskReport, riskReportsKey } from '../domain/risk.ts';
import type { ReferralReader, Scope } from '../ports.ts';
import { batchGet } from './batch-get.ts';
import { config } from './config.ts';
import { withDiary } from './diaries.ts';
import type { Database } from './dynamo.ts';
import { executionRecords } from './execution-records.ts';
import { groupPlace, storedGroupSession } from './group-session-items.ts';
import { historyEntry } from './history.ts';
import { indexKeys, keys, shards } from './keys.ts';
import { fromCursor, mergedPage, page, toCursor } from './paging.ts';

/** Referrals as they are read. Apart from what changes them, so that a function that only reads carries none of that. */
export function referralReader(client: Database): ReferralReader {
  const { RECORD_TABLE: record, PRIVATE_TABLE: privateTable } = config();

  async function get(table: string, key: object): Promise<Record<string, unknown> | undefined> {
    const { Item } = await client.send(new GetCommand({ TableName: table, Key: key, ConsistentRead: true }));
    return Item;
  }

  async function load(referralId: string, scope: Scope = {}): Promise<ReferralState | undefined> {
    const { allocationId, appointmentId, messageId, linkId } = scope;
    const [found, allocated, appointed, sent, linked] = await Promise.all([
      get(record, keys.referral(referralId)),
      allocationId ? get(record, keys.allocation(allocationId)) : undefined,
      allocationId && appointmentId ? get(record, keys.appointment(allocationId, appointmentId)) : undefined,
      messageId ? get(record, keys.message(referralId, messageId)) : undefined,
      allocationId && linkId ? get(record, keys.onwardLink(allocationId, linkId)) : undefined,
    ]);
    if (!found) return undefined;
    const root = referral.parse(found);
    // Of a record that was removed nothing can be read or commanded: there is nothing here.
    if (root.removedAt) return undefined;
    if (allocationId && !allocated) throw new NotFound(`allocation ${allocationId}`);
    if (appointmentId && !appointed) throw new NotFound(`appointment ${appointmentId}`);
    if (messageId && !sent) throw new NotFound(`message ${messageId}`);
    if (linkId && !linked) throw new NotFound(`onward link ${linkId}`);
    const state: ReferralState = {
      referral: root,
      ...(scope.confidential ? { confidential: await confidentialOf(root) } : {}),
      ...(allocated ? { allocation: allocation.parse(allocated) } : {}),
      ...(appointed ? { appointment: appointment.parse(appointed) } : {}),
      ...(sent ? { message: message.parse(sent) } : {}),
      ...(linked ? { onwardLink: onwardLink.parse(linked) } : {}),
    };
    const { groupId } = scope;
    if (groupId) {
      const [session, place] = await Promise.all([
        get(record, keys.groupSession(groupId)),
        get(privateTable, keys.groupPlace(groupId)),
      ]);
      if (session)
        state.groupSession = { ...storedGroupSession.parse(session), ...(place ? groupPlace.parse(place) : {}) };
    }
    return scope.diary ? withDiary(get, record, state, scope.diary) : state;
  }

  async function confidentialOf(root: ReferralState['referral']): Promise<Confidential> {
    if (isRemoved(root)) return nobody;
    const found = await get(privateTable, keys.person(root.crn, root.id));
    if (found) return confidential.parse(found);
    // A draft may be removed between the two readings; of anything else the half that is missing is a fault.
    const current = referral.parse(await get(record, keys.referral(root.id)));
    if (!isRemoved(current)) throw new Error(`referral ${root.id} has lost its private half`);
    return nobody;
  }

  async function byIds(ids: string[]): Promise<ReferralState['referral'][]> {
    const items = await batchGet(client, record, [...new Set(ids)].map(keys.referral));
    const found = new Map(
      items
        .map((item) => referral.parse(item))
        .filter(({ removedAt }) => removedAt === null)
        .map((item) => [item.id, item]),
    );
    return ids.flatMap((id) => found.get(id) ?? []);
  }

  return {
    load,

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

    async riskReports({ crn, id }, { limit, cursor }, task) {
      const after = fromCursor(cursor, givenReport);
      const { pk, sk } = keys.text(crn, id, riskReportsKey(task));
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: privateTable,
          KeyConditionExpression: 'pk = :pk AND begins_with(sk, :reports)',
          ExpressionAttributeValues: { ':pk': pk, ':reports': sk },
          ConsistentRead: true,
          ScanIndexForward: false,
          Limit: limit,
          ExclusiveStartKey: after ? keys.text(crn, id, after) : undefined,
        }),
      );
      const last: unknown = LastEvaluatedKey?.sk;
      return {
        items: Items.map(({ words }) => riskReport.parse(words)),
        cursor: toCursor(typeof last === 'string' ? last.slice(keys.text(crn, id, '').sk.length) : undefined),
      };
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
      const others: ReferralState['referral'][] = [];
      let cursor: string | undefined;
      do {
        const request = { limit: 25, newestFirst: true, cursor };
        const found = await page(client, record, 'crn', indexKeys.crn(crn), request);
        others.push(...(await byIds(found.items.map(({ pk }) => idOf(pk)))));
        cursor = found.cursor ?? undefined;
      } while (cursor);
      return others
        .filter((other) => other.sentAt && !other.conclusion && other.needs.some(({ need }) => needs.includes(need)))
        .map(({ id, referenceNumber }) => ({ id, referenceNumber }));
    },

    async executions(referralId) {
      return executionRecords(client, record, referralId);
    },
  };
}

/** The place of a report among those of its referral. */
const givenReport = /^RISK#[0-9TZ:.-]+#[0-9a-f-]{36}#[0-9TZ:.-]+#[0-9a-f-]{36}$/;

const idOf = (pk: string): string => pk.slice(pk.indexOf('#') + 1);
