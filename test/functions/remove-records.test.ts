import '../builders/function-environment.ts';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { addDays, addMonths } from 'date-fns';
import { describe, expect, it } from 'vitest';
import { getTask } from '../../functions/api/get-task.ts';
import { removeRecords } from '../../functions/events/remove-records.ts';
import { equalityMonitoring } from '../../shared/adapters/equality-monitoring.ts';
import { keys, workKey } from '../../shared/adapters/keys.ts';
import { legalHolds } from '../../shared/adapters/legal-holds.ts';
import { referralReader } from '../../shared/adapters/referral-reader.ts';
import { referrals as referralsOf } from '../../shared/adapters/referrals.ts';
import { removals as removalsOf } from '../../shared/adapters/removals.ts';
import { tasks as tasksOf } from '../../shared/adapters/tasks.ts';
import { wholeRecords } from '../../shared/adapters/whole-records.ts';
import { endpoints } from '../../shared/contracts/routes/index.ts';
import { withdrawReferral } from '../../shared/domain/commands/change-referral.ts';
import { draftReferral } from '../../shared/domain/commands/draft.ts';
import { isRefusal } from '../../shared/domain/decision.ts';
import { lambdaContext } from '../builders/lambda-context.ts';
import { Memory } from '../builders/memory.ts';
import { MemoryTables } from '../builders/memory-table.ts';
import { aReferral } from '../builders/referral-facts.ts';
import { aReferralState, type Story, sender } from '../builders/story.ts';
import { sweeps, Town } from '../builders/town.ts';
import { ask, registered } from './request.ts';

const period = 84;
const equality = { characteristics: {}, recordedAt: '2026-06-15T09:00:00.000Z', recordedBy: sender };

/** A referral whose period is over, on the adapters' own writes: only the tables are in memory. */
class Removal {
  readonly tables = new MemoryTables();
  readonly story = aReferralState().delivering().withdrawn().acknowledged();
  readonly referral = this.story.referral;
  readonly crn = this.referral.crn;
  readonly #now = addMonths(this.story.world.now, period + 1);

  constructor() {
    const { id, conclusion } = this.referral;
    this.holds(this.story);
    const mark = { workKey: workKey('RETENTION', id), workAt: conclusion?.at };
    this.tables.put('record', { ...keys.retention(id), ...mark });
    this.tables.put('record', { ...keys.party(id, 'provider-a'), ownerKey: 'REFERRALS#provider-a' });
  }

  holds({ referral, world: { confidential } }: Story, id = referral.id): void {
    this.tables.put('record', { ...keys.referral(id), ...referral, id });
    this.tables.put('private', { ...keys.person(this.crn, id), ...confidential });
  }

  get equality() {
    return equalityMonitoring(this.tables.client);
  }

  /** One run, with somebody standing between its steps. */
  async runs({ decided, removed }: { decided?: () => unknown; removed?: () => unknown } = {}) {
    const { client } = this.tables;
    const clock = { now: async () => this.#now };
    const referrals = referralsOf({ client, clock });
    const removals = removalsOf(client);
    const ports = {
      clock,
      records: wholeRecords(client),
      holds: legalHolds(client),
      referrals: {
        execute: async (...command: Parameters<typeof referrals.execute>) => {
          await decided?.();
          const outcome = await referrals.execute(...command);
          await removed?.();
          return outcome;
        },
      },
      removals,
    };
    return removeRecords(ports, period, new Metrics())({}, lambdaContext);
  }

  /** Everything that stands under the CRN. */
  get left() {
    return this.tables.all('private').filter(({ pk }) => String(pk).endsWith(this.crn));
  }
}

describe('The removal of a record', () => {
  it('leaves nothing under the CRN, and the referral in no provider’s list', async () => {
    const removal = new Removal();
    await removal.equality.put(removal.referral, equality);
    expect(await removal.runs()).toMatchObject({ removed: 1, kept: 0, failed: 0 });
    expect(removal.left).toEqual([]);
    expect(removal.tables.items('record', keys.referral(removal.referral.id).pk, 'PARTY#')).toEqual([]);
  });

  it('takes its closed tasks out of sight, though their ids and times stay', async () => {
    const removal = new Removal();
    const { client } = removal.tables;
    const { id: referralId } = removal.referral;
    const task = {
      id: '00000000-0000-4000-8000-00000000cccc',
      type: 'complexity-confirmation',
      referralId,
      crn: removal.crn,
      organisation: sender.organisation,
      allocationId: null,
      status: 'answered',
      openedAt: '2026-06-15T09:00:00.000Z',
      breachedAt: null,
      dueAt: '2026-06-22T09:00:00.000Z',
      remindedAt: null,
      closedAt: '2026-06-16T09:00:00.000Z',
    };
    removal.tables.put('record', { ...keys.task(task.id), ...task });
    removal.tables.put('record', { ...keys.event(keys.referral(referralId).pk, 1), data: { taskId: task.id } });
    const { clients, clock } = registered(new Memory());
    const ports = { clients, clock, referrals: referralReader(client), tasks: tasksOf(client) };
    const read = async () => (await ask(getTask(ports), endpoints.getTask, { params: { taskId: task.id } })).status;
    expect(await read()).toBe(200);
    expect(await removal.runs()).toMatchObject({ removed: 1, failed: 0 });
    expect(await read()).toBe(404);
    expect(removal.tables.items('record', keys.task(task.id).pk)).toMatchObject([{ crn: 'removed' }]);
  });

  it('takes from the history which other referrals the person had, and leaves the rest of it', async () => {
    const removal = new Removal();
    const { crn, referral } = removal;
    const sent = { ...keys.event(keys.referral(referral.id).pk, 1), type: 'referral.sent.v1', crn };
    const other = '00000000-0000-4000-8000-00000000bbbb';
    removal.tables.put('record', { ...sent, data: { needs: ['accommodation'], possibleDuplicates: [other] } });
    expect(await removal.runs()).toMatchObject({ removed: 1, failed: 0 });
    const [event] = removal.tables.items('record', sent.pk, sent.sk);
    expect(event).toMatchObject({ crn: null, data: { needs: ['accommodation'], possibleDuplicates: [] } });
  });

  it('takes what was said of equality up to the decision, and nothing is recorded after it', async () => {
    const removal = new Removal();
    const put = () => removal.equality.put(removal.referral, equality);
    let last: boolean | undefined;
    const run = await removal.runs({
      decided: put,
      removed: async () => {
        last = await put();
      },
    });
    expect(run).toMatchObject({ removed: 1, failed: 0 });
    expect(last).toBe(false);
    expect(await put()).toBe(false);
    expect(removal.left).toEqual([]);
  });

  it('does not happen where another referral of the person came while it was looked at', async () => {
    const removal = new Removal();
    const later = () => removal.holds(aReferralState(), '00000000-0000-4000-8000-00000000bbbb');
    expect(await removal.runs({ decided: later })).toMatchObject({ removed: 0, kept: 1, failed: 0 });
    expect(removal.left).toHaveLength(2);
  });

  it('does not happen where another of the person’s was reopened while it was looked at', async () => {
    const removal = new Removal();
    const other = '00000000-0000-4000-8000-00000000bbbb';
    removal.holds(removal.story, other);
    const run = await removal.runs({ decided: () => removal.holds(aReferralState().delivering(), other) });
    expect(run).toMatchObject({ removed: 0, kept: 1, failed: 0 });
    expect(removal.left).toHaveLength(2);
  });
});

describe('A legal hold', () => {
  it('keeps a draft too: it is neither withdrawn nor abandoned until the hold is lifted', async () => {
    const town = new Town();
    const { client } = town.tables;
    const { referrals } = town.process();
    const command = { referenceNumber: 'BCDF1234', facts: { ...aReferral() }, catalogueVersion: '1', keptDays: 90 };
    const drafted = await referrals.create((context) => draftReferral({ ...command, id: context.newId() }, context), {
      by: sender,
    });
    if (isRefusal(drafted)) throw new Error(drafted.refused);
    const { id, crn } = drafted.state.referral;
    const person = () => town.tables.items('private', keys.person(crn, id).pk, keys.person(crn, id).sk);
    const withdraws = () =>
      referrals.execute(id, {}, (state, context) => withdrawReferral(state, { reason: 'moved' }, context), {
        by: sender,
      });
    const hold = { since: town.now.toISOString(), by: sender, reason: 'litigation' as const };
    await legalHolds(client).place(crn, hold);
    expect(await withdraws()).toMatchObject({ refused: 'NotPossibleNow' });
    town.now = addMonths(town.now, 4);
    await sweeps(town);
    expect(town.one(id)).toMatchObject({ conclusion: null, facts: { area: 'west-yorkshire' } });
    expect(person()).toHaveLength(1);
    // Its clock rests for a month, whatever becomes of the hold; nobody is told of a deadline that is not kept.
    const { sequence, openTasks } = town.one(id);
    expect(openTasks).toMatchObject([{ type: 'draft', dueAt: addDays(town.now, 30).toISOString(), breachedAt: null }]);
    await sweeps(town);
    expect(town.one(id)).toMatchObject({ sequence });
    await legalHolds(client).lift(crn, hold);
    town.now = addDays(town.now, 31);
    await sweeps(town);
    expect(town.one(id)).toMatchObject({ conclusion: { endReason: 'abandoned' } });
    expect(person()).toEqual([]);
  });
});
