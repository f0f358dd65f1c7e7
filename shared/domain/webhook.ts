import * as z from 'zod';
import type { EventType } from './events.ts';
import { code } from './referral-facts.ts';

/** V: who may be told by webhook: systems with events of their own, on either side of a referral. */
export const webhookRoles = ['practitioner', 'provider'] as const;

/** Why a notice was not taken. `answered`: with a status that is not a success; a redirect is one of those. */
export const failureReasons = ['answered', 'timed-out', 'unreachable', 'address-refused'] as const;
export const noticeFailure = z.object({ reason: z.enum(failureReasons), status: z.int().nullable() });
export type NoticeFailure = z.infer<typeof noticeFailure>;

/** `gone`: the receiver said so (410). `failing`: nothing has got through for too long. */
export const disabledReasons = ['gone', 'failing'] as const;

const time = z.string();
/** Positions in the organisation's feed. */
const position = z.int().min(0);

/** One organisation's webhook: where its notices go, and how far they have come. */
export const webhook = z.object({
  organisation: code,
  /** Of the client that set it up: decides what its notices show. */
  role: z.enum(webhookRoles),
  url: z.string(),
  /** Null: every type. */
  types: z.array(z.string()).nullable(),
  createdAt: time,
  changedAt: time,
  secretMadeAt: time,
  disabled: z.object({ at: time, because: z.enum(disabledReasons) }).nullable(),
  /** Everything up to here is settled: delivered, not asked for, or set aside. */
  cursor: position,
  /** Failed attempts at the event after the cursor. */
  attempts: z.int(),
  /** Failed attempts in a row, whatever they were at. */
  failures: z.int(),
  failingSince: time.nullable(),
  nextAttemptAt: time.nullable(),
  lastDeliveredAt: time.nullable(),
  lastFailure: noticeFailure.extend({ at: time }).nullable(),
  /** Within these stands what is tried once more when something gets through. */
  setAside: z.object({ first: position, last: position }).nullable(),
  /** What was set aside and is to be tried once more: after the one position, up to the other. */
  replay: z.object({ after: position, upTo: position }).nullable(),
});
export type Webhook = z.infer<typeof webhook>;

/** An event that its receiver did not take, in the feed and as it is listed. */
export const deadLetter = z.object({
  position,
  eventPk: z.string(),
  eventSk: z.string(),
  eventId: z.string(),
  type: z.string(),
  referralId: z.string().nullable(),
  setAsideAt: time,
  attempts: z.int(),
  failure: noticeFailure.extend({ at: time }),
});
export type DeadLetter = z.infer<typeof deadLetter>;

const minute = 60_000;
const hour = 60 * minute;

/** How long a receiver is given, and what becomes of an event, or of the webhook, when it is not there in that time. */
export const patience = {
  firstWait: minute / 2,
  longestWait: 6 * hour,
  /** At one event, about an hour: then it is set aside, so that the rest goes on. */
  attempts: 8,
  /** At one event, those after it was set aside among them: then it is no longer tried by itself. */
  allAttempts: 16,
  /** With nothing but failures: then the webhook is disabled. */
  failing: 3 * 24 * hour,
} as const;

/** Twice as long after each failure, and never the same for two receivers that failed together. `random`: 0 to 1. */
export const waitAfter = (failures: number, random: number): number =>
  Math.round(Math.min(patience.longestWait, patience.firstWait * 2 ** (failures - 1)) * (0.5 + random / 2));

export const wants = ({ types }: Webhook, type: EventType): boolean => types === null || types.includes(type);

export const isDue = ({ disabled, nextAttemptAt }: Webhook, now: Date): boolean =>
  disabled === null && (nextAttemptAt === null || nextAttemptAt <= now.toISOString());

/** Milliseconds for which a receiver has not taken what waits for it now. */
export const failingFor = ({ disabled, failingSince, nextAttemptAt }: Webhook, now: Date): number =>
  disabled || !failingSince || !nextAttemptAt ? 0 : now.getTime() - Date.parse(failingSince);

/** Nobody asked for the events up to there. */
export const passedOver = (before: Webhook, to: number): Webhook => ({ ...before, cursor: to });

/** Something got through, so what was set aside while nothing did is tried once more. */
export function delivered(before: Webhook, at: number, now: Date): Webhook {
  const { setAside, replay } = before;
  const again = spanOf([setAside, replay && { first: replay.after + 1, last: replay.upTo }]);
  return {
    ...before,
    ...healthy,
    cursor: Math.max(before.cursor, at),
    lastDeliveredAt: now.toISOString(),
    setAside: null,
    replay: again && { after: again.first - 1, upTo: again.last },
  };
}

/** The next event was not taken: it is tried again later, set aside, or was the last straw. */
export function notDelivered(
  before: Webhook,
  at: number,
  failure: NoticeFailure,
  { now, random }: { now: Date; random: number },
): { after: Webhook; isSetAside: boolean } {
  const trouble = isLeftAlone(before, now) ? healthy : before;
  const failures = trouble.failures + 1;
  const failingSince = trouble.failingSince ?? now.toISOString();
  const after: Webhook = {
    ...before,
    attempts: before.attempts + 1,
    failures,
    failingSince,
    lastFailure: { ...failure, at: now.toISOString() },
    nextAttemptAt: new Date(now.getTime() + waitAfter(failures, random)).toISOString(),
  };
  if (isGone(failure)) return { after: disabledFor('gone', after, now), isSetAside: false };
  if (failingFor(after, now) >= patience.failing)
    return { after: disabledFor('failing', after, now), isSetAside: false };
  if (after.attempts < patience.attempts) return { after, isSetAside: false };
  const setAside = { first: before.setAside?.first ?? at, last: at };
  // What comes next may well get through, so it is tried at once.
  return { after: { ...after, cursor: at, attempts: 0, nextAttemptAt: null, setAside }, isSetAside: true };
}

/**
 * Nothing was tried for longer than a receiver is ever made to wait: because there was nothing to tell, or by our own
 * fault. What fails then is new trouble, and the time between is none in which the receiver failed.
 */
const isLeftAlone = ({ nextAttemptAt, lastFailure }: Webhook, now: Date): boolean => {
  const due = nextAttemptAt ?? lastFailure?.at;
  return due !== undefined && now.getTime() - Date.parse(due) > patience.longestWait;
};

/**
 * What was set aside was tried once more, and stays set aside if it failed again. Where the receiver is not up to it
 * now, the others of the replay wait too. Whatever may yet be taken is tried again when something gets through, some
 * times over: so trouble in the middle of a replay costs nothing.
 */
export function replayed(
  before: Webhook,
  { position: at, attempts }: Pick<DeadLetter, 'position' | 'attempts'>,
  failure: NoticeFailure | null,
  now: Date,
): Webhook {
  const { replay } = before;
  const rest = replay && at < replay.upTo ? { ...replay, after: at } : null;
  if (!failure) return { ...before, ...healthy, lastDeliveredAt: now.toISOString(), replay: rest };
  const isHeldUp = isNotNow(failure);
  const own = mayPass(failure) && attempts + 1 < patience.allAttempts ? { first: at, last: at } : null;
  const others = isHeldUp && rest ? { first: at + 1, last: rest.upTo } : null;
  const after: Webhook = {
    ...before,
    lastFailure: { ...failure, at: now.toISOString() },
    setAside: spanOf([before.setAside, own, others]),
    replay: isHeldUp ? null : rest,
  };
  return isGone(failure) ? disabledFor('gone', after, now) : after;
}

/** It says of the receiver, not of the event, that it does not work now: nobody there, too much, or being mended. */
const isNotNow = ({ reason, status }: NoticeFailure): boolean =>
  reason !== 'answered' || status === 429 || (status !== null && status >= 502 && status <= 504);

/** The same event may well be taken another time. */
const mayPass = (failure: NoticeFailure): boolean => isNotNow(failure) || (failure.status ?? 0) >= 500;

/** From the first of all to the last. */
function spanOf(ranges: Webhook['setAside'][]): Webhook['setAside'] {
  const some = ranges.filter((range) => range !== null);
  if (some.length === 0) return null;
  return { first: Math.min(...some.map(({ first }) => first)), last: Math.max(...some.map(({ last }) => last)) };
}

/** As if nothing had ever failed. */
export const healthy = {
  disabled: null,
  attempts: 0,
  failures: 0,
  failingSince: null,
  nextAttemptAt: null,
} as const satisfies Partial<Webhook>;

export type WebhookStatus = 'active' | 'failing' | 'disabled';
export const statusOf = ({ disabled, failures }: Webhook): WebhookStatus =>
  disabled ? 'disabled' : failures > 0 ? 'failing' : 'active';

const isGone = ({ status }: NoticeFailure): boolean => status === 410;

const disabledFor = (because: (typeof disabledReasons)[number], after: Webhook, now: Date): Webhook => ({
  ...after,
  nextAttemptAt: null,
  disabled: { at: now.toISOString(), because },
});
