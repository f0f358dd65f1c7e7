import '../builders/function-environment.ts';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { describe, expect, it } from 'vitest';
import { placeWaiting } from '../../functions/events/place-waiting.ts';
import { sweep } from '../../functions/events/sweep.ts';
import { goOnPlacing, placeWaiting as placeNow } from '../../functions/middleware/waiting-list.ts';
import { makeOffers } from '../../functions/tasks/make-offers.ts';
import { answerOffer } from '../../shared/domain/commands/answer-offer.ts';
import { withdrawReferral } from '../../shared/domain/commands/change-referral.ts';
import { confirmComplexity, recommendComplexity } from '../../shared/domain/commands/complexity.ts';
import { completeDelivery } from '../../shared/domain/commands/provide-service.ts';
import { sendReferral } from '../../shared/domain/commands/send-referral.ts';
import { type Decide, isRefusal } from '../../shared/domain/decision.ts';
import type { AvailableService } from '../../shared/domain/matching.ts';
import type { Referral } from '../../shared/domain/referral.ts';
import { lifecycleStanding } from '../../shared/domain/standing.ts';
import { busEvent } from '../builders/bus-event.ts';
import { lambdaContext } from '../builders/lambda-context.ts';
import { Memory } from '../builders/memory.ts';
import { aReferral } from '../builders/referral-facts.ts';
import { serviceOf } from '../builders/services.ts';
import { sender } from '../builders/story.ts';

/** A directory, those who ask it for places, and whoever makes the places move. */
class Town {
  readonly memory = new Memory();
  /** Events that may have freed a place and have not been told yet. */
  readonly untold: { type: string; referralId: string | null; data: Record<string, unknown> }[] = [];
  #heard = 0;

  constructor(...services: AvailableService[]) {
    for (const service of services) this.memory.offer(service);
  }

  referral(id: string): Referral {
    const root = this.memory.roots.get(id);
    if (!root) throw new Error('nobody knows it');
    return root.referral;
  }

  get referrals(): Referral[] {
    return [...this.memory.roots.values()].map(({ referral }) => referral);
  }

  capacity(serviceId: string) {
    return this.memory.services.get(serviceId)?.capacity;
  }

  async does<Command>(id: string, decide: Decide<Command>, command: Command, allocationId?: string): Promise<boolean> {
    const outcome = await this.memory.referrals.execute(
      id,
      { confidential: true, allocationId },
      (state, context) => decide(state, command, context),
      { by: sender },
    );
    this.#hear();
    return !isRefusal(outcome);
  }

  async send(facts = aReferral()): Promise<string> {
    this.memory.now = new Date(this.memory.now.getTime() + 60_000);
    const command = { referenceNumber: 'BCDF1234', facts: { ...facts }, catalogueVersion: '1', possibleDuplicates: [] };
    const outcome = await this.memory.referrals.create(
      (context) => sendReferral({ ...command, id: context.newId() }, context),
      { by: sender },
    );
    if (isRefusal(outcome)) throw new Error(outcome.refused);
    const { id } = outcome.state.referral;
    await this.does(id, recommendComplexity, {});
    const { openTasks, needs } = this.referral(id);
    const levels = needs.map(({ need }) => ({ need, level: 'high' as const, reason: 'Knows the person' }));
    await this.does(id, confirmComplexity, { taskId: openTasks[0]?.id ?? '', needs: levels });
    return id;
  }

  /** Sent, and matched by its lifecycle. */
  async matched(facts = aReferral()): Promise<string> {
    const id = await this.send(facts);
    await this.match(id);
    return id;
  }

  async match(id: string): Promise<void> {
    if (lifecycleStanding(this.referral(id)) !== 'make-offers') return;
    await makeOffers(this.memory)({ referralId: id, executionId: id, segment: 1 }, lambdaContext);
    this.#hear();
  }

  taskOf(id: string, type: string): string {
    return this.referral(id).openTasks.find((task) => task.type === type)?.id ?? '';
  }

  /** What the bus tells, once or again. */
  async tell(event: Town['untold'][number]): Promise<void> {
    await placeWaiting(this.memory)(busEvent(event, event.type), lambdaContext);
    this.#hear();
  }

  async tellAll(): Promise<void> {
    for (let event = this.untold.shift(); event; event = this.untold.shift()) await this.tell(event);
  }

  async sweep() {
    const swept = await sweep(this.memory, new Metrics())({}, lambdaContext);
    this.#hear();
    return swept;
  }

  async state(serviceId: string, places: number): Promise<void> {
    const { version } = (await this.memory.directory.find(serviceId)) ?? { version: 0 };
    await this.memory.directory.stateAvailability(serviceId, version, places, sender);
    this.untold.push({ type: 'capacity.stated.v1', referralId: null, data: { serviceId } });
  }

  placeOf(id: string): string {
    return this.referral(id)
      .groups.map(({ place }) => place.at)
      .join();
  }

  #hear(): void {
    const frees = /^(offer\.(declined|lapsed|withdrawn)|allocation\.ended)/;
    const fresh = this.memory.entries.slice(this.#heard);
    this.#heard = this.memory.entries.length;
    this.untold.push(...fresh.filter(({ type }) => frees.test(type)));
  }
}

const homes = 'service-of-homes';
const decline = { decision: 'declined', reason: 'other' } as const;

describe('L3: a place that comes free', () => {
  async function fullWith(waiting: number, places = 1) {
    const town = new Town(serviceOf('homes', { free: places }));
    const offered: string[] = [];
    for (let n = 0; n < places; n += 1) offered.push(await town.matched());
    const line: string[] = [];
    for (let n = 0; n < waiting; n += 1) line.push(await town.matched());
    return { town, offered, line };
  }
  const placesOf = (town: Town, ids: string[]) => ids.map((id) => town.placeOf(id));

  it('is offered to the first in line, and to nobody else', async () => {
    const { town, offered, line } = await fullWith(3);
    expect(town.capacity(homes)).toMatchObject({ reserved: 1, free: 0, waiting: 3 });
    await town.does(offered[0] ?? '', answerOffer, { taskId: town.taskOf(offered[0] ?? '', 'offer'), answer: decline });
    await town.tellAll();
    expect(placesOf(town, line)).toEqual(['offered', 'waiting', 'waiting']);
    expect(town.capacity(homes)).toMatchObject({ reserved: 1, free: 0, waiting: 2 });
  });

  it('told twice, or too late, is offered once', async () => {
    const { town, offered, line } = await fullWith(2);
    await town.does(offered[0] ?? '', withdrawReferral, { reason: 'moved' });
    const [event] = town.untold;
    if (!event) throw new Error('no place came free');
    await Promise.all([town.tell(event), town.tell(event)]);
    await town.tell(event);
    expect(placesOf(town, line)).toEqual(['offered', 'waiting']);
  });

  it('is found by the sweeper when nobody is told', async () => {
    const { town, offered, line } = await fullWith(2);
    await town.does(offered[0] ?? '', withdrawReferral, { reason: 'moved' });
    expect(await town.sweep()).toMatchObject({ placed: 1, failed: 0 });
    expect(placesOf(town, line)).toEqual(['offered', 'waiting']);
    expect(await town.sweep()).toMatchObject({ placed: 0 });
  });

  it('is not taken by who asks for it before those in line have been told', async () => {
    const { town, offered, line } = await fullWith(1);
    await town.does(offered[0] ?? '', withdrawReferral, { reason: 'moved' });
    const late = await town.matched();
    await town.tellAll();
    expect([town.placeOf(line[0] ?? ''), town.placeOf(late)]).toEqual(['offered', 'waiting']);
  });

  it('comes free at the end of an allocation too', async () => {
    const { town, offered, line } = await fullWith(1);
    const [id = ''] = offered;
    await town.does(id, answerOffer, { taskId: town.taskOf(id, 'offer'), answer: { decision: 'accepted' } });
    const allocationId = town.referral(id).allocations[0]?.id ?? '';
    await town.does(id, completeDelivery, { reason: 'not-engaged' }, allocationId);
    await town.tellAll();
    expect(placesOf(town, line)).toEqual(['offered']);
  });

  it('is not the only one: as many are offered as a provider states', async () => {
    const { town, line } = await fullWith(4);
    await town.state(homes, 3);
    await town.tellAll();
    expect(placesOf(town, line)).toEqual(['offered', 'offered', 'waiting', 'waiting']);
  });

  it('does not come free where a provider states fewer places: the open offer stands', async () => {
    const { town, offered, line } = await fullWith(1);
    await town.state(homes, 0);
    await town.tellAll();
    expect([town.placeOf(offered[0] ?? ''), ...placesOf(town, line)]).toEqual(['offered', 'waiting']);
    expect(town.capacity(homes)).toMatchObject({ places: 0, reserved: 1, free: -1 });
  });

  it('goes to the next when the first cannot be placed, and comes back to be told of', async () => {
    const { town, offered, line } = await fullWith(2);
    await town.does(offered[0] ?? '', withdrawReferral, { reason: 'moved' });
    const { execute } = town.memory.referrals;
    town.memory.referrals.execute = (...command) =>
      command[0] === line[0] ? Promise.reject(new Error('broken')) : execute(...command);
    await expect(town.tellAll()).rejects.toThrow('broken');
    expect(placesOf(town, line)).toEqual(['waiting', 'offered']);
  });
});

describe('L3: the directory changes under a line', () => {
  it('a service that is new to the area takes those who wait for others of its kind, in order', async () => {
    const town = new Town(serviceOf('homes', { free: 0 }));
    const line = [await town.matched(), await town.matched()];
    town.memory.offer(serviceOf('roofs', { free: 0 }));
    await town.state('service-of-roofs', 1);
    await town.tellAll();
    expect(line.map((id) => town.placeOf(id))).toEqual(['offered', 'waiting']);
    expect(town.capacity(homes)).toMatchObject({ waiting: 1 });
  });

  it('one of another kind leaves them where they are', async () => {
    const town = new Town(serviceOf('homes', { needs: ['accommodation'], free: 0 }));
    const id = await town.matched();
    town.memory.offer(serviceOf('minds', { needs: ['emotional-wellbeing'], free: 0 }));
    await town.state('service-of-minds', 1);
    await town.tellAll();
    expect(town.placeOf(id)).toBe('waiting');
  });

  it('a service that closes holds nobody: those in its line are matched anew', async () => {
    const town = new Town(serviceOf('homes', { free: 0 }));
    const id = await town.matched();
    const found = town.memory.services.get(homes);
    if (found) found.contract = { ...found.contract, closes: '2026-06-14' };
    expect(await town.sweep()).toMatchObject({ placed: 1 });
    expect([town.placeOf(id), town.capacity(homes)?.waiting]).toEqual(['manual-allocation', 0]);
  });

  it('a service that changes does not keep whom it no longer fits', async () => {
    const town = new Town(serviceOf('homes', { free: 0 }));
    const id = await town.matched();
    const found = town.memory.services.get(homes);
    if (found) found.maximumAge = 20;
    await town.tell({ type: 'service.changed.v1', referralId: null, data: { serviceId: homes } });
    expect(town.placeOf(id)).toBe('manual-allocation');
  });

  it('a service that has no waiting list any more lets go those in its line, told of it or not', async () => {
    for (const isTold of [true, false]) {
      const town = new Town(serviceOf('homes', { free: 0 }), serviceOf('roofs', { free: 0 }));
      const id = await town.matched();
      Object.assign(town.memory.services.get(homes) ?? {}, { waitingList: false });
      if (isTold) await town.tell({ type: 'service.changed.v1', referralId: null, data: { serviceId: homes } });
      else await town.sweep();
      expect([town.placeOf(id), town.capacity(homes)?.waiting]).toEqual(['waiting', 0]);
      expect(town.capacity('service-of-roofs')?.waiting).toBe(1);
    }
  });

  it('counters that are wrong are put right by the sweeper, and what that frees is offered', async () => {
    const town = new Town(serviceOf('homes', { free: 0 }));
    const id = await town.matched();
    Object.assign(town.capacity(homes) ?? {}, { places: 1, reserved: 1 });
    expect(await town.sweep()).toMatchObject({ repaired: 1 });
    expect(town.capacity(homes)).toEqual({ places: 1, reserved: 0, confirmed: 0, free: 1, waiting: 1 });
    await town.sweep();
    expect(town.placeOf(id)).toBe('offered');
  });
});

describe('L3: nobody who waits is forgotten for being far behind', () => {
  const changed = { type: 'service.changed.v1', referralId: null, data: { serviceId: homes } };
  /** As many as wait for homes, which are full. */
  async function longLine(length: number) {
    const town = new Town(serviceOf('homes', { free: 0 }));
    const line: string[] = [];
    for (let n = 0; n < length; n += 1) line.push(await town.matched());
    return { town, line };
  }
  const standing = (town: Town, ids: string[]) => [...new Set(ids.map((id) => town.placeOf(id)))];

  it('a new service with a hundred places takes all sixty who wait for others', async () => {
    const { town, line } = await longLine(60);
    town.memory.offer(serviceOf('roofs', { free: 100 }));
    await town.tell({ ...changed, type: 'service.published.v1', data: { serviceId: 'service-of-roofs' } });
    expect(standing(town, line)).toEqual(['offered']);
  });

  it('a service that changes lets go the last of sixty whom it no longer fits', async () => {
    const { town, line } = await longLine(59);
    const old = await town.matched(aReferral().with({ person: { dateOfBirth: '1950-01-01' } }));
    Object.assign(town.memory.services.get(homes) ?? {}, { maximumAge: 60 });
    await town.tell(changed);
    expect([standing(town, line), town.placeOf(old)]).toEqual([['waiting'], 'manual-allocation']);
  });

  it('whom the time of one call did not reach, the sweeper goes on with, of the line and of the lines of others', async () => {
    const { town, line } = await longLine(4);
    Object.assign(town.memory.services.get(homes) ?? {}, { maximumAge: 20 });
    await placeNow(town.memory, homes, { changed: true, added: true }, 0);
    expect(line.map((id) => town.placeOf(id))).toEqual(['manual-allocation', 'waiting', 'waiting', 'waiting']);
    await town.sweep();
    expect(standing(town, line)).toEqual(['manual-allocation']);
    expect(town.memory.rounds.size).toBe(0);

    const { town: other, line: theirs } = await longLine(4);
    other.memory.offer(serviceOf('roofs', { free: 9 }));
    await placeNow(other.memory, 'service-of-roofs', { added: true }, 0);
    expect(theirs.map((id) => other.placeOf(id))).toEqual(['offered', 'waiting', 'waiting', 'waiting']);
    await other.sweep();
    expect(standing(other, theirs)).toEqual(['offered']);
  });

  it('a round moves on with every call, past those who have to wait on', async () => {
    const { town, line } = await longLine(3);
    const old = await town.matched(aReferral().with({ person: { dateOfBirth: '1950-01-01' } }));
    Object.assign(town.memory.services.get(homes) ?? {}, { maximumAge: 60 });
    await placeNow(town.memory, homes, { changed: true }, 0);
    for (const _ of line) await goOnPlacing(town.memory, homes, 0);
    expect(town.placeOf(old)).toBe('manual-allocation');
  });

  it('a later change has everybody looked at again, and takes over what an earlier one has left', async () => {
    const { town, line } = await longLine(3);
    await placeNow(town.memory, homes, { changed: true }, 0);
    Object.assign(town.memory.services.get(homes) ?? {}, { maximumAge: 20 });
    await placeNow(town.memory, homes, { added: true }, Number.POSITIVE_INFINITY);
    expect(standing(town, line)).toEqual(['manual-allocation']);
  });

  it('one that fails is come back to', async () => {
    const { town, line } = await longLine(3);
    Object.assign(town.memory.services.get(homes) ?? {}, { maximumAge: 20 });
    const { execute } = town.memory.referrals;
    town.memory.referrals.execute = (...command) =>
      command[0] === line[1] ? Promise.reject(new Error('broken')) : execute(...command);
    await expect(town.tell(changed)).rejects.toThrow('broken');
    expect(line.map((id) => town.placeOf(id))).toEqual(['manual-allocation', 'waiting', 'manual-allocation']);
    town.memory.referrals.execute = execute;
    await town.sweep();
    expect(standing(town, line)).toEqual(['manual-allocation']);
  });
});
