import { addDays, addMonths, subMonths } from 'date-fns';
import { describe, expect, it } from 'vitest';
import { noteExport, removeRecord } from '../../shared/domain/commands/records.ts';
import type { Referral } from '../../shared/domain/referral.ts';
import { concludedBy, retentionOf } from '../../shared/domain/retention.ts';
import { given } from '../builders/given.ts';
import { aDraft, aReferralState } from '../builders/story.ts';

const now = new Date('2036-03-15T12:00:00Z');
const months = 84;
const over = (at: Date, changes: Partial<Referral> = {}): Referral => ({
  ...aReferralState().recommended().withdrawn().referral,
  ...changes,
  conclusion: { at: at.toISOString(), endState: 'cancelled', endReason: 'moved' },
});
const longAgo = subMonths(now, months + 1);
const running = aReferralState().recommended().referral;

describe('What is held on a person', () => {
  it('goes when the period has run since the last conclusion of their referrals', () => {
    const concludedAt = longAgo.toISOString();
    expect(retentionOf([over(longAgo)], false, months, now)).toEqual({ keep: false, concludedAt });
    const earlier = over(subMonths(longAgo, 60));
    expect(retentionOf([earlier, over(longAgo)], false, months, now)).toEqual({ keep: false, concludedAt });
  });

  it('stays to the end of the period of the last, however old the others are', () => {
    const last = subMonths(now, 1);
    expect(retentionOf([over(longAgo), over(last)], false, months, now)).toEqual({
      keep: true,
      because: 'period',
      until: addMonths(last, months),
    });
  });

  it('goes on the very moment and not before', () => {
    const end = addMonths(longAgo, months);
    expect(retentionOf([over(longAgo)], false, months, end).keep).toBe(false);
    expect(retentionOf([over(longAgo)], false, months, new Date(end.getTime() - 1)).keep).toBe(true);
  });

  it('stays while any referral of theirs goes on, or is a draft', () => {
    for (const other of [running, aDraft().referral]) {
      const kept = retentionOf([over(longAgo), other], false, months, now);
      expect(kept).toEqual({ keep: true, because: 'not-concluded', until: addDays(now, 1) });
    }
  });

  it('E7: stays while a task is open that outlives its referral', () => {
    const [task] = running.openTasks;
    if (!task) throw new Error('no task');
    const kept = retentionOf([over(longAgo, { openTasks: [task] })], false, months, now);
    expect(kept).toMatchObject({ keep: true, because: 'open-task' });
  });

  it('stays under a legal hold, whatever else is so', () => {
    for (const referrals of [[over(longAgo)], [running], [over(longAgo), over(longAgo)], []]) {
      const kept = retentionOf(referrals, true, months, now);
      expect(kept).toEqual({ keep: true, because: 'legal-hold', until: addDays(now, 1) });
    }
  });

  it('does not count what has been removed already', () => {
    const removed = over(now, { removedAt: now.toISOString() });
    expect(retentionOf([removed, over(longAgo)], false, months, now).keep).toBe(false);
  });

  it('is looked at by the time of its conclusion, in whole months', () => {
    expect(concludedBy(now, 84).toISOString()).toBe('2029-03-15T12:00:00.000Z');
  });
});

describe('The removal of a record', () => {
  const command = { periodMonths: months, concludedAt: longAgo.toISOString() };
  const concluded = () => aReferralState().recommended().withdrawn();

  it('takes whose it was and all that tells of them, and leaves ids, codes and times', () => {
    const before = concluded().referral;
    given(concluded())
      .when(removeRecord, command)
      .thenEvents({ type: 'record.removed.v1', data: command })
      .thenSees(({ referral, world: { confidential } }) => {
        expect(confidential).toEqual({ person: {}, reasonForReferral: null, needs: {} });
        expect(JSON.stringify(referral)).not.toContain(before.crn);
        expect(referral).toMatchObject({
          id: before.id,
          crn: 'removed',
          removedAt: expect.any(String),
          facts: { needs: [] },
          needs: before.needs,
          conclusion: before.conclusion,
        });
      });
  });

  it('does not happen to a referral that was reopened, or that has a task open', () => {
    given(aReferralState().recommended()).when(removeRecord, command).thenNothing();
    given(aDraft()).when(removeRecord, command).thenNothing();
  });
});

describe('An export', () => {
  it('is told in the history by its id and its reason alone, and changes nothing: the ETag stays', () => {
    const exportId = '00000000-0000-4000-8000-0000000000ff';
    given(aReferralState().recommended())
      .when(noteExport, { exportId, reason: 'complaint' })
      .thenEvents({ type: 'record.exported.v1', data: { exportId, reason: 'complaint' } })
      .thenSees(({ referral }) => expect(referral.version).toBe(running.version));
  });
});
