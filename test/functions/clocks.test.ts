import '../builders/function-environment.ts';
import { describe, expect, it } from 'vitest';
import { listClocks } from '../../functions/api/list-clocks.ts';
import { endpoints } from '../../shared/contracts/routes/index.ts';
import { pauseReferral } from '../../shared/domain/commands/change-referral.ts';
import { ask } from './request.ts';
import { caseSystem, providerA, providerB, SharedWork, strangers } from './shared-work.ts';

const clocksOf = (work: SharedWork, as: string, query: Record<string, string> = {}) =>
  ask(listClocks(work.memory), endpoints.listClocks, { as, params: { referralId: work.referralId }, query });
const typesTold = async (work: SharedWork, as: string) =>
  ((await clocksOf(work, as)).body.items ?? []).map(({ clock, organisation }) => [clock, organisation]);

describe('T: the clocks of a referral', () => {
  it('are every one that was ever set, in order, to the practitioner and to operations', async () => {
    const work = await new SharedWork().started();
    for (const as of [caseSystem, 'operations-console']) {
      const shown = await clocksOf(work, as);
      expect(endpoints.listClocks.responses[200].safeParse(shown.body).error).toBeUndefined();
      const items = shown.body.items ?? [];
      const all = [...work.memory.taskRecords.values()].filter(({ referralId }) => referralId === work.referralId);
      expect(new Set(items.map(({ taskId }) => taskId))).toEqual(new Set(all.map(({ id }) => id)));
      expect(items.map(({ clock, result }) => [clock, result])).toEqual([
        ['T7', 'met'],
        ['T1', 'met'],
        ['T1', 'met'],
        ['T2', null],
        ['T2', null],
      ]);
    }
  });

  it('are to a provider those that run for itself alone', async () => {
    const work = await new SharedWork().started();
    expect(await typesTold(work, providerA)).toEqual([
      ['T1', 'provider-a'],
      ['T2', 'provider-a'],
    ]);
    expect(await typesTold(work, providerB)).toEqual([
      ['T1', 'provider-b'],
      ['T2', 'provider-b'],
    ]);
  });

  it('are nobody else’s', async () => {
    const work = await new SharedWork().started();
    for (const as of strangers) expect(await clocksOf(work, as)).toMatchObject({ status: 404 });
  });

  it('are to a provider that sees what it delivered no longer its answers alone', async () => {
    const work = await new SharedWork().started();
    await work.concluded(100);
    expect(await typesTold(work, providerA)).toEqual([['T1', 'provider-a']]);
  });

  it('rest while it is paused', async () => {
    const work = await new SharedWork().started();
    await work.does(pauseReferral, { reason: 'hospital' });
    const { items = [] } = (await clocksOf(work, caseSystem)).body;
    expect(items.filter(({ standing }) => standing === 'resting').map(({ clock }) => clock)).toEqual(['T2', 'T2']);
  });

  it('are read page by page', async () => {
    const work = await new SharedWork().started();
    const whole = (await clocksOf(work, caseSystem)).body.items ?? [];
    const read: unknown[] = [];
    let cursor: string | null | undefined;
    do {
      const { body } = await clocksOf(work, caseSystem, { limit: '2', ...(cursor ? { cursor } : {}) });
      expect(body.items?.length).toBeLessThanOrEqual(2);
      read.push(...(body.items ?? []));
      cursor = body.cursor as string | null;
    } while (cursor);
    expect(read).toEqual(whole);
  });
});
