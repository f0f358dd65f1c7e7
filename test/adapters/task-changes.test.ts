import { describe, expect, it } from 'vitest';
import { taskChanges } from '../../shared/adapters/task-changes.ts';
import { aReferralState } from '../builders/story.ts';
import { monday, tuesday } from '../builders/times.ts';

describe('L4, T8: what the sweeper looks at', () => {
  const before = aReferralState()
    .delivering()
    .riskReported({}, { at: monday('09:00') });
  const [delivery, risk] = [before.task('delivery').id, before.task('risk-reassessment').id];
  /** What a change writes of a task: when the sweeper looks at it next, null where it is to look no more. */
  const looksAfter = (after: typeof before): Record<string, unknown> =>
    Object.fromEntries(
      taskChanges(before.referral, after.referral, [], tuesday('09:00'), 'record').flatMap(({ Update }) =>
        Update
          ? [[String(Update.Key?.pk).slice('TASK#'.length), Update.ExpressionAttributeValues?.[':workAt'] ?? null]]
          : [],
      ),
    );

  it('while a referral is paused is only what runs whatever becomes of it', () =>
    expect(looksAfter(before.paused())).toEqual({
      [delivery]: null,
      [risk]: `${before.task('risk-reassessment').remindAt}#${risk}`,
    }));

  it('once it has concluded is as it was: nothing but the others is closed', () => {
    const written = looksAfter(before.acknowledged());
    expect(written).toHaveProperty(delivery, null);
    expect(written).not.toHaveProperty(risk);
  });
});
