import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AnswersGiven, answersIn, faded, promptness } from '../../shared/domain/answer-speed.ts';
import { answerOffer } from '../../shared/domain/commands/answer-offer.ts';
import { pauseReferral } from '../../shared/domain/commands/change-referral.ts';
import { keepClocks } from '../../shared/domain/commands/keep-clocks.ts';
import { aReferralState, type Story } from '../builders/story.ts';
import { at, monday, thursday, tuesday, wednesday } from '../builders/times.ts';

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

  it('is taken to be good of who is new, until they show otherwise', () => {
    expect(promptness({})).toBe(1);
    expect([1, 2, 5, 20].map((answers) => promptness({ answers, answerTime: 1000 * answers }))).toEqual([
      0.8, 0.7, 0.5, 0.2,
    ]);
  });

  it('makes no difference between two who are nearly as quick', () =>
    expect(promptness({ answers: 60, answerTime: 3000 })).toBe(promptness({ answers: 30, answerTime: 600 })));

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
        const mean = answerTime / (answers + 5);
        if (time <= mean) expect(after).toBeGreaterThanOrEqual(before);
        else expect(after).toBeLessThanOrEqual(before);
      }),
    ));

  it('fades: every ninety days half of the past is forgotten, and what is left is as quick as it was', () =>
    fc.assert(
      fc.property(past, (was) => {
        const begun = faded({ ...was, answersSince: null }, monday('09:00'));
        expect(begun === undefined).toBe(was.answers === 0);
        if (!begun) return;
        expect(begun).toEqual({ ...was, answersSince: monday('09:00').toISOString() });
        expect(faded(begun, at('2026-09-13T08:59:00Z'))).toBeUndefined();
        const left = faded(begun, at('2026-09-13T09:00:00Z'));
        expect(left?.answers).toBe(Math.floor(was.answers / 2));
        expect(left?.answersSince).toBe(was.answers > 1 ? '2026-09-13T09:00:00.000Z' : null);
        const meanOf = ({ answers, answerTime }: AnswersGiven) => (answers > 0 ? answerTime / answers : 0);
        if (left && left.answers > 0) expect(Math.abs(meanOf(left) - meanOf(was))).toBeLessThan(1);
      }),
    ));
});
