import '../builders/function-environment.ts';
import { addDays, addMonths } from 'date-fns';
import { describe, expect, it } from 'vitest';
import { executions } from '../../shared/adapters/executions.ts';
import { removals } from '../../shared/adapters/removals.ts';
import { tasks } from '../../shared/adapters/tasks.ts';
import { withdrawReferral } from '../../shared/domain/commands/change-referral.ts';
import { sendReferral } from '../../shared/domain/commands/send-referral.ts';
import type { Page, PageRequest } from '../../shared/ports.ts';
import { aReferral } from '../builders/referral-facts.ts';
import { sender } from '../builders/story.ts';
import { Town } from '../builders/town.ts';

const many = 25;

/** So many referrals that were sent at one moment, and lack a fact, which is asked for until one and the same moment. */
async function sentTogether(): Promise<Town> {
  const town = new Town();
  const { referrals } = town.process();
  for (let n = 0; n < many; n += 1) {
    const facts = { ...aReferral().with({ risk: null }) };
    const command = { referenceNumber: `BCDF${1000 + n}`, facts, catalogueVersion: '1', possibleDuplicates: [] };
    await referrals.create((context) => sendReferral({ ...command, id: context.newId() }, context), { by: sender });
  }
  return town;
}

/** What is found page by page, and since when. */
async function walked<T extends { since: string }>(read: (page: PageRequest) => Promise<Page<T>>): Promise<T[]> {
  const found: T[] = [];
  let cursor: string | undefined;
  do {
    const page = await read({ limit: 10, cursor });
    found.push(...page.items);
    cursor = page.cursor ?? undefined;
  } while (cursor);
  return found;
}

describe('L7: however many fall due at one moment, each is come to in one walk', () => {
  it('tasks, of which many are due to the millisecond: sessions end at the full hour, links at midnight', async () => {
    const town = await sentTogether();
    const { dueBy } = tasks(town.tables.client);
    const due = await walked((page) => dueBy(addDays(town.now, 30), page));
    expect(new Set(due.map(({ taskId }) => taskId))).toHaveLength(many);
    expect(new Set(due.map(({ since }) => since))).toEqual(new Set([town.referrals[0]?.openTasks[0]?.remindAt]));
  });

  it('executions', async () => {
    const { tables, clock, now } = await sentTogether();
    const { waitingSince } = executions({ client: tables.client, clock });
    const waiting = await walked((page) => waitingSince(addDays(now, 1), page));
    expect(new Set(waiting.map(({ ref }) => ref.executionId))).toHaveLength(many);
    expect(new Set(waiting.map(({ since }) => since))).toEqual(new Set([now.toISOString()]));
  });

  it('records whose period is over, and those that were kept, which one run puts off to one moment', async () => {
    const town = await sentTogether();
    const { now, tables, referrals } = town;
    for (const { id } of referrals) {
      const options = { by: sender };
      await town
        .process()
        .referrals.execute(id, {}, (state, context) => withdrawReferral(state, { reason: 'moved' }, context), options);
    }
    const { due, lookAgain } = removals(tables.client);
    const over = async () => walked((page) => due(addMonths(now, 1), page));
    expect(new Set((await over()).map(({ referralId }) => referralId))).toHaveLength(many);
    for (const { id } of referrals) await lookAgain(id, addDays(now, 1));
    const again = await over();
    expect(new Set(again.map(({ referralId }) => referralId))).toHaveLength(many);
    expect(new Set(again.map(({ since }) => since))).toEqual(new Set([addDays(now, 1).toISOString()]));
  });
});
