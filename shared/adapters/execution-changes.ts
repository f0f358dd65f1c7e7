import type { ReferralState } from '../domain/decision.ts';
import type { DomainEvent } from '../domain/events.ts';
import type { Referral } from '../domain/referral.ts';
import { deliveryStanding, lifecycleStanding } from '../domain/standing.ts';
import type { CommandOptions, ExecutionRef, Machine } from '../ports.ts';
import { indexKeys, keys, workAt, workKey } from './keys.ts';
import { isNew, put, type Write } from './writes.ts';

/** Events after which every execution of a referral looks again, wherever it is parked. */
const wakesAll = new Set<string>([
  'referral.amended.v1',
  'referral.paused.v1',
  'referral.resumed.v1',
  'referral.withdrawn.v1',
  'referral.ended-early.v1',
  'referral.found-ineligible.v1',
]);

/** The executions whose wait these events end: those whose standing they change. */
export function wokenBy(before: ReferralState | undefined, after: ReferralState, events: DomainEvent[]): string[] {
  // Nothing runs of what has concluded: a reopening starts it afresh.
  if (!before?.referral.sentAt || before.referral.conclusion) return [];
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

/** Executions that begin, start afresh or are to be woken. */
export function executionChanges(
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
    ...events.flatMap((event) => {
      if (event.type === 'referral.sent.v1') return newExecution(table, id, id, 'referral-lifecycle', now);
      if (event.type !== 'allocation.started.v1') return [];
      return newExecution(table, id, event.data.allocationId, 'allocation-delivery', now);
    }),
  ];
  const restarted = new Set(options.restart);
  const taken = options.takeOver?.executionId;
  const woken = new Set([...wakes, ...(options.wake ?? [])].filter((id) => !restarted.has(id) && id !== taken));
  return [
    ...created,
    ...[...restarted].map((execution) => moveExecution(table, id, execution, now, true)),
    ...[...woken].map((execution) => moveExecution(table, id, execution, now, false)),
    ...(isAskedAgain(before, after) && !woken.has(id) && !restarted.has(id) ? [listedAgain(table, id, now)] : []),
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
      ...indexKeys.open(referralId, executionId),
      workKey: workKey('EXECUTION', executionId),
      workAt: workAt(now.toISOString(), executionId),
      movedAt: now.toISOString(),
    },
    isNew,
  );

/** It has something to look at: the sweeper takes it up if nobody does, and the reconciler once it has had its time. */
const moved = 'workKey = :key, workAt = :at, movedAt = :now, allKey = :open, allSort = :sort';
function movedValues(referralId: string, executionId: string, now: Date): Record<string, string> {
  const { allKey, allSort } = indexKeys.open(referralId, executionId);
  return {
    ':key': workKey('EXECUTION', executionId),
    ':at': workAt(now.toISOString(), executionId),
    ':now': now.toISOString(),
    ':open': allKey,
    ':sort': allSort,
  };
}

/** Somebody is asked something after the conclusion, when all had been answered. */
const isAskedAgain = (before: ReferralState | undefined, { referral }: ReferralState): boolean =>
  before?.referral.conclusion !== null &&
  before?.referral.openTasks.length === 0 &&
  referral.conclusion !== null &&
  referral.sentAt !== null &&
  referral.openTasks.length > 0;

/** Nothing runs of it any more, but there is something to hold together again. */
const listedAgain = (table: string, referralId: string, now: Date): Write => ({
  Update: {
    TableName: table,
    Key: keys.execution(referralId, referralId),
    UpdateExpression: 'SET movedAt = :at, allKey = :open, allSort = :sort',
    ConditionExpression: 'attribute_exists(pk)',
    ExpressionAttributeValues: {
      ':at': now.toISOString(),
      ':open': indexKeys.open(referralId).allKey,
      ':sort': indexKeys.open(referralId).allSort,
    },
  },
});

function moveExecution(table: string, referralId: string, executionId: string, now: Date, afresh: boolean): Write {
  return {
    Update: {
      TableName: table,
      Key: keys.execution(referralId, executionId),
      UpdateExpression: `SET ${moved} ADD turn :one${afresh ? ', #segment :one' : ''}`,
      ...(afresh ? { ExpressionAttributeNames: { '#segment': 'segment' } } : {}),
      ConditionExpression: 'attribute_exists(pk)',
      ExpressionAttributeValues: { ...movedValues(referralId, executionId, now), ':one': 1 },
    },
  };
}

/** The next segment, if this one is still the current. */
export const takenOver = (table: string, { referralId, executionId, segment }: ExecutionRef, now: Date): Write => ({
  Update: {
    TableName: table,
    Key: keys.execution(referralId, executionId),
    UpdateExpression: `SET #segment = :next, ${moved}`,
    ConditionExpression: '#segment = :segment',
    ExpressionAttributeNames: { '#segment': 'segment' },
    ExpressionAttributeValues: {
      ':next': segment + 1,
      ':segment': segment,
      ...movedValues(referralId, executionId, now),
    },
  },
});

/** Only the current segment may act (architecture rule 5). */
export const segmentCheck = (
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
