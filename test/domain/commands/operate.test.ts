import { describe, expect, it } from 'vitest';
import { noteFailure, redrive, release, republish } from '../../../shared/domain/commands/operate.ts';
import { given } from '../../builders/given.ts';
import { aReferralState } from '../../builders/story.ts';

const story = () => aReferralState().recommended();
const executionId = '00000000-0000-4000-8000-000000000001';
const failed = () => story().does(noteFailure, { executionId, status: 'TIMED_OUT' });

describe('Operations', () => {
  it('are told of an execution that failed', () =>
    given(story())
      .when(noteFailure, { executionId, status: 'TIMED_OUT' })
      .thenEvents({ type: 'execution.failed.v1', data: { executionId, status: 'TIMED_OUT' } })
      .thenSees(({ referral }) => expect(referral.attention?.reason).toContain('TIMED_OUT')));

  it('are not told of one that failed after the conclusion', () =>
    given(story().withdrawn()).when(noteFailure, { executionId, status: 'FAILED' }).thenNothing());

  it.each([
    ['redrive', redrive, 'execution.redriven.v1'],
    ['release', release, 'wait.released.v1'],
  ] as const)(
    '%s what is stuck: the history says so, the reason stays private, and nobody is needed any more',
    (_, decide, type) => {
      given(failed())
        .when(decide, { reason: 'Stuck since Monday', executions: [executionId] })
        .thenEvents({ type, data: { executions: [executionId] } })
        .thenSees(({ referral }, [event]) => {
          expect(referral.attention).toBeNull();
          expect(event?.texts?.words).toEqual({ reason: 'Stuck since Monday' });
        });
    },
  );

  it('republish, and the history says how many', () =>
    given(story())
      .when(republish, { reason: 'A subscriber asked', count: 7 })
      .thenEvents({ type: 'events.republished.v1', data: { count: 7 } }));

  it('change nothing of the referral itself: its ETag stays', () => {
    const { version } = story().referral;
    expect(failed().referral.version).toBe(version);
    expect(failed().does(redrive, { reason: 'Stuck', executions: [executionId] }).referral.version).toBe(version);
  });
});
