import '../builders/function-environment.ts';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { ExecutionAlreadyExists, type SFNClient } from '@aws-sdk/client-sfn';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { followGroupSessions } from '../../functions/events/follow-group-sessions.ts';
import { placeWaiting } from '../../functions/events/place-waiting.ts';
import { startExecutions } from '../../functions/events/start-executions.ts';
import { sweep } from '../../functions/events/sweep.ts';
import { look } from '../../functions/tasks/look.ts';
import { makeOffers } from '../../functions/tasks/make-offers.ts';
import { park } from '../../functions/tasks/park.ts';
import { recommendComplexity } from '../../functions/tasks/recommend-complexity.ts';
import { renew } from '../../functions/tasks/renew.ts';
import { allocations as allocationsOf } from '../../shared/adapters/allocations.ts';
import { caseNotes as caseNotesOf } from '../../shared/adapters/case-notes.ts';
import { directory as directoryOf } from '../../shared/adapters/directory.ts';
import { equalityMonitoring } from '../../shared/adapters/equality-monitoring.ts';
import { executions as executionsOf } from '../../shared/adapters/executions.ts';
import { groupSessions as groupSessionsOf } from '../../shared/adapters/group-sessions.ts';
import { messages as messagesOf } from '../../shared/adapters/messages.ts';
import { places as placesOf } from '../../shared/adapters/places.ts';
import { referrals as referralsOf } from '../../shared/adapters/referrals.ts';
import { reminders as remindersOf } from '../../shared/adapters/reminders.ts';
import { tasks as tasksOf } from '../../shared/adapters/tasks.ts';
import { unpublished } from '../../shared/adapters/unpublished.ts';
import { type EndpointContract, problemsOf } from '../../shared/contracts/endpoint.ts';
import { problemUri } from '../../shared/contracts/problems.ts';
import { allEndpoints, endpoints } from '../../shared/contracts/routes/index.ts';
import { definitionRelease } from '../../shared/contracts/workflow.ts';
import type { Referral } from '../../shared/domain/referral.ts';
import type { Clock } from '../../shared/ports.ts';
import { lambdaContext } from '../builders/lambda-context.ts';
import { MemoryTables } from '../builders/memory-table.ts';
import { today } from '../builders/referral-facts.ts';
import { descriptionOf } from '../builders/services.ts';
import { sender } from '../builders/story.ts';
import { ask, callers } from '../functions/request.ts';
import { definitionOf } from '../workflows/definitions.ts';
import { Execution, type Invoke } from '../workflows/machine.ts';
import { market } from './market.ts';
import { type Item, storedOf } from './stored.ts';
import type { Answer, Delivery, Party, Request, Stored, World } from './world.ts';

type Handler = Parameters<typeof ask>[0];
type Ports = ReturnType<InProcess['portsOf']>;
type Factory = (ports: Ports) => Handler;

const camelCase = (name: string): string => name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

/** The function of each route that changes something, by the name of its contract. */
const factories = new Map<string, Factory>(
  await Promise.all(
    allEndpoints
      .filter(({ method, name }) => method !== 'GET' && !/webhook|dead-letter/.test(name))
      .map(
        async ({ name, servedBy: file = name }) =>
          [name, (await import(`../../functions/api/${file}.ts`))[camelCase(name)]] as const,
      ),
  ),
);
const definitions = {
  'referral-lifecycle': definitionOf('referral-lifecycle').definition,
  'allocation-delivery': definitionOf('allocation-delivery').definition,
};
const clientOf = (party: Party): string => {
  if (party === 'practitioner') return 'north-case-system';
  if (party === 'operations') return 'operations-console';
  return party === 'contract-manager' ? 'contract-office' : `system-of-${party.provider.slice('provider-'.length)}`;
};
const startsExecution = /^(referral\.sent|allocation\.started)/;
const freesPlaces =
  /^(offer\.(declined|lapsed|withdrawn)|allocation\.ended|service\.(published|changed)|capacity\.(stated|repaired))/;
const movesSeats = /^(group-session\.(rescheduled|cancelled)|referral\.paused)/;
/** What has been left by a crash is taken up by a sweep after this. */
const forgotten = 6 * 60_000;
const longestWait = 30 * 24 * 60 * 60_000;
/** Sweeps after which nothing may be left. */
const mostSweeps = 20;

/**
 * The service in this process: the functions themselves on the adapters' own writes, the deployed definitions, and time
 * that is moved. Only the tables, the bus and the machines' service are in memory.
 */
export class InProcess implements World {
  readonly rivals = ['service-of-provider-a', 'service-of-provider-b'] as const;
  readonly byHand = { accommodation: 'service-of-provider-a', 'emotional-wellbeing': 'service-of-minds' };
  readonly areas = { home: 'west-yorkshire', far: 'lancashire' } as const;
  readonly tables = new MemoryTables();
  readonly executions = new Map<string, Execution>();
  readonly #agenda: (() => Promise<void>)[] = [];
  #now = today;
  #ids = 0;
  readonly #handlers = new Map<string, Handler>();
  readonly #ports = this.portsOf(this.tables.client);
  readonly #followGroupSessions = followGroupSessions(this.#ports);
  readonly #placeWaiting = placeWaiting(this.#ports);
  readonly #startExecutions = startExecutions(this.#ports);
  readonly #sweep = sweep(this.#ports, new Metrics());
  readonly #tasks: Record<string, (event: unknown, context: typeof lambdaContext) => Promise<unknown>> = {
    'referrals-look': look(this.#ports, { mostPasses: 400, release: definitionRelease }),
    'referrals-park': park(this.#ports),
    'referrals-make-offers': makeOffers(this.#ports),
    'referrals-recommend-complexity': recommendComplexity(this.#ports),
    'referrals-renew': renew(this.#ports),
  };

  /** With a directory of its own, so that no sequence meets another. */
  async opened(): Promise<this> {
    const { directory } = this.#ports;
    for (const service of market) {
      await directory.put(service.id, null, descriptionOf(service), sender);
      await directory.stateAvailability(service.id, 1, service.free, sender);
    }
    return this;
  }

  portsOf(client: DynamoDBDocumentClient) {
    const clock: Clock = { now: async () => this.#now };
    const newId = (): string => {
      this.#ids += 1;
      return `00000000-0000-4000-8000-${String(this.#ids).padStart(12, '0')}`;
    };
    const executions = executionsOf({ client, clock, sfn: this.#stepFunctions });
    return {
      clock,
      clients: { find: async (id: string) => callers.get(id) },
      executions,
      referrals: referralsOf({ client, clock, executions, newId }),
      allocations: allocationsOf(client),
      messages: messagesOf(client),
      caseNotes: caseNotesOf(client),
      equality: equalityMonitoring(client),
      tasks: tasksOf(client),
      dueTasks: tasksOf(client),
      directory: directoryOf(client, clock),
      places: placesOf(client, clock),
      outbox: unpublished(client, clock),
      reminders: remindersOf(client),
      groupSessions: groupSessionsOf(client, clock),
      leadHours: 24,
    };
  }

  // ---- what Step Functions does

  get #stepFunctions(): SFNClient {
    const send = async ({ input }: { input: { name?: string; input?: string; taskToken?: string } }) => {
      if (input.name !== undefined) this.#start(input.name, JSON.parse(input.input ?? '{}'));
      else this.#agenda.push(() => this.#redeem(input.taskToken ?? ''));
      return {};
    };
    return { send } as never as SFNClient;
  }

  #start(name: string, input: ConstructorParameters<typeof Execution>[1]): void {
    if (this.executions.has(name)) throw new ExecutionAlreadyExists({ message: name, $metadata: {} });
    const invoke: Invoke = async (of, payload) => this.#tasks[of]?.(payload, lambdaContext);
    const machine = input.executionId === input.referralId ? 'referral-lifecycle' : 'allocation-delivery';
    const execution = new Execution(definitions[machine], input, invoke, () => this.#now);
    this.executions.set(name, execution);
    this.#agenda.push(() => execution.start());
  }

  async #redeem(token: string): Promise<void> {
    for (const execution of this.executions.values()) await execution.redeem(token);
  }

  kill(executionId: string): void {
    for (const execution of this.executions.values()) if (execution.name.startsWith(executionId)) execution.abort();
  }

  /** Who waits is waited for by one execution, and who does not by none. */
  faultsOfExecutions({ id, conclusion, sentAt, allocations }: Referral): string[] {
    const live = [
      ...(sentAt && !conclusion ? [id] : []),
      ...allocations.flatMap((one) => (one.phase === 'ended' ? [] : [one.id])),
    ];
    const all = [...this.executions.values()];
    const running = all.filter(({ status }) => status === 'running');
    return [
      ...live.flatMap((of) => {
        const own = running.filter(({ name }) => name.startsWith(of));
        const paths = all
          .filter(({ name }) => name.startsWith(of))
          .map(({ name, status, path }) => `${name} ${status}: ${path.slice(-4).join(' > ')}`);
        return own.length === 1 && own[0]?.parked
          ? []
          : [`${own.length} executions wait for ${of}, not one: ${paths.join('; ')}`];
      }),
      ...running.flatMap(({ name }) => (live.some((of) => name.startsWith(of)) ? [] : [`${name} goes on for nothing`])),
    ];
  }

  async #runs(): Promise<void> {
    for (let next = this.#agenda.shift(); next; next = this.#agenda.shift()) await next();
  }

  // ---- what the bus does

  get #untold(): Item[] {
    return this.tables.all('record').filter(({ sk, workKey }) => workKey && String(sk).startsWith('EVENT#'));
  }

  async #tell(delivery: Delivery): Promise<void> {
    const events = this.#untold;
    for (const { workKey: _key, workAt: _at, ...event } of events) this.tables.put('record', event);
    // Seats of a pause have no mark: its event waits among the dead letters, and is told when that is replayed (ADR 26).
    if (delivery === 'lost') return this.#tellGroups(events.filter(({ type }) => type === 'referral.paused.v1'));
    const told = delivery === 'twice' ? [...events, ...events] : delivery === 'reversed' ? events.reverse() : events;
    for (const event of told) {
      const detail = { detail: event } as never;
      if (startsExecution.test(String(event.type))) await this.#startExecutions(detail, lambdaContext);
      if (freesPlaces.test(String(event.type))) await this.#placeWaiting(detail, lambdaContext);
      await this.#tellGroups([event]);
    }
  }

  async #tellGroups(events: Item[]): Promise<void> {
    for (const detail of events.filter(({ type }) => movesSeats.test(String(type))))
      await this.#followGroupSessions({ detail } as never, lambdaContext);
  }

  async settle(delivery: Delivery): Promise<void> {
    do {
      await this.#tell(delivery);
      await this.#runs();
    } while (this.#untold.length > 0);
    if (delivery === 'lost') await this.pass(forgotten);
  }

  async pass(milliseconds: number): Promise<void> {
    this.#now = new Date(this.#now.getTime() + milliseconds);
    for (const { parked, ...execution } of [...this.executions.values()].map((one) => ({ parked: one.parked, one })))
      if (parked && this.#now.getTime() - parked.since.getTime() >= longestWait) await execution.one.timeOut();
    await this.#runs();
    for (let n = 0; n < mostSweeps; n += 1) {
      const { failed, clocks, executions, requeued, placed, repaired } = await this.#sweep({}, lambdaContext);
      await this.#followGroupSessions({} as never, lambdaContext);
      await this.#tell('once');
      await this.#runs();
      if (repaired > 0) throw new Error('a sweep found that counted places were wrong');
      if (failed + clocks + executions + requeued + placed === 0) return;
    }
    throw new Error(`after ${mostSweeps} sweeps something is still to be done`);
  }

  drift(milliseconds: number): void {
    this.#now = new Date(this.#now.getTime() + milliseconds);
  }

  now = async (): Promise<Date> => this.#now;

  // ---- what the gateway does

  async request({ to, as, params = {}, body, ifMatch, key, crash }: Request): Promise<Answer> {
    const headers = {
      ...(key && to.idempotencyKey ? { 'idempotency-key': key } : {}),
      ...(ifMatch === undefined ? {} : { 'if-match': `"${ifMatch}"` }),
    };
    const asking = { as: clientOf(as), params, body, headers };
    // Who gets no answer and has no key reads anew, and sees what it came to.
    if (crash && (to.idempotencyKey || ifMatch === undefined)) {
      const dying = this.portsOf(this.tables.dying(crash.at, crash.when));
      await ask(this.#factory(to)(dying), to, asking);
    }
    const answer = await ask(this.#handler(to), to, asking);
    const { type } = answer.body;
    if (answer.status >= 400 && !problemsOf(to).some((declared) => problemUri(declared) === type))
      throw new Error(`${to.name} answers what its contract does not declare: ${type}`);
    this.#now = new Date(this.#now.getTime() + 1000);
    return answer;
  }

  #factory({ name }: EndpointContract): Factory {
    const factory = factories.get(name);
    if (!factory) throw new Error(`${name} has no function`);
    return factory;
  }

  #handler(to: EndpointContract): Handler {
    const handler = this.#handlers.get(to.name) ?? this.#factory(to)(this.#ports);
    this.#handlers.set(to.name, handler);
    return handler;
  }

  // ---- what is stored

  stored(referralId: string, groupIds: readonly string[]): Promise<Stored> {
    const items = Map.groupBy(this.tables.all('record'), ({ pk }) => String(pk));
    const sorted = (all: Item[]): Item[] => all.sort((one, other) => (String(one.sk) < String(other.sk) ? -1 : 1));
    return storedOf(async (pk) => sorted(items.get(pk) ?? []), referralId, groupIds);
  }

  services = () => this.#ports.directory.findAll(market.map(({ id }) => id));

  async states(serviceId: string, places: number): Promise<void> {
    const service = await this.#ports.directory.find(serviceId);
    if (!service) throw new Error(`${serviceId} is not there`);
    const { version: ifMatch, provider } = service;
    const params = { serviceId };
    const as = { provider: provider.id };
    const said = await this.request({ to: endpoints.stateAvailability, as, params, body: { places }, ifMatch });
    if (said.status >= 300) throw new Error(`places were not stated: ${JSON.stringify(said.body)}`);
  }
}
