import { addDays } from 'date-fns';
import { describe, expect, it } from 'vitest';
import { look } from '../../../functions/tasks/look.ts';
import type { ExecutionRecord } from '../../../shared/ports.ts';
import { today } from '../../builders/referral-facts.ts';
import { aReferralState } from '../../builders/story.ts';

const state = aReferralState().state();
const { id: referralId } = state.referral;
const second = { referralId, executionId: referralId, segment: 2 };

/** What the second segment is told, by what the record says of it. */
const looked = (record: Partial<ExecutionRecord>, now: Date) =>
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
          ...record,
        }),
      },
      referrals: { load: async () => state },
    },
    1000,
  )({ ...second, passes: 0 }, {} as never);

describe('Rule 5: an execution', () => {
  it('hands over when it has run for 300 days by the application’s clock', async () => {
    expect(await looked({}, addDays(today, 299))).not.toMatchObject({ standing: 'segment-full' });
    expect(await looked({}, addDays(today, 300))).toMatchObject({ standing: 'segment-full' });
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
