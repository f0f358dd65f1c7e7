import { audienceOf } from '../domain/audience.ts';
import type { Context, ReferralState } from '../domain/decision.ts';
import { type DomainEvent, eventData } from '../domain/events.ts';
import { evolve } from '../domain/evolve.ts';
import { crnOf, isRemoved, type Referral } from '../domain/referral.ts';
import type { CommandOptions } from '../ports.ts';
import { diaryChanges } from './diary-changes.ts';
import { effectivenessChanges } from './effectiveness.ts';
import { executionChanges, segmentCheck, takenOver, wokenBy } from './execution-changes.ts';
import { indexKeys, keys, workAt, workKey } from './keys.ts';
import { placeChanges } from './place-changes.ts';
import { reminderWork } from './reminders.ts';
import { noHoldOn, retentionChanges } from './retention-changes.ts';
import { taskChanges } from './task-changes.ts';
import { type Change, isNew, type Purpose, put, unchangedSince, type Write } from './writes.ts';

interface Tables {
  record: string;
  private: string;
}

/** All that a command writes, as one list for one transaction (architecture rule 1), but for its seats in group sessions. */
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

/** Applies events to a state and lists the writes that make it so. */
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
    add('event', put(tables.record, eventItem(state, next, event, eventIds[index] ?? '', context, options)));
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
  for (const write of placeChanges(before?.referral, after.referral, events, now, tables.record))
    add('capacity', write);
  for (const write of effectivenessChanges(before?.referral, after, now, tables.record)) add('effectiveness', write);
  for (const write of partyChanges(after.referral, events, now, tables.record)) add('state', write);
  for (const change of retentionChanges(before?.referral, after.referral, now, tables)) changes.push(change);
  const wakes = options.by.client === systemClients.lifecycle ? [] : wokenBy(before, after, events);
  if (!before)
    add(
      'state',
      put(tables.record, { ...keys.reference(after.referral.referenceNumber), id: after.referral.id }, isNew),
    );
  add('state', putReferral(tables.record, before?.referral, after.referral));
  for (const write of diaryChanges(before, after, tables.record)) add('state', write);
  for (const change of parts(before, after, now, tables)) changes.push(change);
  for (const write of taskChanges(before?.referral, after.referral, events, now, tables.record)) add('task', write);
  for (const write of executionChanges(before, after, events, wakes, options, now, tables.record))
    add('execution', write);
  if (options.execution) add('segment', segmentCheck(tables.record, options.execution));
  if (options.takeOver) add('segment', takenOver(tables.record, options.takeOver, now));
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
export const systemClients = {
  lifecycle: 'referral-lifecycle',
  sweeper: 'sweeper',
  places: 'waiting-list',
  reconciler: 'reconciler',
  retention: 'retention',
  groups: 'group-sessions',
} as const;

/** `referral.sent.v1` brings its own state; nothing stands before it. */
const blank = { referral: { sequence: 0, version: 0 } };

function putReferral(table: string, before: Referral | undefined, after: Referral): Write {
  const attention = after.attention
    ? { workKey: workKey('ATTENTION', after.id), workAt: workAt(after.attention.since, after.id) }
    : {};
  const item = { ...keys.referral(after.id), ...indexKeys.referral(after), ...attention, ...after };
  return put(table, item, before ? unchangedSince('sequence', before.sequence) : isNew);
}

function parts(before: ReferralState | undefined, after: ReferralState, now: Date, tables: Tables): Change[] {
  const changes: Change[] = [];
  const { allocation, appointment, message, onwardLink, confidential, referral } = after;
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
    changes.push({
      purpose: 'state',
      write: put(tables.record, { ...key, ...reminderWork(appointment, now), ...appointment }, condition),
    });
  }
  if (message && message !== before?.message) {
    const condition = before?.message ? isUnread : isNew;
    const item = { ...keys.message(message.referralId, message.id), ...message };
    changes.push({ purpose: 'state', write: put(tables.record, item, condition) });
  }
  if (onwardLink && onwardLink !== before?.onwardLink) {
    const key = keys.onwardLink(onwardLink.allocationId, onwardLink.id);
    const condition = before?.onwardLink ? unchangedSince('version', before.onwardLink.version) : isNew;
    changes.push({ purpose: 'state', write: put(tables.record, { ...key, ...onwardLink }, condition) });
  }
  if (referral.removedAt) return changes;
  if (isRemoved(referral) && !(before && isRemoved(before.referral))) {
    const Key = keys.person(referral.crn, referral.id);
    changes.push(noHoldOn(referral.crn, tables.private));
    changes.push({ purpose: 'private', write: { Delete: { TableName: tables.private, Key } } });
  } else if (confidential && confidential !== before?.confidential) {
    const item = { ...keys.person(referral.crn, referral.id), ...confidential };
    changes.push({ purpose: 'private', write: put(tables.private, item) });
  }
  return changes;
}

/** The first receipt of a message stands. */
const isUnread = {
  ConditionExpression: '#readAt = :none',
  ExpressionAttributeNames: { '#readAt': 'readAt' },
  ExpressionAttributeValues: { ':none': null },
};

/** The event as history keeps it and the outbox sends it: one item, so that the two cannot disagree. */
function eventItem(
  before: ReferralState | undefined,
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
    audience: audienceOf(referral, event, before?.referral),
    referralId: referral.id,
    crn: crnOf(referral),
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
