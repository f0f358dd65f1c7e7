import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answersIn, faded, promptness } from '../../shared/domain/answer-speed.ts';
import { answerOffer } from '../../shared/domain/commands/answer-offer.ts';
import { pauseReferral } from '../../shared/domain/commands/change-referral.ts';
import { keepClocks } from '../../shared/domain/commands/keep-clocks.ts';
import { aReferralState, type Story } from '../builders/story.ts';
import { monday, thursday, tuesday, wednesday } from '../builders/times.ts';

const serviceId = 'service-of-provider-a';
/** Offered on Monday at nine, due on Wednesday at nine. */
const offered = aReferralState()
  .confirmed()
  .offeredTo('provider-a', { dueAt: wednesday('09:00') });
const counted = (before: Story, after: Story) =>
  answersIn(before.referral, after.world.events.slice(before.world.events.length), after.world.now).get(serviceId);
const answered = (story: Story, decision: 'accepted' | 'declined', now: Date) =>
  story.does(
    answerOffer,
    {
      taskId: story.task('offer').id,
      answer: decision === 'accepted' ? { decision } : { decision, reason: 'no-capacity' },
    },
    { at: now },
  );

describe('L3: how quickly a provider accepts', () => {
  it.each([
    [monday('09:00'), 0],
    [tuesday('09:00'), 500],
    [wednesday('08:59'), 1000],
  ])('is the share of the offer’s time (T1) that it took: accepted at %o', (now, answerTime) =>
    expect(counted(offered, answered(offered, 'accepted', now))).toEqual({ answers: 1, answerTime }),
  );

  it('is the whole time where the offer lapses', () => {
    const lapsed = offered.does(keepClocks, { taskId: offered.task('offer').id }, { at: wednesday('09:01') });
    expect(counted(offered, lapsed)).toEqual({ answers: 1, answerTime: 1000 });
  });

  it('is not touched by who declines: being honest costs nothing', () =>
    expect(counted(offered, answered(offered, 'declined', tuesday('09:00')))).toBeUndefined());

  it('does not run while the referral is paused (L4)', () => {
    const paused = offered.does(pauseReferral, { reason: 'recalled' }, { at: tuesday('09:00') });
    expect(counted(paused, answered(paused, 'accepted', thursday('09:00')))).toEqual({ answers: 1, answerTime: 500 });
  });

  it('is unknown of who is new, who so stands in the middle', () => expect(promptness({})).toBe(0.5));

  const past = fc
    .integer({ min: 0, max: 500 })
    .chain((answers) => fc.record({ answers: fc.constant(answers), answerTime: fc.nat(1000 * answers) }));

  it('is a share, which a quicker answer than before never lowers, and a slower one never raises', () =>
    fc.assert(
      fc.property(past, fc.nat(1000), ({ answers, answerTime }, time) => {
        const before = promptness({ answers, answerTime });
        const after = promptness({ answers: answers + 1, answerTime: answerTime + time });
        expect(before).toBeGreaterThanOrEqual(0);
        expect(before).toBeLessThanOrEqual(1);
        if (1 - time / 1000 >= before) expect(after).toBeGreaterThanOrEqual(before - 1e-9);
        else expect(after).toBeLessThanOrEqual(before + 1e-9);
      }),
    ));

  it('fades: of more than a hundred answers half are kept, as quick as they were', () =>
    fc.assert(
      fc.property(past, (was) => {
        const left = faded(was);
        expect(left === undefined).toBe(was.answers <= 100);
        if (!left) return;
        expect(left.answers).toBe(Math.floor(was.answers / 2));
        expect(Math.abs(left.answerTime / left.answers - was.answerTime / was.answers)).toBeLessThan(1);
      }),
    ));
});
