import { isDraft, isRemoved, type Referral } from '../domain/referral.ts';

/** Every key of both tables, in one place. `docs/data-model.md` lists what reads them. */

/** What is listed across organisations is spread over this many index partitions. */
const workShards = 4;

export const shardOf = (id: string): number => Number.parseInt(id.slice(-2), 16) % workShards || 0;
export const shards = (prefix: string): string[] =>
  Array.from({ length: workShards }, (_, shard) => `${prefix}#${shard}`);

/** What somebody or something still has to do: the sparse `work` index. */
export type WorkKind =
  | 'TASK'
  | 'EXECUTION'
  | 'EVENT'
  | 'ATTENTION'
  | 'WAITING'
  | 'PERIOD'
  | 'ROUND'
  | 'GROUP'
  | 'REMINDER'
  | 'RETENTION';
export const workKey = (kind: WorkKind, id: string): string => `${kind}#${shardOf(id)}`;
/**
 * When to look, with an id, since a page goes on after the last value that it was given: many fall due at one moment,
 * and a page that ended among them would pass over the rest.
 */
export const workAt = (at: string, id: string): string => `${at}#${id}`;
/** The time alone. */
export const timeOf = (at: string): string => at.split('#', 1)[0] ?? '';

const padded = (n: number): string => String(n).padStart(8, '0');

export const keys = {
  referral: (id: string) => ({ pk: `REFERRAL#${id}`, sk: 'REFERRAL' }),
  event: (pk: string, sequence: number) => ({ pk, sk: `EVENT#${padded(sequence)}` }),
  execution: (referralId: string, executionId: string) => ({
    pk: `REFERRAL#${referralId}`,
    sk: `EXECUTION#${executionId}`,
  }),
  party: (referralId: string, providerId: string) => ({ pk: `REFERRAL#${referralId}`, sk: `PARTY#${providerId}` }),
  /** Held by the referral that has the number: no two may. */
  reference: (referenceNumber: string) => ({ pk: `REFERENCE#${referenceNumber}`, sk: 'REFERENCE' }),
  /** Its id begins with the time: a referral's messages are in the order of sending. */
  message: (referralId: string, id: string) => ({ pk: `REFERRAL#${referralId}`, sk: `MESSAGE#${id}` }),
  /** That it has concluded, and so is to be looked at when its period ends (ADR 24). */
  retention: (referralId: string) => ({ pk: `REFERRAL#${referralId}`, sk: 'RETENTION' }),
  task: (id: string) => ({ pk: `TASK#${id}`, sk: 'TASK' }),
  allocation: (id: string) => ({ pk: `ALLOCATION#${id}`, sk: 'ALLOCATION' }),
  appointment: (allocationId: string, id: string) => ({ pk: `ALLOCATION#${allocationId}`, sk: `APPOINTMENT#${id}` }),
  onwardLink: (allocationId: string, id: string) => ({ pk: `ALLOCATION#${allocationId}`, sk: `ONWARD-LINK#${id}` }),
  /** A day of a caseworker's diary (ADR 21). */
  diary: (providerId: string, caseworkerId: string, day: string) => ({
    pk: `CASEWORKER#${providerId}#${caseworkerId}`,
    sk: `DAY#${day}`,
  }),
  groupSession: (id: string) => ({ pk: `GROUP#${id}`, sk: 'GROUP' }),
  service: (id: string) => ({ pk: `SERVICE#${id}`, sk: 'SERVICE' }),
  capacity: (serviceId: string) => ({ pk: `SERVICE#${serviceId}`, sk: 'CAPACITY' }),
  /** Who holds a place: an offer or an allocation. */
  place: (serviceId: string, holder: string) => ({ pk: `SERVICE#${serviceId}`, sk: `PLACE#${holder}` }),
  /** What came of its work in one month. */
  effectiveness: (serviceId: string, month: string) => ({ pk: `SERVICE#${serviceId}`, sk: `EFFECTIVENESS#${month}` }),
  /** Who is in line for one. */
  waiting: (serviceId: string, referralId: string) => ({ pk: `SERVICE#${serviceId}`, sk: `WAITING#${referralId}` }),
  /** How far those who wait have been looked at since it changed. */
  round: (serviceId: string) => ({ pk: `SERVICE#${serviceId}`, sk: 'ROUND' }),
  /** How far the reconciliation of the directory's places has come. */
  reconciliation: { pk: 'RECONCILIATION', sk: 'RECONCILIATION' },
  /** How far one of the reconciler's rounds has come. */
  reconcilerRound: (of: string) => ({ pk: 'RECONCILIATION', sk: `ROUND#${of}` }),
  serviceInArea: (area: string, serviceId: string) => ({ pk: `AREA#${area}`, sk: `SERVICE#${serviceId}` }),
  client: (id: string) => ({ pk: `CLIENT#${id}`, sk: 'CLIENT' }),
  idempotency: (client: string, route: string, key: string) => ({
    pk: `IDEMPOTENCY#${client}#${route}#${key}`,
    sk: 'IDEMPOTENCY',
  }),
  feed: (organisation: string, position: number) => ({
    pk: `FEED#${organisation}`,
    sk: `EVENT#${String(position).padStart(16, '0')}`,
  }),
  feedCounter: (organisation: string) => ({ pk: `FEED#${organisation}`, sk: 'COUNTER' }),
  webhook: (organisation: string) => ({ pk: `WEBHOOK#${organisation}`, sk: 'WEBHOOK' }),
  deadLetter: (organisation: string, position: number) => ({
    pk: `WEBHOOK#${organisation}`,
    sk: `DEAD#${String(position).padStart(16, '0')}`,
  }),
  clock: { pk: 'CLOCK', sk: 'CLOCK' },
  /** In the private table. Everything held on one CRN is one partition. */
  person: (crn: string, referralId: string) => ({ pk: `CRN#${crn}`, sk: `REFERRAL#${referralId}#PERSON` }),
  text: (crn: string, referralId: string, key: string) => ({
    pk: `CRN#${crn}`,
    sk: `REFERRAL#${referralId}#TEXT#${key}`,
  }),
  answer: (crn: string, referralId: string, taskId: string) => ({
    pk: `CRN#${crn}`,
    sk: `REFERRAL#${referralId}#ANSWER#${taskId}`,
  }),
  /** While it stands, nothing on the CRN is removed (ADR 24). */
  legalHold: (crn: string) => ({ pk: `CRN#${crn}`, sk: 'LEGAL-HOLD' }),
  legalHoldChange: (crn: string, at: string, id: string) => ({
    pk: `CRN#${crn}`,
    sk: `LEGAL-HOLD-CHANGE#${at}#${id}`,
  }),
  /** Apart from all else on the CRN, so that access to a person does not reach it (ADR 11). */
  equality: (crn: string, referralId: string) => ({ pk: `EQUALITY#${crn}`, sk: `REFERRAL#${referralId}` }),
  /** Apart from all that is about people: what the webhook of an organisation is signed with (ADR 16). */
  webhookSecret: (organisation: string) => ({ pk: `WEBHOOK#${organisation}`, sk: 'SECRET' }),
  token: (executionId: string) => ({ pk: `TOKEN#${executionId}`, sk: 'TOKEN' }),
  /** Where a group session takes place: words, and of some groups they tell what it is about (O14, O15). */
  groupPlace: (id: string) => ({ pk: `GROUP#${id}`, sk: 'PLACE' }),
} as const;

/** Whose feed it is, by its partition key. */
export const readerOf = (feed: string): string => feed.slice('FEED#'.length);

/** Keys of the `owner`, `crn` and `all` indexes; all project keys only, so that an update costs them nothing. */
export const indexKeys = {
  crn: (crn: string) => `CRN#${crn}`,
  /**
   * What was never sent is in no list but its owner's, and once it was removed in none by its person. A sent one whose
   * record was removed is in no list at all.
   */
  referral: (r: Referral) =>
    r.removedAt
      ? {}
      : {
          ownerKey: `REFERRALS#${r.organisation}`,
          ownerSort: `${r.createdAt}#${r.id}`,
          ...(isRemoved(r) ? {} : { crnKey: indexKeys.crn(r.crn), crnSort: `${r.createdAt}#${r.id}` }),
          ...(r.sentAt ? { allKey: `REFERRALS#${shardOf(r.id)}`, allSort: `${r.createdAt}#${r.id}` } : {}),
          ...(isDraft(r) ? indexKeys.open(r.id) : {}),
        },
  /** Executions until they are known to be over, and drafts: what the reconciler looks at (ADR 25). */
  open: (referralId: string, executionId = referralId) => ({
    allKey: `OPEN#${shardOf(referralId)}`,
    allSort: `${referralId}#${executionId}`,
  }),
  party: (referralId: string, providerId: string, at: string) => ({
    ownerKey: `REFERRALS#${providerId}`,
    ownerSort: `${at}#${referralId}`,
  }),
  /** A draft is nobody's but its owner's. */
  task: (task: { id: string; type: string; organisation: string; status: string; dueAt: string }) => ({
    ownerKey: `TASKS#${task.organisation}#${task.status}`,
    ownerSort: `${task.dueAt}#${task.id}`,
    ...(task.type === 'draft'
      ? {}
      : { allKey: `TASKS#${task.status}#${shardOf(task.id)}`, allSort: `${task.dueAt}#${task.id}` }),
  }),
  service: (id: string) => ({ ownerKey: 'SERVICES', ownerSort: id }),
  groupSession: ({ id, providerId, startsAt }: { id: string; providerId: string; startsAt: string }) => ({
    ownerKey: `GROUP-SESSIONS#${providerId}`,
    ownerSort: `${startsAt}#${id}`,
  }),
  webhook: (organisation: string) => ({ ownerKey: 'WEBHOOKS', ownerSort: organisation }),
};
