import { assert, double, integer, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  delivered,
  healthy,
  isDue,
  type NoticeFailure,
  notDelivered,
  patience,
  replayed,
  statusOf,
  type Webhook,
  waitAfter,
  wants,
} from '../../shared/domain/webhook.ts';
import { aWebhook } from '../builders/webhooks.ts';

const start = new Date('2026-06-15T09:00:00.000Z');
const later = (milliseconds: number, from = start) => new Date(from.getTime() + milliseconds);
const answered = (status: number): NoticeFailure => ({ reason: 'answered', status });
const away: NoticeFailure = { reason: 'unreachable', status: null };
const hour = 3_600_000;
/** Set aside after its last attempt of the first round, unless it says otherwise. */
const letter = (position: number, attempts: number = patience.attempts) => ({ position, attempts });

/** Fails at the same event, each time that it is due, until it is done with. */
function failing(webhook: Webhook, failure: NoticeFailure, times: number, random = 1) {
  let now = start;
  let last = { after: webhook, isSetAside: false };
  for (let time = 0; time < times; time += 1) {
    now = last.after.nextAttemptAt ? new Date(last.after.nextAttemptAt) : now;
    last = notDelivered(last.after, last.after.cursor + 1, failure, { now, random });
  }
  return { ...last, now };
}

describe('V: a notice that is not taken', () => {
  it('is tried again, each time after about twice as long, and never after more than six hours', () => {
    expect([1, 2, 3, 4].map((failures) => waitAfter(failures, 1))).toEqual([30_000, 60_000, 120_000, 240_000]);
    expect(waitAfter(1, 0)).toBe(15_000);
    expect(waitAfter(30, 1)).toBe(6 * hour);
    assert(
      property(integer({ min: 1, max: 1000 }), double({ min: 0, max: 1, noNaN: true }), (failures, random) => {
        const wait = waitAfter(failures, random);
        return wait >= patience.firstWait / 2 && wait <= patience.longestWait;
      }),
    );
  });

  it('holds up what comes after it until then', () => {
    const { after } = failing(aWebhook({ cursor: 4 }), answered(500), 1);
    expect(after).toMatchObject({ cursor: 4, attempts: 1, failures: 1, failingSince: start.toISOString() });
    expect([isDue(after, later(29_999)), isDue(after, later(30_000))]).toEqual([false, true]);
    expect(statusOf(after)).toBe('failing');
  });

  it('is set aside after its last attempt, about an hour later, and the next one is tried at once', () => {
    const before = failing(aWebhook(), answered(500), patience.attempts - 1);
    expect(before.isSetAside).toBe(false);
    const { after, isSetAside, now } = failing(aWebhook(), answered(500), patience.attempts);
    expect(isSetAside).toBe(true);
    expect(now.getTime() - start.getTime()).toBeLessThan(1.2 * hour);
    expect(after).toMatchObject({ cursor: 1, attempts: 0, nextAttemptAt: null, setAside: { first: 1, last: 1 } });
    expect(isDue(after, now)).toBe(true);
  });

  it('is tried once more as soon as another one gets through, and then stays set aside if it fails again', () => {
    const { after } = failing(aWebhook(), away, patience.attempts);
    const through = delivered(after, 2, later(hour));
    expect(through).toMatchObject({ ...healthy, cursor: 2, setAside: null, replay: { after: 0, upTo: 1 } });
    expect(replayed(through, letter(1), null, later(hour)).replay).toBeNull();
    const again = replayed(through, letter(1), answered(422), later(hour));
    expect(again).toMatchObject({ replay: null, setAside: null, failures: 0, lastFailure: { status: 422 } });
  });

  it('disables the webhook at once where the receiver says that it is gone, and nothing is passed over', () => {
    const { after } = failing(aWebhook({ cursor: 7 }), answered(410), 1);
    expect(after).toMatchObject({ cursor: 7, disabled: { because: 'gone', at: start.toISOString() } });
    expect([statusOf(after), isDue(after, later(999 * hour))]).toEqual(['disabled', false]);
    expect(replayed(aWebhook(), letter(3), answered(410), start).disabled?.because).toBe('gone');
  });

  it('disables the webhook when nothing has got through for three days', () => {
    let { after, now } = failing(aWebhook(), away, 1);
    while (!after.disabled) ({ after, now } = next(after));
    expect(after.disabled.because).toBe('failing');
    const took = now.getTime() - start.getTime();
    expect([took >= patience.failing, took < patience.failing + patience.longestWait]).toEqual([true, true]);
    // An outage sets few aside: what fails next is tried as rarely as the receiver has come to be.
    expect(after.cursor).toBeLessThan(4);
  });

  it('does not disable a quiet receiver for one blip long after another one', () => {
    const { after: quiet, isSetAside, now } = failing(aWebhook(), away, patience.attempts);
    expect(isSetAside).toBe(true);
    const blip = later(4 * 24 * hour, now);
    const { after } = notDelivered(quiet, 2, away, { now: blip, random: 1 });
    expect(after).toMatchObject({ disabled: null, failures: 1, failingSince: blip.toISOString() });
  });

  it('nor for what we ourselves were too late to try again', () => {
    const { after: waiting } = failing(aWebhook(), away, 1);
    const { after } = notDelivered(waiting, 1, away, { now: later(4 * 24 * hour), random: 1 });
    expect(after).toMatchObject({ disabled: null, attempts: 2, failures: 1 });
  });

  it('does not disable the webhook for how many fail, only for how long', () => {
    const many = aWebhook({ failures: 1000, failingSince: start.toISOString() });
    expect(notDelivered(many, 1, answered(400), { now: start, random: 0 }).after.disabled).toBeNull();
  });

  const next = (webhook: Webhook) => {
    const now = new Date(webhook.nextAttemptAt ?? webhook.lastFailure?.at ?? start);
    return { ...notDelivered(webhook, webhook.cursor + 1, away, { now, random: 1 }), now };
  };
});

describe('V: a replay', () => {
  const replaying = aWebhook({ cursor: 9, replay: { after: 0, upTo: 9 } });

  it('goes on past what is answered with a failure, to the last that was set aside when it was asked for', () => {
    expect(replayed(replaying, letter(3), answered(422), start).replay).toEqual({ after: 3, upTo: 9 });
    expect(replayed(replaying, letter(3), null, start).replay).toEqual({ after: 3, upTo: 9 });
    expect(replayed(replaying, letter(9), null, start).replay).toBeNull();
  });

  it.each([away, { reason: 'timed-out', status: null } as const, answered(429), answered(503)])(
    'waits where the receiver is not up to it now, and goes on from there when something gets through: %o',
    (failure) => {
      const waiting = replayed(replaying, letter(3), failure, start);
      expect(waiting).toMatchObject({ replay: null, setAside: { first: 3, last: 9 }, failures: 0, disabled: null });
      expect(delivered(waiting, 10, start)).toMatchObject({ replay: { after: 2, upTo: 9 }, setAside: null });
    },
  );

  it('goes on past an error of the receiver, which may be of one event only; that one is tried again too', () => {
    const after = replayed(replaying, letter(3), answered(500), start);
    expect(after).toMatchObject({ replay: { after: 3, upTo: 9 }, setAside: { first: 3, last: 3 } });
    expect(delivered(after, 10, start)).toMatchObject({ replay: { after: 2, upTo: 9 }, setAside: null });
  });

  it('leaves alone in the end what was tried too often, and goes on behind it', () => {
    const often = patience.allAttempts - 1;
    expect(replayed(replaying, letter(3, often), answered(500), start).setAside).toBeNull();
    expect(replayed(replaying, letter(3, often), away, start).setAside).toEqual({ first: 4, last: 9 });
    expect(replayed(replaying, letter(9, often), away, start).setAside).toBeNull();
  });

  it('of which one gets through shows that nothing fails any more', () => {
    const { after: failed } = failing(replaying, away, patience.attempts);
    const taken = replayed(failed, letter(3), null, later(hour));
    expect(taken).toMatchObject({ ...healthy, lastDeliveredAt: later(hour).toISOString() });
    expect(statusOf(taken)).toBe('active');
  });

  it('never moves the cursor', () => expect(replayed(replaying, letter(3), null, start).cursor).toBe(9));
});

describe('V: which events', () => {
  it('are those of the types that were asked for; of none, all', () => {
    expect(wants(aWebhook(), 'offer.made.v1')).toBe(true);
    const some = aWebhook({ types: ['offer.made.v1'] });
    expect([wants(some, 'offer.made.v1'), wants(some, 'offer.lapsed.v1')]).toEqual([true, false]);
  });
});
