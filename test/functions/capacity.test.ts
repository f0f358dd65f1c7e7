import '../builders/function-environment.ts';
import { Metrics } from '@aws-lambda-powertools/metrics';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sweep } from '../../functions/events/sweep.ts';
import { keys } from '../../shared/adapters/keys.ts';
import { addOfferInformation, allocateManually, answerOffer } from '../../shared/domain/commands/answer-offer.ts';
import {
  amendReferral,
  pauseReferral,
  resumeReferral,
  withdrawReferral,
} from '../../shared/domain/commands/change-referral.ts';
import { completeDelivery } from '../../shared/domain/commands/provide-service.ts';
import { hasEnded } from '../../shared/domain/service.ts';
import { londonDate } from '../../shared/domain/working-days.ts';
import { countersHold, offersOf } from '../builders/counters.ts';
import { lambdaContext } from '../builders/lambda-context.ts';
import { Crash } from '../builders/memory-table.ts';
import { sender } from '../builders/story.ts';
import { day, described, does, type Moment, match, momentOf, send, services, Town, tell } from '../builders/town.ts';

// ---- what may happen

/** Somebody whose task of this kind is open, and the task. */
function withTask({ town, at }: Moment, type: string): { id: string; taskId: string } | undefined {
  const tasks = town.referrals.flatMap(({ id, openTasks }) =>
    openTasks.filter((task) => task.type === type).map((task) => ({ id, taskId: task.id })),
  );
  return at(tasks);
}

const anyone = ({ town, at }: Moment): string | undefined =>
  at(town.referrals.filter(({ conclusion }) => !conclusion))?.id;

async function answers(moment: Moment, answer: Parameters<typeof answerOffer>[1]['answer']): Promise<void> {
  const found = withTask(moment, 'offer');
  if (found) await does(moment, found.id, answerOffer, { taskId: found.taskId, answer });
}

/** Some service, as whoever changes it has seen it. */
const seen = ({ town, at }: Moment) => town.service(at(services) ?? '');

/** Somebody's hand, a fault of ours: counters, or an item, that nothing bears out. */
function skew({ town, at, pick }: Moment): string {
  const serviceId = at(services) ?? '';
  const [counted = {}] = town.serviceItems(serviceId, 'CAPACITY');
  const wrong = ['reserved', 'confirmed', 'free', 'waiting'][pick % 4] ?? '';
  town.tables.put('record', { ...counted, [wrong]: Number(counted[wrong]) + 1 + (pick % 2) });
  const holder = `nobody-${pick}`;
  if (pick % 3 === 0) {
    const stray = { serviceId, holder, as: 'reserved', referralId: 'nobody' };
    town.tables.put('record', { ...keys.place(serviceId, holder), ...stray });
  }
  return serviceId;
}

const acts = {
  send: async (moment: Moment) => match(moment, await send(moment)),
  'send unmatched': send,
  match: (moment: Moment) => match(moment, anyone(moment)),
  'match all at once': (moment: Moment) => atOnce(moment.town.referrals.map(({ id }) => match(moment, id))),
  accept: (moment: Moment) => answers(moment, { decision: 'accepted' }),
  decline: (moment: Moment) =>
    answers(moment, { decision: 'declined', reason: moment.pick % 4 ? 'no-capacity' : 'conflict-of-interest' }),
  return: (moment: Moment) => answers(moment, { decision: 'returned', text: 'Which mornings?' }),
  inform: async (moment: Moment) => {
    const found = withTask(moment, 'offer-returned');
    await does(moment, found?.id, addOfferInformation, { taskId: found?.taskId ?? '', information: 'Mondays' });
  },
  withdraw: (moment: Moment) => does(moment, anyone(moment), withdrawReferral, { reason: 'moved' }),
  pause: (moment: Moment) => does(moment, anyone(moment), pauseReferral, { reason: 'hospital' }),
  resume: (moment: Moment) => {
    const paused = moment.town.referrals.filter((one) => one.paused && !one.conclusion);
    return does(moment, moment.at(paused)?.id, resumeReferral, {});
  },
  amend: (moment: Moment) => {
    const changes = [{ area: 'lancashire' as const }, { area: 'west-yorkshire' as const }, { area: null }];
    return does(moment, anyone(moment), amendReferral, { changes: moment.at(changes) ?? {}, reason: 'Has moved' });
  },
  end: async (moment: Moment) => {
    const working = moment.at(
      moment.town.referrals.flatMap(({ id, allocations }) =>
        allocations.filter(({ phase }) => phase !== 'ended').map((one) => ({ id, allocationId: one.id })),
      ),
    );
    await does(moment, working?.id, completeDelivery, { reason: 'not-engaged' }, working?.allocationId);
  },
  choose: async (moment: Moment) => {
    const found = withTask(moment, moment.pick % 2 ? 'waiting-list' : 'manual-allocation');
    const { pick } = moment;
    const serviceId = moment.at(services) ?? '';
    const service = await moment.ports.directory.find(serviceId);
    const answer = pick % 3 ? { serviceId, reason: 'Agreed' } : { decision: 'close' as const, reason: 'Found one' };
    await does(moment, found?.id, allocateManually, { taskId: found?.taskId ?? '', answer, service });
  },
  tell: async (moment: Moment) => {
    const event = moment.at(moment.town.untold);
    if (!event) return;
    await tell(moment, event);
    moment.town.forget(event);
  },
  'tell at once from two sides': async (moment: Moment) => {
    const event = moment.at(moment.town.untold);
    if (event) await atOnce([tell(moment, event), tell(moment, event), match(moment, anyone(moment))]);
  },
  lose: async ({ town, at }: Moment) => {
    const event = at(town.untold);
    if (event) town.forget(event);
  },
  state: async (moment: Moment) => {
    const { id, version } = await seen(moment);
    await moment.ports.directory.stateAvailability(id, version, moment.pick % 4, sender);
  },
  plan: async (moment: Moment) => {
    const { id, version } = await seen(moment);
    const from = londonDate(new Date(moment.town.now.getTime() + ((moment.pick % 3) + 1) * day));
    await moment.ports.directory.planPlaces(id, version, { from, places: moment.pick % 4 }, sender);
  },
  'close or open': async (moment: Moment) => {
    const { id, version } = await seen(moment);
    const closes = [null, null, '2026-06-01', londonDate(moment.town.now)][moment.pick % 4] ?? null;
    const service = described(id);
    await moment.ports.directory.put(id, version, { ...service, contract: { ...service.contract, closes } }, sender);
  },
  'let a day pass': async ({ town }: Moment) => {
    town.now = new Date(town.now.getTime() + day);
  },
  sweep: async ({ ports }: Moment) => void (await sweep(ports, new Metrics())({}, lambdaContext)),
  reconcile: async ({ ports, at }: Moment) => {
    expect(await ports.places.reconcile(at(services) ?? '', sender)).toBe(false);
  },
  skew: async (moment: Moment) => {
    const serviceId = skew(moment);
    const repairs = () =>
      moment.town.serviceItems(serviceId, 'EVENT#').filter(({ type }) => /repaired/.test(`${type}`));
    const before = repairs().length;
    await moment.ports.places.reconcile(serviceId, sender).catch(orCrashed);
    // A repair that a crash prevented is made by the next.
    await moment.town.process().places.reconcile(serviceId, sender);
    expect(repairs()).toHaveLength(before + 1);
    expect(await moment.town.process().places.reconcile(serviceId, sender)).toBe(false);
  },
} satisfies Record<string, (moment: Moment) => Promise<unknown>>;
type Act = keyof typeof acts;

function orCrashed(error: unknown): void {
  if (!(error instanceof Crash)) throw error;
}

/** All have come to their end, and one of them may have been the process's. */
async function atOnce(all: Promise<unknown>[]): Promise<void> {
  for (const one of await Promise.allSettled(all)) if (one.status === 'rejected') throw one.reason;
}

// ---- what always holds

const takenOf = (town: Town, serviceId: string): number => {
  const { reserved, confirmed } = town.capacity(serviceId);
  return reserved + confirmed;
};

/** Whoever was served stood before everyone who was left in that line. */
function orderHolds(town: Town, serviceId: string, before: string[]): number {
  const left = new Set(town.line(serviceId));
  const holders = new Set(offersOf(town.referrals, serviceId).map(({ referralId }) => referralId));
  const served = before.filter((id) => !left.has(id) && holders.has(id));
  const last = Math.max(0, ...served.map((id) => before.indexOf(id)));
  expect(before.slice(0, last).filter((id) => left.has(id))).toEqual([]);
  return served.length;
}

const serving = new Set<Act>(['tell', 'tell at once from two sides', 'sweep']);
const often: Act[] = [
  'send',
  'send',
  'accept',
  'decline',
  'match',
  'tell',
  'tell',
  'withdraw',
  'sweep',
  'skew',
  'send unmatched',
];
const steps = fc.array(
  fc.record({
    act: fc.constantFrom(...(Object.keys(acts) as Act[]), ...often),
    pick: fc.nat(1000),
    /** The process ends at its write of this number. */
    crash: fc.option(
      fc.record({ at: fc.integer({ min: 1, max: 5 }), when: fc.constantFrom('before' as const, 'after' as const) }),
      {
        freq: 3,
      },
    ),
  }),
  { minLength: 10, maxLength: 50, size: 'max' },
);

describe('L3: capacity, whatever happens, and wherever a process ends', () => {
  it('is never oversold, never leaked, in order, and says when it was repaired', async () => {
    const tried = { crashed: 0, served: 0, waited: 0, plansBegun: 0, endedOffers: 0 };
    await fc.assert(
      fc.asyncProperty(steps, async (history) => {
        const town = await new Town().opened();
        for (let n = 0; n < 5; n += 1) await acts.send(momentOf(town, { pick: n, crash: null }));
        for (const { act, ...step } of history) {
          const lines = services.map((id) => town.line(id));
          const taken = services.map((id) => takenOf(town, id));
          await acts[act](momentOf(town, step)).catch((error: unknown) => {
            orCrashed(error);
            tried.crashed += 1;
          });
          countersHold(town);
          for (const [index, id] of services.entries()) {
            // Only a provider who has fewer places than are taken takes them below zero.
            if (takenOf(town, id) > (taken[index] ?? 0)) expect(town.capacity(id).free).toBeGreaterThanOrEqual(0);
            if (serving.has(act)) tried.served += orderHolds(town, id, lines[index] ?? []);
          }
          tried.waited += Number(lines.flat().length > 0);
        }
        await settles(town);
        tried.plansBegun += town.systemsOwn('capacity.stated.v1');
        tried.endedOffers += town.systemsOwn('offer.withdrawn.v1');
        await ends(town);
      }),
      { numRuns: 150 },
    );
    // It was tried: many waited, and were served; plans began, services ended under their offers, processes crashed.
    expect(tried.waited).toBeGreaterThan(500);
    expect(tried.crashed).toBeGreaterThan(200);
    expect(tried.served).toBeGreaterThan(50);
    expect(tried.plansBegun).toBeGreaterThan(5);
    expect(tried.endedOffers).toBeGreaterThan(5);
  }, 60_000);
});

/** Everything has run: nobody waits beside a free place, and nobody is offered what has ended. */
async function settles(town: Town): Promise<void> {
  const moment = momentOf(town, { pick: 0, crash: null });
  for (let round = 0; round < 3; round += 1) {
    for (const { id } of town.referrals) await match(moment, id);
    const swept = await sweep(moment.ports, new Metrics())({}, lambdaContext);
    expect(swept).toMatchObject({ failed: 0, repaired: 0 });
  }
  countersHold(town);
  for (const id of services) {
    const service = await town.service(id);
    const isOver = hasEnded(service, londonDate(town.now));
    if (service.capacity.free > 0 || isOver) expect(town.line(id)).toEqual([]);
    if (isOver) expect(service.capacity.reserved).toBe(0);
    expect(service.planned.filter(({ from }) => from <= londonDate(town.now))).toEqual([]);
  }
}

/** All are over: every place is free, and nothing is left of them. */
async function ends(town: Town): Promise<void> {
  const moment = momentOf(town, { pick: 0, crash: null });
  for (const { id, conclusion } of town.referrals) {
    if (!conclusion) await does(moment, id, withdrawReferral, { reason: 'moved' });
    expect(town.one(id).conclusion).not.toBeNull();
  }
  for (const id of services) {
    expect(town.capacity(id)).toMatchObject({ reserved: 0, confirmed: 0, waiting: 0, free: town.capacity(id).places });
    expect([...town.serviceItems(id, 'PLACE#'), ...town.serviceItems(id, 'WAITING#')]).toEqual([]);
  }
}
