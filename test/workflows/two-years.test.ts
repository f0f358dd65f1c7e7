import '../builders/function-environment.ts';
import { addDays, addHours, differenceInDays } from 'date-fns';
import { beforeAll, describe, expect, it } from 'vitest';
import { pauseReferral, resumeReferral } from '../../shared/domain/commands/change-referral.ts';
import { extendReferral } from '../../shared/domain/commands/extend-referral.ts';
import { transferReferral } from '../../shared/domain/commands/transfer-referral.ts';
import { addedState, changedDefinition } from '../builders/changed-definition.ts';
import { aReferral, today } from '../builders/referral-facts.ts';
import { named, serviceOf } from '../builders/services.ts';
import { accepted, assessed, attended, completed, confirmed, planned, reported } from './chapters.ts';
import { currentDefinitions, Played } from './played.ts';

const sessions = 104;
/** Weeks, counted from the first session, in which something else happens. */
const recalls = [
  { from: 20, to: 24 },
  { from: 70, to: 73 },
];
const extension = 36;
const deployment = 52;
const transfer = 60;

const changed = {
  'referral-lifecycle': changedDefinition(currentDefinitions['referral-lifecycle'], 2),
  'allocation-delivery': changedDefinition(currentDefinitions['allocation-delivery'], 2),
};

const isRecalled = (week: number) => recalls.some(({ from, to }) => from <= week && week < to);
const table = (rows: Record<string, string | number>[]): string =>
  [Object.keys(rows[0] ?? {}), ...rows.map(Object.values)].map((row) => row.join(' | ')).join('\n');

/** The transitions of each session, and the largest item of each kind that there ever was. */
const perSession: number[] = [];
const largest = new Map<string, number>();
let played: Played;
const laterLook: { definition: number | undefined; running: number[] }[] = [];

function weigh({ memory }: Played): void {
  const kinds: Record<string, Iterable<unknown>> = {
    referral: [...memory.roots.values()].map(({ referral }) => referral),
    'its confidential half': [...memory.roots.values()].map(({ confidential }) => confidential),
    allocation: memory.allocationsById.values(),
    appointment: memory.appointmentsById.values(),
    task: memory.taskRecords.values(),
    execution: memory.records.values(),
  };
  for (const [kind, items] of Object.entries(kinds)) {
    for (const item of items) {
      const bytes = Buffer.byteLength(JSON.stringify(item));
      largest.set(kind, Math.max(bytes, largest.get(kind) ?? 0));
    }
  }
}

/** A referral that is sent in June 2026, with a session for each week until June 2028. */
async function twoYears(): Promise<Played> {
  const two = ['provider-a', 'provider-b'].map((id, index) => serviceOf(id, { free: 18 - 4 * index }));
  const play = await new Played({ services: two }).send(
    aReferral().with({ sentence: { endDate: '2027-09-30', rarDays: 110 } }),
  );
  await planned(await assessed(await accepted(await confirmed(play))), undefined, sessions);
  let held = 0;
  let missed = 0;
  const current = () => play.referral.allocations.at(-1)?.id;
  const session = async (number: number) => {
    const before = play.transitions;
    await attended(play, number, current());
    perSession.push(play.transitions - before);
    held += 1;
  };
  let first = 0;
  for (let week = 0; held < sessions; week += 1) {
    await play.until(addDays(today, 7 * week + 1));
    if (recalls.some(({ from }) => from === week)) await play.does(pauseReferral, { reason: 'recalled' });
    if (recalls.some(({ to }) => to === week)) await play.does(resumeReferral, {});
    if (week === extension) await play.does(extendReferral, { endDate: '2028-07-31', reason: 'Varied by the court' });
    if (week === deployment) {
      play.deploy(changed);
      const running = play.executions.filter(({ status }) => status === 'running');
      laterLook.push({ definition: 2, running: running.map(({ release }) => release) });
    }
    if (week === transfer) {
      const from = current();
      await play.does(transferReferral, { ...named(serviceOf('provider-b')), reason: 'Has moved in with her sister' });
      await reported(play, from);
      await accepted(play);
      first = held;
      await planned(await assessed(play, current()), current(), sessions - held);
    }
    if (isRecalled(week)) {
      missed += 1;
      continue;
    }
    await session(held + 1 - first);
    if (missed > 0 && held < sessions) {
      await play.until(addHours(play.memory.now, 48));
      await session(held + 1 - first);
      missed -= 1;
    }
    weigh(play);
  }
  await completed(play, current());
  await reported(play, current());
  weigh(play);
  return play;
}

describe('A referral of two years', () => {
  beforeAll(async () => {
    played = await twoYears();
  }, 60_000);

  it('has 104 sessions, two recalls, an extension and a transfer, and concludes', () => {
    const types = played.memory.historyOf(played.referralId).map(({ type }) => type);
    const count = (type: string) => types.filter((one) => one === type).length;
    expect(count('referral.paused.v1')).toBe(2);
    expect(count('referral.resumed.v1')).toBe(2);
    expect(count('referral.transferred.v1')).toBe(1);
    expect(count('referral.extended.v1')).toBe(1);
    expect(count('end-of-service-report.acknowledged.v1')).toBe(2);
    expect(count('referral.concluded.v1')).toBe(1);
    const held = [...played.memory.appointmentsById.values()].filter(({ purpose }) => purpose === 'session');
    expect(held).toHaveLength(sessions);
    expect(differenceInDays(played.memory.now, today)).toBeGreaterThan(700);
  });

  it('has a history without a gap', () => {
    const sequence = played.memory.historyOf(played.referralId).map((entry) => entry.sequence);
    expect(sequence).toEqual(sequence.map((_, index) => index + 1));
  });

  it('runs in segments of less than 300 days and 10,000 events, each of which ended well', () => {
    const rows = played.executions.map((execution) => ({
      machine: execution.input.executionId === played.referralId ? 'lifecycle' : 'delivery',
      segment: execution.input.segment,
      definition: execution.release,
      days: differenceInDays(execution.endedAt ?? played.memory.now, execution.startedAt),
      events: execution.historyEvents,
      transitions: execution.transitions,
      end: execution.path.at(-1) ?? '',
    }));
    console.log(`Segments of a referral of two years\n${table(rows)}`);
    for (const { days, events } of rows) {
      expect(days).toBeLessThan(300);
      expect(events).toBeLessThan(10_000);
    }
    expect(played.executions.every(({ status }) => status === 'succeeded')).toBe(true);
    expect(rows.map(({ machine }) => machine)).toContain('delivery');
  });

  it('keeps the definition that a segment started with, and continues in the one that was deployed half-way', () => {
    expect(laterLook[0]?.running).toEqual([1, 1]);
    for (const { release, startedAt, path } of played.executions) {
      const before = startedAt < addDays(today, 7 * deployment + 1);
      expect(release).toBe(before ? 1 : 2);
      expect(path.includes(addedState)).toBe(!before);
    }
    expect(played.executions.some(({ release }) => release === 2)).toBe(true);
  });

  it('costs no more transitions for each session than the budget, and tells them', () => {
    const mean = perSession.reduce((sum, one) => sum + one, 0) / perSession.length;
    console.log(
      `Transitions: ${played.transitions} in all; per session ${mean} (at most ${Math.max(...perSession)}, budget 3); ` +
        `${played.transitions / 24} a month`,
    );
    expect(perSession).toHaveLength(sessions);
    expect(Math.max(...perSession)).toBeLessThanOrEqual(3);
  });

  it('never makes an item large', () => {
    console.log(
      `Largest items, in bytes of JSON\n${[...largest].map(([kind, bytes]) => `${kind} ${bytes}`).join('\n')}`,
    );
    for (const bytes of largest.values()) expect(bytes).toBeLessThan(40_000);
  });
});
