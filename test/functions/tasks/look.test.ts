import { addDays } from 'date-fns';
import { describe, expect, it, vi } from 'vitest';
import { look } from '../../../functions/tasks/look.ts';
import type { ExecutionRecord } from '../../../shared/ports.ts';
import { today } from '../../builders/referral-facts.ts';
import { aReferralState } from '../../builders/story.ts';

const state = aReferralState().state();
const { id: referralId } = state.referral;
const second = { referralId, executionId: referralId, segment: 2 };

const noteDefinition = vi.fn(async () => undefined);
/** What the second segment is told, by what the record says of it, and by what it says of itself. */
const looked = (record: Partial<ExecutionRecord>, now: Date, { passes = 0, definition = 1, release = 1 } = {}) =>
  look(
    {
      clock: { now: async () => now },
      executions: {
        find: async () => ({
          ...second,
          machine: 'referral-lifecycle',
          turn: 3,
          startedSegment: 2,
          startedAt: today.toISOString(),
          definition: 1,
          ...record,
        }),
        noteDefinition,
      },
      referrals: { load: async () => state },
    },
    { mostPasses: 1000, release },
  )({ ...second, passes, definition }, {} as never);

describe('Rule 5: an execution', () => {
  it('hands over before its next wait could make it 300 days old, by the application’s clock', async () => {
    expect(await looked({}, addDays(today, 268))).not.toMatchObject({ standing: 'segment-full' });
    expect(await looked({}, addDays(today, 269))).toMatchObject({ standing: 'segment-full' });
  });

  it('is young when it has only just begun, whatever time the clock was moved to', async () => {
    const far = addDays(today, 400);
    expect(await looked({ startedAt: far.toISOString() }, far)).not.toMatchObject({ standing: 'segment-full' });
  });

  it('is not as old as the segment before it, of which the record may still tell', async () => {
    const unmarked = { startedSegment: 1, startedAt: today.toISOString() };
    expect(await looked(unmarked, addDays(today, 400))).not.toMatchObject({ standing: 'segment-full' });
    expect(await looked({ startedSegment: 0, startedAt: null }, addDays(today, 400))).not.toMatchObject({
      standing: 'segment-full',
    });
  });
});

describe('Rule 5: an execution of a definition', () => {
  const full = { standing: 'segment-full' };

  it('that has been replaced hands over at its next look', async () => {
    expect(await looked({}, today, { passes: 1, definition: 1, release: 2 })).toMatchObject(full);
    expect(await looked({ definition: 2 }, today, { passes: 1, definition: 2, release: 2 })).not.toMatchObject(full);
  });

  it('that is newer than this function, as after a step back, goes on', async () => {
    expect(await looked({ definition: 2 }, today, { passes: 1, definition: 2, release: 1 })).not.toMatchObject(full);
  });

  it('that has been replaced does not hand over as soon as it starts, or it would go round until the new one is there', async () => {
    expect(await looked({}, today, { passes: 0, definition: 1, release: 2 })).not.toMatchObject(full);
  });

  it('says once which one it runs', async () => {
    noteDefinition.mockClear();
    await looked({ definition: 1 }, today, { definition: 2 });
    expect(noteDefinition.mock.calls).toEqual([[second, 2]]);
    await looked({ definition: 2 }, today, { definition: 2, passes: 1 });
    expect(noteDefinition).toHaveBeenCalledOnce();
  });
});
