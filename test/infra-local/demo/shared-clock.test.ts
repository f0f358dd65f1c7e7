import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { SharedClock } from '../../../infra/local/demo/shared-clock.ts';

const DAY = 86_400_000;
const inDays = (days: number) => new Date(Date.now() + days * DAY);

/** A clock that notes its jumps, in whole days, instead of moving anything. */
function aClock() {
  const jumps: number[] = [];
  let offset = 0;
  const clock = new SharedClock(0, async (by) => {
    jumps.push(Math.round(by / DAY));
    offset += by;
    return { offset };
  });
  return { clock, jumps };
}

describe('The clock that stories share', () => {
  it('jumps only when every story that still plays is waiting', async () => {
    const { clock, jumps } = aClock();
    const atWork = Promise.withResolvers<void>();
    const all = clock.playing([() => clock.passes(inDays(2)), () => atWork.promise]);
    await turn();
    expect(jumps).toEqual([]);
    atWork.resolve();
    await all;
    expect(jumps).toEqual([2]);
  });

  it('jumps to the earliest moment first, and goes on from there', async () => {
    const { clock, jumps } = aClock();
    const order: string[] = [];
    const waits = (name: string, days: number) => async () => {
      await clock.passes(inDays(days));
      order.push(name);
    };
    await clock.playing([waits('late', 9), waits('early', 2), waits('early too', 2)]);
    expect(order).toEqual(['early', 'early too', 'late']);
    expect(jumps).toEqual([2, 7]);
    expect(clock.now() > inDays(9)).toBe(true);
  });

  it('does not wait for a story that has failed', async () => {
    const { clock, jumps } = aClock();
    const failing = async () => {
      throw new Error('it went wrong');
    };
    const waiting = clock.passes.bind(clock, inDays(3));
    await expect(clock.playing([failing, waiting])).rejects.toThrow('it went wrong');
    await turn();
    expect(jumps).toEqual([3]);
  });

  it('that cannot be moved fails those who wait, not the others', async () => {
    const clock = new SharedClock(0, () => Promise.reject(new Error('the sweeper failed')));
    await expect(clock.playing([() => clock.passes(inDays(1))])).rejects.toThrow('the sweeper failed');
  });

  it('does not jump back for a moment that has passed', async () => {
    const { clock, jumps } = aClock();
    await clock.playing([() => clock.passes(inDays(-3))]);
    expect(jumps).toEqual([0]);
  });
});
