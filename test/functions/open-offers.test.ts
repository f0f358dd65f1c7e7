import '../builders/function-environment.ts';
import { describe, expect, it } from 'vitest';
import { addOfferInformation, allocateManually, answerOffer } from '../../shared/domain/commands/answer-offer.ts';
import { withdrawReferral } from '../../shared/domain/commands/change-referral.ts';
import type { Referral } from '../../shared/domain/referral.ts';
import { openOffers } from '../../shared/domain/standing.ts';
import { sender } from '../builders/story.ts';
import { day, described, does, momentOf, runs, sweeps, type Town, taskOf, townWith } from '../builders/town.ts';

/** What becomes of an open offer, of its place and of those in line, while the world goes on. */

const plain = (town: Town) => momentOf(town, { pick: 0, crash: null });
const answered = (town: Town, id: string, answer: Parameters<typeof answerOffer>[1]['answer']) =>
  does(plain(town), id, answerOffer, { taskId: taskOf(town, id), answer });
const askedOf = (referral: Referral) => openOffers(referral).map(({ serviceId }) => serviceId);
const eventsOf = (town: Town, id: string) =>
  town.tables.items('record', `REFERRAL#${id}`, 'EVENT#').map(({ type }) => String(type));

describe('L3, T1: an open offer', () => {
  it('that is returned keeps its place through question and answer, and comes back to the same provider', async () => {
    const { town, homes, ids, at } = await townWith(1, 2);
    const [first = ''] = ids;
    const before = openOffers(town.one(first));
    await answered(town, first, { decision: 'returned', text: 'Which mornings?' });
    await runs(town);
    await sweeps(town);
    expect(taskOf(town, first, 'offer-returned')).not.toBe('');
    expect([at()[1], town.capacity(homes)]).toMatchObject(['waiting', { reserved: 1, free: 0, waiting: 1 }]);

    const question = { taskId: taskOf(town, first, 'offer-returned'), information: 'Mondays' };
    await does(plain(town), first, addOfferInformation, question);
    await runs(town);
    expect([at(), town.capacity(homes)]).toMatchObject([['offered', 'waiting'], { reserved: 1, free: 0, waiting: 1 }]);
    const ofOffer = ({ id, serviceId, providerId }: (typeof before)[number]) => [id, serviceId, providerId];
    expect(openOffers(town.one(first)).map(ofOffer)).toEqual(before.map(ofOffer));
    await answered(town, first, { decision: 'accepted' });
    expect(town.capacity(homes)).toMatchObject({ reserved: 0, confirmed: 1 });
  });

  it('that nobody answers is reminded of, then lapses: its place goes down the line, and the next candidate is asked', async () => {
    const { town, directory, homes, others, ids, at } = await townWith(1, 2);
    const [first = '', second = ''] = ids;
    const [offer] = town.one(first).openTasks;
    town.now = new Date(Date.parse(offer?.remindAt ?? '') + 1);
    await sweeps(town);
    expect(eventsOf(town, first).at(-1)).toBe('task.reminded.v1');
    expect(at()).toEqual(['offered', 'waiting']);

    town.now = new Date(Date.parse(offer?.dueAt ?? '') + 1);
    await sweeps(town);
    await runs(town);
    expect(eventsOf(town, first)).toContain('offer.lapsed.v1');
    expect(askedOf(town.one(second))).toEqual([homes]);
    await directory.stateAvailability(others[0] ?? '', 3, 1, sender);
    await runs(town);
    expect(askedOf(town.one(first))).toEqual([others[0]]);
  });

  it('of a referral that is withdrawn is gone, and its place is the next one’s in line', async () => {
    const { town, homes, ids, at } = await townWith(1, 3);
    await does(plain(town), ids[0], withdrawReferral, { reason: 'moved' });
    await runs(town);
    expect(at()).toEqual(['closed', 'offered', 'waiting']);
    expect(town.capacity(homes)).toMatchObject({ reserved: 1, free: 0, waiting: 1 });
  });

  it('declined for a conflict of interest is never made again, however many places come free', async () => {
    const { town, directory, homes, others, ids } = await townWith(1, 1);
    const [only = ''] = ids;
    await answered(town, only, { decision: 'declined', reason: 'conflict-of-interest' });
    await runs(town);
    await directory.stateAvailability(homes, 3, 5, sender);
    await runs(town);
    await sweeps(town);
    expect(askedOf(town.one(only))).toEqual([]);
    expect(town.line(homes)).toEqual([]);
    await directory.stateAvailability(others[0] ?? '', 3, 1, sender);
    await runs(town);
    expect(askedOf(town.one(only))).toEqual([others[0]]);
  });
});

describe('L3: when every candidate has been asked', () => {
  it('who waits goes on by itself, in order, as soon as any of the services that it waits for has a place', async () => {
    const { town, directory, others, ids, at } = await townWith(1, 3);
    await answered(town, ids[0] ?? '', { decision: 'declined', reason: 'no-capacity' });
    await runs(town);
    expect(at()).toEqual(['waiting', 'offered', 'waiting']);
    await directory.stateAvailability(others[1] ?? '', 3, 1, sender);
    await runs(town);
    expect(at()).toEqual(['offered', 'offered', 'waiting']);
  });

  it('operations’ own choice overrides the filters, and neither the places nor the end of a contract', async () => {
    const { town, directory, homes, others, ids, at } = await townWith(1, 3);
    const [mens = '', ended = ''] = others;
    await directory.put(mens, 3, { ...described(mens), sexes: ['male'] }, sender);
    await directory.stateAvailability(mens, 4, 1, sender);
    const closed = { ...described(ended).contract, closes: '2026-06-14' };
    await directory.put(ended, 3, { ...described(ended), contract: closed }, sender);
    await directory.stateAvailability(ended, 4, 1, sender);
    await runs(town);
    const choose = async (id: string, serviceId: string) => {
      const taskId = taskOf(town, id, 'waiting-list') || taskOf(town, id, 'manual-allocation');
      const service = await directory.find(serviceId);
      const answer = { serviceId, reason: 'Agreed by telephone' };
      await does(plain(town), id, allocateManually, { taskId, answer, service });
      await runs(town);
    };
    const [, second = '', third = ''] = ids;
    expect(at()).toEqual(['offered', 'waiting', 'waiting']);
    await choose(second, mens);
    expect(askedOf(town.one(second))).toEqual([mens]);
    for (const serviceId of [homes, mens, ended]) {
      await choose(third, serviceId);
      expect(askedOf(town.one(third))).toEqual([]);
    }
    town.now = new Date(town.now.getTime() + day);
    await sweeps(town);
    expect(town.capacity(ended)).toMatchObject({ reserved: 0, free: 1 });
  });
});
