import { randomUUID } from 'node:crypto';
import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { NotFound, PlaceTaken, SegmentSuperseded, TooMuchContention } from '../contracts/errors.ts';
import { isRefusal, type ReferralState, type Refusal, refuse } from '../domain/decision.ts';
import type { Clock, CommandOptions, Committed, Executions, Receipt, Referrals, Scope } from '../ports.ts';
import { type Commit, commitOf } from './changes.ts';
import { config } from './config.ts';
import type { Database } from './dynamo.ts';
import { idempotencyChange, receiptFor } from './idempotency.ts';
import { keys } from './keys.ts';
import { referralReader } from './referral-reader.ts';
import { seatChanges } from './seat-changes.ts';
import { backOff, commit } from './transactions.ts';
import type { Change } from './writes.ts';

const attempts = 12;

/** Of whoever a legal hold stands on, nothing is removed, whatever has become of it (ADR 24). */
const heldBack = (): Refusal =>
  refuse('NotPossibleNow', 'A legal hold stands: nothing that is held on this person is removed.');

interface Dependencies {
  client: Database;
  clock: Clock;
  /** Wakes what waits for a command once it is committed; what it misses, the sweeper finds. */
  executions?: Pick<Executions, 'wake' | 'advance'> | undefined;
  newId?: () => string;
}

/** Referrals in DynamoDB. One command is one transaction; conflicts are retried on a fresh look (rule 1). */
export function referrals({ client, clock, executions, newId = randomUUID }: Dependencies): Referrals {
  const { RECORD_TABLE: record, PRIVATE_TABLE: privateTable } = config();
  const tables = { record, private: privateTable };
  const reader = referralReader(client);

  async function get(table: string, Key: object): Promise<Record<string, unknown> | undefined> {
    const { Item } = await client.send(new GetCommand({ TableName: table, Key, ConsistentRead: true }));
    return Item;
  }

  /** Whether a commit whose answer was lost went through after all: its first event stands where it belongs. */
  async function wentThrough({ after, events, firstEventId }: Commit): Promise<boolean> {
    const sequence = after.referral.sequence - events.length + 1;
    const Key = keys.event(keys.referral(after.referral.id).pk, sequence);
    return (await get(record, Key))?.id === firstEventId;
  }

  async function tryCommit(prepared: Commit, changes: Change[]): Promise<'committed' | 'conflict' | 'replay' | 'held'> {
    const outcome = await commit(client, changes).catch(async (error: unknown) => {
      if (await wentThrough(prepared)) return { committed: true as const };
      throw error;
    });
    if (outcome.committed) return 'committed';
    if (outcome.refusedBy.includes('segment')) throw new SegmentSuperseded(prepared.after.referral.id);
    if (await wentThrough(prepared)) return 'committed';
    if (outcome.refusedBy.includes('idempotency')) return 'replay';
    if (outcome.refusedBy.includes('hold')) return 'held';
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
      const receipt =
        options.idempotency && (await receiptFor(client, privateTable, options.idempotency, await clock.now()));
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
      const seats = await seatChanges(get, record, prepared, context.now);
      const receiptChange = idempotencyChange(privateTable, options, prepared, context.now);
      const outcome = await tryCommit(prepared, [...prepared.changes, ...seats, ...receiptChange]);
      if (outcome === 'held') return heldBack();
      if (outcome !== 'committed') continue;
      const { after, wakes } = prepared;
      const { restart = [], takeOver } = options;
      await followUp(after.referral.id, wakes, [...restart, ...(takeOver ? [takeOver.executionId] : [])]);
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
    const state = await reader.load(receipt.referralId, scope);
    if (!state) throw new Error(`the receipt of ${receipt.referralId} names no referral`);
    return { state, events: [], replayed: receipt };
  }

  return {
    ...reader,
    create: (decide, options) => run(async () => undefined, decide, options, { confidential: true }),

    execute: (referralId, scope, decide, options) =>
      run(
        async () => {
          const state = await reader.load(referralId, scope);
          if (!state) throw new NotFound(`referral ${referralId}`);
          return state;
        },
        decide,
        options,
        scope,
      ),
  };
}
