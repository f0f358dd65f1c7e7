import { nextLook } from '../domain/commands/keep-clocks.ts';
import { clockRests } from '../domain/deadlines.ts';
import type { DomainEvent } from '../domain/events.ts';
import type { OpenTask, Referral } from '../domain/referral.ts';
import { indexKeys, keys, workAt, workKey } from './keys.ts';
import { isNew, put, type Write } from './writes.ts';

/** Tasks that a command opens, closes or moves: what differs between the referral before and after it. */
export function taskChanges(
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
  return [...opened, ...closed, ...moved, ...events.flatMap((event) => repairedTask(event, after, now, table))];
}

/**
 * What the reconciler found come apart (ADR 25). Under the referral's lock, as every change of a task, so nothing that a
 * command writes is undone.
 */
function repairedTask(event: DomainEvent, after: Referral, now: Date, table: string): Write[] {
  if (event.type !== 'task.repaired.v1') return [];
  const { taskId: id, taskType: type, drift } = event.data;
  if (drift === 'unlisted') return [closedTask({ id, type, ...event.detail }, [], now, table)];
  const listed = after.openTasks.find((task) => task.id === id);
  return listed ? [put(table, openItem(after, listed))] : [];
}

const openedTask = (referral: Referral, task: OpenTask, table: string): Write =>
  put(table, openItem(referral, task), isNew);

/** An open task as it is kept. */
export function openItem(referral: Referral, task: OpenTask) {
  const { id: referralId, crn } = referral;
  return {
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
  };
}

function taskWork(task: OpenTask, referral: Referral): { workKey?: string; workAt?: string } {
  const next = nextLook(task, clockRests(task, referral));
  return next ? { workKey: workKey('TASK', task.id), workAt: workAt(next, task.id) } : {};
}

type Closing = Pick<OpenTask, 'id' | 'type' | 'organisation' | 'dueAt'>;

function closedTask(task: Closing, events: DomainEvent[], now: Date, table: string): Write {
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
