import '../builders/function-environment.ts';
import { describe, expect, it } from 'vitest';
import { placeWaiting } from '../../functions/middleware/waiting-list.ts';
import { answerOffer } from '../../shared/domain/commands/answer-offer.ts';
import type { Referral } from '../../shared/domain/referral.ts';
import { openOffers } from '../../shared/domain/standing.ts';
import { sender } from '../builders/story.ts';
import { described, does, momentOf, runs, sweeps, taskOf, townWith } from '../builders/town.ts';

/** The midnight in London that begins the day after. */
const nextDay = new Date('2026-06-15T23:00:00Z');
const tomorrow = '2026-06-16';
const plan = { from: tomorrow, places: 3 };

describe('L3: places of a period to come', () => {
  it('take effect with the midnight of their day in London, once, and those in line are offered them', async () => {
    const { town, directory, homes, at } = await townWith(1, 4);
    await directory.planPlaces(homes, 3, plan, sender);
    town.now = new Date(nextDay.getTime() - 1);
    await sweeps(town);
    expect(await town.service(homes)).toMatchObject({ version: 4, planned: [plan], capacity: { places: 1, free: 0 } });

    town.now = nextDay;
    await Promise.all([sweeps(town), sweeps(town), sweeps(town)]);
    await sweeps(town);
    expect(await town.service(homes)).toMatchObject({ version: 5, planned: [], capacity: { places: 3, free: 0 } });
    expect(at()).toEqual(['offered', 'offered', 'offered', 'waiting']);
    expect(town.systemsOwn('capacity.stated.v1')).toBe(1);
    expect(town.serviceItems(homes, 'SERVICE')[0]).not.toHaveProperty('workKey');
  });

  it('are told when they are planned and when they are not any more', async () => {
    const { town, directory, homes } = await townWith(1, 0);
    await directory.planPlaces(homes, 3, plan, sender);
    await directory.planPlaces(homes, 4, { from: tomorrow, places: null }, sender);
    expect(await directory.planPlaces(homes, 4, plan, sender)).toBeUndefined();
    const told = town.serviceItems(homes, 'EVENT#').filter(({ type }) => type === 'capacity.planned.v1');
    expect(told.map(({ data }) => data)).toMatchObject([
      { serviceId: homes, from: tomorrow, places: 3 },
      { serviceId: homes, from: tomorrow, places: null },
    ]);
    town.now = nextDay;
    await sweeps(town);
    expect(await town.service(homes)).toMatchObject({ version: 5, planned: [], capacity: { places: 1 } });
  });

  it('stand when places are stated now, or the service is changed; what was planned from a day that has come is past', async () => {
    const { town, directory, homes } = await townWith(1, 0);
    const later = { from: '2026-07-01', places: 5 };
    await directory.planPlaces(homes, 3, plan, sender);
    await directory.planPlaces(homes, 4, later, sender);
    await directory.stateAvailability(homes, 5, 2, sender);
    await directory.put(homes, 6, { ...described(homes), name: 'Other homes' }, sender);
    expect((await town.service(homes)).planned).toEqual([plan, later]);

    town.now = nextDay;
    await directory.stateAvailability(homes, 7, 7, sender);
    await sweeps(town);
    expect(await town.service(homes)).toMatchObject({ version: 8, planned: [later], capacity: { places: 7 } });
  });

  it('that are fewer than are taken leave open offers and allocations as they are', async () => {
    const { town, directory, homes, ids, at } = await townWith(2, 3);
    const [first = '', second = ''] = ids;
    const moment = momentOf(town, { pick: 0, crash: null });
    await directory.planPlaces(homes, 3, { from: tomorrow, places: 0 }, sender);
    town.now = nextDay;
    await sweeps(town);
    expect(town.capacity(homes)).toMatchObject({ places: 0, reserved: 2, free: -2, waiting: 1 });
    await does(moment, first, answerOffer, { taskId: taskOf(town, first), answer: { decision: 'accepted' } });
    await does(moment, second, answerOffer, {
      taskId: taskOf(town, second),
      answer: { decision: 'declined', reason: 'other' },
    });
    await runs(town);
    expect(at()).toEqual(['placed', 'waiting', 'waiting']);
    expect(town.capacity(homes)).toMatchObject({ places: 0, reserved: 0, confirmed: 1, free: -1, waiting: 1 });
  });
});

describe('O4, L3: a service whose contract ends while an offer is open', () => {
  async function offeredAndNext() {
    const found = await townWith(2, 2);
    const { town, directory, homes, others, ids } = found;
    const [allocated = '', asked = ''] = ids;
    const moment = momentOf(town, { pick: 0, crash: null });
    await does(moment, allocated, answerOffer, { taskId: taskOf(town, allocated), answer: { decision: 'accepted' } });
    await directory.stateAvailability(others[0] ?? '', 3, 1, sender);
    const closes = (last: string) =>
      directory.put(
        homes,
        3,
        { ...described(homes), contract: { ...described(homes).contract, closes: last } },
        sender,
      );
    return { ...found, asked, taskId: taskOf(town, asked), moment, closes, next: others[0] };
  }
  const askedOf = (referral: Referral) => openOffers(referral).map(({ serviceId }) => serviceId);

  it('withdraws it, asks the next candidate, and takes no answer to it; delivery that has begun goes on', async () => {
    const { town, homes, asked, taskId, moment, closes, next, at } = await offeredAndNext();
    await closes('2026-06-14');
    await runs(town);
    expect(askedOf(town.one(asked))).toEqual([next]);
    expect(town.one(asked).openTasks.map(({ id }) => id)).not.toContain(taskId);
    const late = await town
      .process()
      .referrals.execute(
        asked,
        { confidential: true },
        (state, context) => answerOffer(state, { taskId, answer: { decision: 'accepted' } }, context),
        { by: sender },
      );
    expect(late).toMatchObject({ refused: 'TaskNoLongerOpen' });
    expect(at()).toEqual(['placed', 'offered']);
    expect(town.capacity(homes)).toMatchObject({ reserved: 0, confirmed: 1 });
    expect(moment.town.systemsOwn('offer.withdrawn.v1')).toBe(1);
  });

  it('is found by the sweeper when its last day has passed, or nobody was told that it had', async () => {
    const { town, homes, asked, closes, next } = await offeredAndNext();
    await closes('2026-06-15');
    town.now = new Date(nextDay.getTime() - 1);
    await sweeps(town);
    expect(askedOf(town.one(asked))).toEqual([homes]);

    town.now = nextDay;
    await Promise.all([sweeps(town), sweeps(town)]);
    await runs(town);
    expect(askedOf(town.one(asked))).toEqual([next]);
    expect(town.systemsOwn('offer.withdrawn.v1')).toBe(1);
    expect(town.serviceItems(homes, 'SERVICE')[0]).not.toHaveProperty('workKey');
  });

  it('that is yet to come leaves it to be answered', async () => {
    const { town, asked, taskId, moment, closes, at } = await offeredAndNext();
    await closes('2026-06-15');
    await runs(town);
    await sweeps(town);
    await does(moment, asked, answerOffer, { taskId, answer: { decision: 'accepted' } });
    expect(at()).toEqual(['placed', 'placed']);
  });
});

describe('L3: a round of those who wait, as it is kept', () => {
  it('is gone on with by the sweeper, and gone when it is done', async () => {
    const { town, directory, homes, at } = await townWith(0, 4);
    await directory.put(homes, 3, { ...described(homes), maximumAge: 20 }, sender);
    await placeWaiting(town.process(), homes, { changed: true }, 0);
    expect(town.serviceItems(homes, 'ROUND')).toMatchObject([{ workKey: expect.stringMatching(/^ROUND#/) }]);
    await sweeps(town);
    expect(town.serviceItems(homes, 'ROUND')).toEqual([]);
    expect(town.line(homes)).toEqual([]);
    expect(at()).toEqual(['waiting', 'waiting', 'waiting', 'waiting']);
  });

  it('that two have left at once begins anew with what either was for', async () => {
    const { town, homes } = await townWith(0, 1);
    const { places } = town.process();
    const round = { since: nextDay.toISOString(), changed: true, added: false, after: null };
    await places.leaveRound(homes, round, undefined);
    await places.leaveRound(homes, { ...round, changed: false, added: true }, undefined);
    expect(await places.round(homes)).toMatchObject({ changed: true, added: true, after: null });
    await places.leaveRound(homes, undefined, round);
    expect(await places.round(homes)).toBeDefined();
  });
});

describe('L3: places that are put right', () => {
  it('are looked after by the sweeper again where somebody waits after all', async () => {
    const { town, homes, at } = await townWith(1, 2);
    const { places, directory } = town.process();
    const [item = {}] = town.serviceItems(homes, 'CAPACITY');
    const { workKey: _key, workAt: _at, ...counted } = item;
    town.tables.put('record', { ...counted, waiting: 0 });
    await sweeps(town);
    expect(await places.reconcile(homes, sender)).toBe(false);
    const waited = await places.waitedFor({ limit: 10 });
    expect(waited.items.map(({ serviceId }) => serviceId)).toContain(homes);
    await directory.stateAvailability(homes, (await town.service(homes)).version, 2, sender);
    await sweeps(town);
    expect(at()).toEqual(['offered', 'offered']);
  });
});

describe('L3: a service that is published ahead of its first day', () => {
  it('is offered on that day to those who wait for others of its kind, before who comes anew', async () => {
    const { town, directory, ids, at } = await townWith(0, 2);
    const ahead = described('service-of-roofs');
    await directory.put(
      'service-of-later',
      null,
      { ...ahead, contract: { ...ahead.contract, opens: tomorrow } },
      sender,
    );
    await directory.stateAvailability('service-of-later', 1, 1, sender);
    await runs(town);
    await sweeps(town);
    expect(at()).toEqual(['waiting', 'waiting']);

    town.now = nextDay;
    await Promise.all([sweeps(town), sweeps(town)]);
    await sweeps(town);
    expect(at()).toEqual(['offered', 'waiting']);
    expect(openOffers(town.one(ids[0] ?? '')).map(({ serviceId }) => serviceId)).toEqual(['service-of-later']);
    expect(town.serviceItems('service-of-later', 'SERVICE')[0]).not.toHaveProperty('workKey');
  });
});
