import type { TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { audienceOf } from '../domain/audience.ts';
import { summaryOf } from '../domain/commands/common.ts';
import { nextLook } from '../domain/commands/keep-clocks.ts';
import type { Context, ReferralState } from '../domain/decision.ts';
import { type DomainEvent, eventData } from '../domain/events.ts';
import { evolve } from '../domain/evolve.ts';
import type { OpenTask, Referral } from '../domain/referral.ts';
import { deliveryStanding, lifecycleStanding } from '../domain/standing.ts';
import type { CommandOptions, Machine } from '../ports.ts';
import { indexKeys, keys, workKey } from './keys.ts';

export type Write = NonNullable<TransactWriteCommandInput['TransactItems']>[number];
/** What a write is for, so that a refused condition can be told apart from another. */
export type Purpose = 'state' | 'event' | 'task' | 'execution' | 'segment' | 'capacity' | 'private' | 'idempotency';
export interface Change {
  purpose: Purpose;
  write: Write;
}

interface Tables {
  record: string;
  private: string;
}

/** All that a command writes, as one list for one transaction (architecture rule 1). */
export interface Commit {
  before: ReferralState | undefined;
  after: ReferralState;
  events: DomainEvent[];
  /** The id of the commit's first event: tells, after an answer got lost, whether it went through. */
  firstEventId: string;
  changes: Change[];
  /** Executions to wake once this has been committed. */
  wakes: string[];
}

/** Applies events to a state and lists every write that makes it so. */
export function commitOf(
  before: ReferralState | undefined,
  events: DomainEvent[],
  context: Context,
  options: CommandOptions,
  tables: Tables,
): Commit {
  const { now } = context;
  const eventIds = events.map(() => context.newId());
  const changes: Change[] = [];
  const add = (purpose: Purpose, write: Write): void => void changes.push({ purpose, write });
  let state = before;
  events.forEach((event, index) => {
    const next = evolve(state ?? (blank as ReferralState), event, now);
    eventData[event.type].parse(event.data);
    add('event', put(tables.record, eventItem(next, event, eventIds[index] ?? '', context, options)));
    for (const texts of [event.texts, event.keeps]) {
      if (texts) add('private', put(tables.private, textItem(next.referral, texts)));
    }
    if (event.answers && event.answers.answer !== null) {
      add('private', put(tables.private, answerItem(next.referral, event.answers)));
    }
    state = next;
  });
  if (!state) throw new Error('a command without a referral must send one');

  const after = state;
  for (const write of capacityChanges(after.referral, events, tables.record)) add('capacity', write);
  for (const write of partyChanges(after.referral, events, now, tables.record)) add('state', write);
  const wakes = options.by.client === systemClients.lifecycle ? [] : wokenBy(before, after, events);
  if (!before)
    add(
      'state',
      put(tables.record, { ...keys.reference(after.referral.referenceNumber), id: after.referral.id }, isNew),
    );
  add('state', putReferral(tables.record, before?.referral, after.referral));
  for (const change of parts(before, after, tables)) changes.push(change);
  for (const write of taskChanges(before?.referral, after.referral, events, now, tables.record)) add('task', write);
  for (const write of executionChanges(before, after, events, wakes, options, now, tables.record))
    add('execution', write);
  if (options.execution) add('segment', segmentCheck(tables.record, options.execution));
  return {
    before,
    after,
    events,
    firstEventId: eventIds[0] ?? '',
    changes,
    wakes: [...new Set([...wakes, ...(options.wake ?? [])])],
  };
}

/** Clients under which the system itself acts. */
export const systemClients = { lifecycle: 'referral-lifecycle', sweeper: 'sweeper' } as const;

/** `referral.sent.v1` brings its own state; nothing stands before it. */
const blank = { referral: { sequence: 0, version: 0 } };

const put = (TableName: string, Item: Record<string, unknown>, condition?: object): Write => ({
  Put: { TableName, Item, ...condition },
});

function putReferral(table: string, before: Referral | undefined, after: Referral): Write {
  const attention = after.attention
    ? { workKey: workKey('ATTENTION', after.id), workAt: `${after.attention.since}#${after.id}` }
    : {};
  const item = { ...keys.referral(after.id), ...indexKeys.referral(after), ...attention, ...after };
  return put(table, item, before ? unchangedSince('sequence', before.sequence) : isNew);
}

const isNew = { ConditionExpression: 'attribute_not_exists(pk)' };
const unchangedSince = (attribute: 'sequence' | 'version', value: number) => ({
  ConditionExpression: '#lock = :lock',
  ExpressionAttributeNames: { '#lock': attribute },
  ExpressionAttributeValues: { ':lock': value },
});

function parts(before: ReferralState | undefined, after: ReferralState, tables: Tables): Change[] {
  const changes: Change[] = [];
  const { allocation, appointment, confidential, referral } = after;
  if (allocation && allocation !== before?.allocation) {
    const condition = before?.allocation ? unchangedSince('version', before.allocation.version) : isNew;
    changes.push({
      purpose: 'state',
      write: put(tables.record, { ...keys.allocation(allocation.id), ...allocation }, condition),
    });
  }
  if (appointment && appointment !== before?.appointment) {
    const key = keys.appointment(appointment.allocationId, appointment.id);
    const condition = before?.appointment ? unchangedSince('version', before.appointment.version) : isNew;
    changes.push({ purpose: 'state', write: put(tables.record, { ...key, ...appointment }, condition) });
  }
  if (confidential && confidential !== before?.confidential) {
    const item = { ...keys.person(referral.crn, referral.id), ...confidential };
    changes.push({ purpose: 'private', write: put(tables.private, item) });
  }
  return changes;
}

/** The event as history keeps it and the outbox sends it: one item, so that the two cannot disagree. */
function eventItem(
  { referral }: ReferralState,
  event: DomainEvent,
  id: string,
  { now, by }: Context,
  { traceparent }: CommandOptions,
): Record<string, unknown> {
  return {
    ...keys.event(keys.referral(referral.id).pk, referral.sequence),
    id,
    type: event.type,
    sequence: referral.sequence,
    occurredAt: now.toISOString(),
    by,
    data: event.data,
    audience: audienceOf(referral, event),
    referralId: referral.id,
    crn: referral.crn,
    traceparent: traceparent ?? null,
    workKey: workKey('EVENT', id),
    workAt: now.toISOString(),
  };
}

const textItem = ({ crn, id }: Referral, { key, words }: NonNullable<DomainEvent['texts']>) => ({
  ...keys.text(crn, id, key),
  words,
});
const answerItem = ({ crn, id }: Referral, { taskId, answer }: NonNullable<DomainEvent['answers']>) => ({
  ...keys.answer(crn, id, taskId),
  answer,
});

/** A provider that is asked finds the referral in its list from then on, whatever it answers; asked again, on top. */
function partyChanges({ id }: Referral, events: DomainEvent[], now: Date, table: string): Write[] {
  const asked = new Set(events.flatMap((event) => (event.type === 'offer.made.v1' ? event.data.providerId : [])));
  return [...asked].map((provider) =>
    put(table, { ...keys.party(id, provider), ...indexKeys.party(id, provider, now.toISOString()) }),
  );
}

/**
 * Places are reserved, confirmed and freed in the transaction that decides it: never oversold, never leaked. One
 * update per service, since a transaction may touch an item once.
 */
function capacityChanges(referral: Referral, events: DomainEvent[], table: string): Write[] {
  const changes = new Map<string, { reserved: number; confirmed: number }>();
  const add = (serviceId: string, reserved: number, confirmed: number): void => {
    const sum = changes.get(serviceId) ?? { reserved: 0, confirmed: 0 };
    changes.set(serviceId, { reserved: sum.reserved + reserved, confirmed: sum.confirmed + confirmed });
  };
  for (const event of events) {
    switch (event.type) {
      case 'offer.made.v1':
        add(event.data.serviceId, 1, 0);
        break;
      case 'offer.accepted.v1':
        add(event.data.serviceId, -1, 1);
        break;
      case 'offer.declined.v1':
      case 'offer.lapsed.v1':
      case 'offer.withdrawn.v1':
        add(event.data.serviceId, -1, 0);
        break;
      case 'allocation.ended.v1':
        add(summaryOf(referral, event.data.allocationId).serviceId, 0, -1);
    }
  }
  return [...changes].map(([serviceId, { reserved, confirmed }]) => ({
    Update: {
      TableName: table,
      Key: keys.capacity(serviceId),
      UpdateExpression: 'ADD reserved :reserved, confirmed :confirmed, #free :free',
      ExpressionAttributeNames: { '#free': 'free' },
      ConditionExpression: '#free >= :needed AND reserved >= :held AND confirmed >= :taken',
      ExpressionAttributeValues: {
        ':reserved': reserved,
        ':confirmed': confirmed,
        ':free': -reserved - confirmed,
        ':needed': reserved + confirmed > 0 ? reserved + confirmed : unlimited,
        ':held': Math.max(0, -reserved),
        ':taken': Math.max(0, -confirmed),
      },
    },
  }));
}

/** Freeing a place needs none to be free: `free` is below zero where a provider has stated fewer than are taken. */
const unlimited = -1_000_000;

function taskChanges(
  before: Referral | undefined,
  after: Referral,
  events: DomainEvent[],
  now: Date,
  table: string,
): Write[] {
  const open = new Map(before?.openTasks.map((task) => [task.id, task]));
  const still = new Map(after.openTasks.map((task) => [task.id, task]));
  const opened = after.openTasks.filter(({ id }) => !open.has(id)).map((task) => openedTask(after, task, table));
  const closed = [...open.values()]
    .filter(({ id }) => !still.has(id))
    .map((task) => closedTask(task, events, now, table));
  const moved = after.openTasks.flatMap((task) => {
    const was = open.get(task.id);
    const isSame = !was || (was === task && before?.paused === after.paused);
    return isSame ? [] : [movedTask(task, after, events, now, table)];
  });
  return [...opened, ...closed, ...moved];
}

function openedTask(referral: Referral, task: OpenTask, table: string): Write {
  const { id: referralId, crn } = referral;
  return put(
    table,
    {
      ...keys.task(task.id),
      ...indexKeys.task({ ...task, status: 'open' }),
      ...taskWork(task, referral),
      ...task,
      allocationId: task.allocationId ?? null,
      referralId,
      crn,
      status: 'open',
      remindedAt: null,
      closedAt: null,
    },
    isNew,
  );
}

function taskWork(task: OpenTask, { paused }: Referral): { workKey?: string; workAt?: string } {
  const workAt = nextLook(task, paused !== null);
  return workAt ? { workKey: workKey('TASK', task.id), workAt } : {};
}

function closedTask(task: OpenTask, events: DomainEvent[], now: Date, table: string): Write {
  const answer = events.find(({ answers }) => answers?.taskId === task.id)?.answers;
  const lapsed = events.some((event) => event.type === 'task.lapsed.v1' && event.data.taskId === task.id);
  const status = answer ? 'answered' : lapsed ? 'lapsed' : 'withdrawn';
  const index = indexKeys.task({ ...task, status });
  return updateTask(table, task.id, {
    status,
    closedAt: now.toISOString(),
    ...index,
    workKey: undefined,
    workAt: undefined,
  });
}

function movedTask(task: OpenTask, after: Referral, events: DomainEvent[], now: Date, table: string): Write {
  const reminded = events.some((event) => event.type === 'task.reminded.v1' && event.data.taskId === task.id);
  return updateTask(table, task.id, {
    dueAt: task.dueAt,
    breachedAt: task.breachedAt,
    ...(reminded ? { remindedAt: now.toISOString() } : {}),
    ...indexKeys.task({ ...task, status: 'open' }),
    workKey: undefined,
    workAt: undefined,
    ...taskWork(task, after),
  });
}

/** Only an open task changes: a second decision about it fails, whatever else it hoped to write. */
function updateTask(table: string, id: string, values: Record<string, unknown>): Write {
  const set = Object.entries(values).filter(([, value]) => value !== undefined);
  const removed = Object.keys(values).filter((name) => values[name] === undefined);
  const names = Object.fromEntries(Object.keys(values).map((name) => [`#${name}`, name]));
  return {
    Update: {
      TableName: table,
      Key: keys.task(id),
      UpdateExpression: [
        `SET ${set.map(([name]) => `#${name} = :${name}`).join(', ')}`,
        ...(removed.length > 0 ? [`REMOVE ${removed.map((name) => `#${name}`).join(', ')}`] : []),
      ].join(' '),
      ConditionExpression: '#status = :open',
      ExpressionAttributeNames: { ...names, '#status': 'status' },
      ExpressionAttributeValues: {
        ...Object.fromEntries(set.map(([name, value]) => [`:${name}`, value])),
        ':open': 'open',
      },
    },
  };
}

/** Events after which every execution of a referral looks again, wherever it is parked. */
const wakesAll = new Set<string>([
  'referral.amended.v1',
  'referral.paused.v1',
  'referral.resumed.v1',
  'referral.withdrawn.v1',
  'referral.found-ineligible.v1',
]);

/** The executions whose wait these events end: those whose standing they change. */
function wokenBy(before: ReferralState | undefined, after: ReferralState, events: DomainEvent[]): string[] {
  if (!before) return [];
  const all = events.some(({ type }) => wakesAll.has(type));
  const lifecycle = lifecycleStanding(before.referral) !== lifecycleStanding(after.referral);
  const woken = all || lifecycle || needsMatchingAgain(after.referral) ? [after.referral.id] : [];
  for (const summary of before.referral.allocations) {
    const now = after.referral.allocations.find(({ id }) => id === summary.id);
    if (summary.phase === 'ended' || !now) continue;
    const moved = deliveryStanding(before.referral, summary) !== deliveryStanding(after.referral, now);
    if (all || moved) woken.push(summary.id);
  }
  return woken;
}

const needsMatchingAgain = (referral: Referral): boolean => lifecycleStanding(referral) === 'make-offers';

function executionChanges(
  before: ReferralState | undefined,
  after: ReferralState,
  events: DomainEvent[],
  wakes: string[],
  options: CommandOptions,
  now: Date,
  table: string,
): Write[] {
  const { id } = after.referral;
  const created = [
    ...(before ? [] : [newExecution(table, id, id, 'referral-lifecycle', now)]),
    ...events.flatMap((event) =>
      event.type === 'allocation.started.v1'
        ? [newExecution(table, id, event.data.allocationId, 'allocation-delivery', now)]
        : [],
    ),
  ];
  const restarted = new Set(options.restart);
  const woken = new Set([...wakes, ...(options.wake ?? [])].filter((execution) => !restarted.has(execution)));
  return [
    ...created,
    ...[...restarted].map((execution) => moveExecution(table, id, execution, now, true)),
    ...[...woken].map((execution) => moveExecution(table, id, execution, now, false)),
  ];
}

const newExecution = (table: string, referralId: string, executionId: string, machine: Machine, now: Date): Write =>
  put(
    table,
    {
      ...keys.execution(referralId, executionId),
      executionId,
      referralId,
      machine,
      segment: 1,
      turn: 0,
      startedSegment: 0,
      startedAt: null,
      workKey: workKey('EXECUTION', executionId),
      workAt: now.toISOString(),
    },
    isNew,
  );

function moveExecution(table: string, referralId: string, executionId: string, now: Date, afresh: boolean): Write {
  return {
    Update: {
      TableName: table,
      Key: keys.execution(referralId, executionId),
      UpdateExpression: `SET workKey = :key, workAt = :at ADD turn :one${afresh ? ', #segment :one' : ''}`,
      ...(afresh ? { ExpressionAttributeNames: { '#segment': 'segment' } } : {}),
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeValues: { ':key': workKey('EXECUTION', executionId), ':at': now.toISOString(), ':one': 1 },
    },
  };
}

const segmentCheck = (
  table: string,
  { referralId, executionId, segment }: NonNullable<CommandOptions['execution']>,
): Write => ({
  ConditionCheck: {
    TableName: table,
    Key: keys.execution(referralId, executionId),
    ConditionExpression: '#segment = :segment',
    ExpressionAttributeNames: { '#segment': 'segment' },
    ExpressionAttributeValues: { ':segment': segment },
  },
});
