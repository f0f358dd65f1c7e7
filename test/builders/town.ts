import { Metrics } from '@aws-lambda-powertools/metrics';
import type { SFNClient } from '@aws-sdk/client-sfn';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { placeWaiting } from '../../functions/events/place-waiting.ts';
import { sweep } from '../../functions/events/sweep.ts';
import { makeOffers } from '../../functions/tasks/make-offers.ts';
import { allocations as allocationsOf } from '../../shared/adapters/allocations.ts';
import { directory as directoryOf } from '../../shared/adapters/directory.ts';
import { executions as executionsOf } from '../../shared/adapters/executions.ts';
import { groupSessionReader } from '../../shared/adapters/group-sessions.ts';
import { keys } from '../../shared/adapters/keys.ts';
import { places as placesOf } from '../../shared/adapters/places.ts';
import { referrals as referralsOf } from '../../shared/adapters/referrals.ts';
import { reminders as remindersOf } from '../../shared/adapters/reminders.ts';
import { tasks as tasksOf } from '../../shared/adapters/tasks.ts';
import { confirmComplexity, recommendComplexity } from '../../shared/domain/commands/complexity.ts';
import { sendReferral } from '../../shared/domain/commands/send-referral.ts';
import { type Decide, isRefusal } from '../../shared/domain/decision.ts';
import { type Referral, referral } from '../../shared/domain/referral.ts';
import { capacity, type ServiceDescription } from '../../shared/domain/service.ts';
import { lifecycleStanding } from '../../shared/domain/standing.ts';
import { londonDate } from '../../shared/domain/working-days.ts';
import type { Executions } from '../../shared/ports.ts';
import { lambdaContext } from './lambda-context.ts';
import { MemoryTables } from './memory-table.ts';
import { aNeed, aReferral, aReferralThroughTheGate, today } from './referral-facts.ts';
import { descriptionOf, serviceOf } from './services.ts';
import { sender } from './story.ts';

export const day = 24 * 60 * 60 * 1000;
const offered = [serviceOf('homes', { needs: ['accommodation'] }), serviceOf('roofs'), serviceOf('minds')];
export const services = offered.map(({ id }) => id);
export const described = (id: string): ServiceDescription =>
  descriptionOf(offered.find((service) => service.id === id) ?? serviceOf(id));
const nothing = async () => ({ items: [], cursor: null });

type Ports = ReturnType<Town['process']>;

/** A few services with few places, on the adapters' own writes: only the tables are in memory. */
export class Town {
  readonly tables = new MemoryTables();
  now = today;
  /** Says yes to everything. */
  readonly sfn = { send: async () => ({}) } as never as SFNClient;
  #ids = 0;
  /** The same in every replay, since ids break ties. */
  readonly newId = (): string => {
    this.#ids += 1;
    return `00000000-0000-4000-8000-${String(this.#ids).padStart(12, '0')}`;
  };
  readonly clock = { now: async () => this.now };

  /** The application in a process of its own, which may end half-way. */
  process(client: DynamoDBDocumentClient = this.tables.client) {
    const { clock } = this;
    const { sfn } = this;
    const executions = executionsOf({ client, clock, sfn });
    return {
      clock,
      referrals: referralsOf({ client, clock, executions, newId: this.newId }),
      directory: directoryOf(client, clock),
      places: placesOf(client, clock),
      dueTasks: tasksOf(client),
      allocations: allocationsOf(client),
      reminders: remindersOf(client),
      groupSessions: groupSessionReader(client),
      leadHours: 24,
      // What these do is another matter: machines are played by `match`, and the bus by `tell`.
      executions: { ...executions, waitingSince: nothing as Executions['waitingSince'] },
      outbox: { unpublished: async () => ({ events: [], unreadable: 0 }), requeue: async () => undefined },
    };
  }

  async opened(): Promise<this> {
    const { directory } = this.process();
    for (const id of services) {
      await directory.put(id, null, described(id), sender);
      await directory.stateAvailability(id, 1, 1, sender);
    }
    return this;
  }

  get referrals(): Referral[] {
    return this.tables
      .all('record')
      .filter(({ sk }) => sk === 'REFERRAL')
      .map((item) => referral.parse(item));
  }

  one = (id: string): Referral => referral.parse(this.tables.items('record', keys.referral(id).pk, 'REFERRAL')[0]);

  serviceItems = (serviceId: string, prefix: string) => this.tables.items('record', keys.service(serviceId).pk, prefix);

  capacity = (serviceId: string) => capacity.parse(this.serviceItems(serviceId, 'CAPACITY')[0]);

  service = async (serviceId: string) => {
    const found = await this.process().directory.find(serviceId);
    if (!found) throw new Error(`${serviceId} is not there`);
    return found;
  };

  /** What has happened and nobody has been told: the outbox. */
  get untold() {
    const events = this.tables.all('record').filter(({ sk, workKey }) => String(sk).startsWith('EVENT#') && workKey);
    return events.filter(({ type }) => tellsOfPlaces.test(String(type)));
  }

  /** How many events of a type are nobody's but the system's. */
  systemsOwn = (type: string): number =>
    this.tables
      .all('record')
      .filter((event) => event.type === type && (event.by as typeof sender).organisation === 'system').length;

  forget({ workKey: _key, workAt: _at, ...event }: Record<string, unknown>): void {
    this.tables.put('record', event);
  }

  /** ADR 15: who leaves custody within fourteen days, or did in the last four weeks, comes first, then who has waited longest. */
  line(serviceId: string): string[] {
    const [past = '', near = ''] = [-28, 14].map((days) => londonDate(new Date(this.now.getTime() + days * day)));
    const turn = ({ releaseOn, since, referralId }: Record<string, unknown>) =>
      [releaseOn && past <= String(releaseOn) && String(releaseOn) <= near ? 0 : 1, since, referralId].join();
    const waiting = this.serviceItems(serviceId, 'WAITING#').sort((one, other) => (turn(one) < turn(other) ? -1 : 1));
    return waiting.map(({ referralId }) => String(referralId));
  }
}

const tellsOfPlaces =
  /^(offer\.(declined|lapsed|withdrawn)|allocation\.ended|service\.(published|changed)|capacity\.(stated|repaired))/;

export interface Moment {
  town: Town;
  /** Of the process that does it. */
  ports: Ports;
  at: <T>(all: readonly T[]) => T | undefined;
  pick: number;
}

export async function does<Command>(
  { ports, town }: Moment,
  id: string | undefined,
  decide: Decide<Command>,
  command: Command,
  allocationId?: string,
): Promise<void> {
  if (!id) return;
  const scope = { confidential: true, allocationId };
  await ports.referrals.execute(id, scope, (state, context) => decide(state, command, context), { by: sender });
  town.now = new Date(town.now.getTime() + 1000);
}

export const momentOf = (
  town: Town,
  { pick, crash }: { pick: number; crash: { at: number; when: 'before' | 'after' } | null },
): Moment => ({
  town,
  pick,
  ports: town.process(crash ? town.tables.dying(crash.at, crash.when) : undefined),
  at: (all) => all[pick % Math.max(1, all.length)],
});

export async function send(moment: Moment): Promise<string> {
  const { town, ports, pick } = moment;
  const needs = pick % 3 ? [aNeed('accommodation')] : [aNeed('accommodation'), aNeed('emotional-wellbeing')];
  const releasedOn = londonDate(new Date(town.now.getTime() + (2 + (pick % 30)) * day));
  const who = pick % 4 ? aReferral() : aReferralThroughTheGate().with({ expectedReleaseDate: releasedOn });
  const facts = { ...who.with({ needs }) };
  const command = { referenceNumber: reference(town.referrals.length), facts, catalogueVersion: '1' };
  const sent = await ports.referrals.create(
    (context) => sendReferral({ ...command, possibleDuplicates: [], id: context.newId() }, context),
    { by: sender },
  );
  if (isRefusal(sent)) throw new Error(sent.refused);
  const { id } = sent.state.referral;
  await does(moment, id, recommendComplexity, {});
  const levels = needs.map(({ need }) => ({ need, level: 'high' as const, reason: 'Knows the person' }));
  const task = town.one(id).openTasks.find(({ type }) => type === 'complexity-confirmation');
  await does(moment, id, confirmComplexity, { taskId: task?.id ?? '', needs: levels });
  return id;
}

const reference = (n: number): string => `BCDF${String(n).padStart(4, '0')}`;

export async function match({ town, ports }: Moment, id: string | undefined): Promise<void> {
  if (!id || lifecycleStanding(town.one(id)) !== 'make-offers') return;
  await makeOffers(ports)({ referralId: id, executionId: id, segment: 1 }, lambdaContext);
}

export async function tell({ ports }: Moment, event: Record<string, unknown>): Promise<void> {
  await placeWaiting(ports)({ detail: event } as never, lambdaContext);
}

/** Everything that waits to be told is told, and everyone who is unplaced is matched. */
export async function runs(town: Town): Promise<void> {
  const moment = momentOf(town, { pick: 0, crash: null });
  for (const event of town.untold) {
    await tell(moment, event);
    town.forget(event);
  }
  for (const { id } of town.referrals) await match(moment, id);
}

/** One service with so many places, and so many referrals that ask for one of them. */
export async function townWith(places: number, count: number) {
  const town = await new Town().opened();
  const { directory } = town.process();
  const [homes = '', ...others] = services;
  for (const id of others) await directory.stateAvailability(id, 2, 0, sender);
  await directory.stateAvailability(homes, 2, places, sender);
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) ids.push(await send(momentOf(town, { pick: 1, crash: null })));
  await runs(town);
  const at = () => ids.map((id) => town.one(id).groups[0]?.place.at);
  return { town, directory, homes, others, ids, at };
}

export const sweeps = async (town: Town): Promise<void> =>
  void (await sweep(town.process(), new Metrics())({}, lambdaContext));

/** The open task of that type of a referral. */
export const taskOf = (town: Town, id: string, type = 'offer'): string =>
  town.one(id).openTasks.find((task) => task.type === type)?.id ?? '';
