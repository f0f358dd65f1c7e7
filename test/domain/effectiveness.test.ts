import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effectiveness as effectivenessSchema } from '../../shared/contracts/views/service.ts';
import { bookAppointment, recordFeedback } from '../../shared/domain/commands/appointments.ts';
import { draftReport, submitReport } from '../../shared/domain/commands/end-of-service-report.ts';
import { completeDelivery } from '../../shared/domain/commands/provide-service.ts';
import {
  endedWith,
  type Figures,
  longestWait,
  monthOf,
  publishedFigures,
  publishedPeriod,
} from '../../shared/domain/effectiveness.ts';
import { effectivenessView } from '../../shared/domain/views/effectiveness-view.ts';
import { aNeed, aReferral } from '../builders/referral-facts.ts';
import { serviceOf } from '../builders/services.ts';
import { aReferralState, aSession, feedback, type Story } from '../builders/story.ts';
import { at, friday, monday, tuesday } from '../builders/times.ts';

const serviceId = 'service-of-provider-a';
const counted = (before: Story, after: Story) => endedWith(before.referral, after.state()).get(serviceId);
/** Looked for on Monday, accepted on Tuesday. */
const accepted = () =>
  aReferralState()
    .offeredFrom([serviceOf('provider-a')], { at: monday('09:00') })
    .accepted({ at: tuesday('16:00') });

describe('O4: what came of an allocation is counted when it ends', () => {
  const begun = accepted().assessed({ at: friday('10:00') });
  const reported = begun.delivering().reported();

  it('not while it runs', () => {
    expect(endedWith(undefined, accepted().state()).size).toBe(0);
    expect(counted(accepted(), reported)).toBeUndefined();
  });

  it('with its completion, its outcomes, and the days that were waited', () =>
    expect(counted(reported, reported.acknowledged())).toEqual({
      starts: 1,
      completions: 1,
      'outcomes#achieved': reported.outcomesOf(reported.referral.allocations[0]?.id ?? '').length,
      'people#achieved': 1,
      'accepted#1': 1,
      'attended#3': 1,
    }));

  it('and not again by what happens later', () => {
    const ended = reported.acknowledged();
    expect(ended.referral.conclusion).not.toBeNull();
    expect(endedWith(ended.referral, ended.state()).size).toBe(0);
  });

  it('as not started where nothing was attended, however it ended', () => {
    expect(counted(accepted(), accepted().withdrawn())).toEqual({ notStarted: 1 });
    const cut = accepted().does(completeDelivery, { reason: 'died' });
    expect(counted(accepted(), cut)).toEqual({ notStarted: 1 });
  });

  it('as a start without completion where it ended early, once its report has been read', () => {
    const early = begun.withdrawn();
    expect(counted(begun, early)).toBeUndefined();
    const allocationId = early.referral.allocations[0]?.id ?? '';
    const outcomes = early
      .outcomesOf(allocationId)
      .map((id) => ({ id, level: 'partially-achieved' as const, evidence: 'So far' }));
    const told = early.does(draftReport, { outcomes }, { allocationId }).does(submitReport, {}, { allocationId });
    const ended = told.acknowledged();
    expect(counted(told, ended)).toMatchObject({ starts: 1, 'people#partially-achieved': 1 });
    expect(counted(told, ended)).not.toHaveProperty('completions');
  });

  it('for each service, and once where two allocations with one service end together', () => {
    const facts = aReferral().with({ needs: [aNeed(), aNeed('emotional-wellbeing')] });
    const apart = [
      serviceOf('homes', { needs: ['accommodation'] }),
      serviceOf('minds', { needs: ['emotional-wellbeing'] }),
    ];
    const both = aReferralState(facts).offeredFrom(apart).accepted();
    expect([...endedWith(both.referral, both.withdrawn().state())]).toEqual([
      ['service-of-homes', { notStarted: 1 }],
      ['service-of-minds', { notStarted: 1 }],
    ]);
    const withOne = ({ referral }: Story) => ({
      ...referral,
      allocations: referral.allocations.map((summary) => ({ ...summary, serviceId })),
    });
    expect([...endedWith(withOne(both), { referral: withOne(both.withdrawn()) })]).toEqual([
      [serviceId, { notStarted: 2 }],
    ]);
  });

  it('by the first appointment that was attended, in whatever order they are told', () => {
    const startOf = ({ referral }: Story) => referral.allocations[0]?.begunAt;
    expect(startOf(accepted())).toBeNull();
    expect(startOf(begun)).toBe(friday('10:00').toISOString());
    const told = accepted()
      .assessed({ at: friday('13:00') })
      .delivering()
      .does(bookAppointment, aSession(1, friday('12:00')), { at: friday('11:00') })
      .does(recordFeedback, feedback(), { at: friday('14:00') });
    expect(startOf(told)).toBe(friday('12:00').toISOString());
  });

  it('E8: from release, where that came after the acceptance', () => {
    const { referral } = begun;
    const released = { ...referral, facts: { ...referral.facts, expectedReleaseDate: '2026-06-18' } };
    const allocations = released.allocations.map((summary) => ({ ...summary, phase: 'ended' as const }));
    const figures = endedWith(released, { referral: { ...released, allocations } }).get(serviceId);
    expect(figures).toMatchObject({ 'attended#1': 1 });
  });

  it('in the month of London', () => {
    expect(monthOf(at('2026-06-30T22:59:59Z'))).toBe('2026-06');
    expect(monthOf(at('2026-06-30T23:00:00Z'))).toBe('2026-07');
  });
});

describe('O4: the months that are told of', () => {
  it.each([
    ['2026-11-24T12:00:00Z', { from: '2024-11', to: '2026-10' }],
    ['2026-01-01T00:00:00Z', { from: '2024-01', to: '2025-12' }],
    ['2026-06-30T23:30:00Z', { from: '2024-07', to: '2026-06' }],
  ])('are the last twenty-four that are over: at %s', (now, period) =>
    expect(publishedPeriod(new Date(now))).toEqual(period),
  );
});

describe('O4: what is told of a service', () => {
  const many: Figures = { starts: 43, notStarted: 12, completions: 31 };
  const outcomes: Figures = { 'outcomes#achieved': 61, 'people#achieved': 28, 'outcomes#not-achieved': 17 };

  it('is nothing below the minimum group, and rounded to fives from there', () => {
    expect(publishedFigures([{ starts: 9, notStarted: 50 }], 10)).toBeUndefined();
    expect(publishedFigures([], 10)).toBeUndefined();
    expect(publishedFigures([many], 10)).toMatchObject({ starts: 45, notStarted: 10, completions: 30 });
  });

  it('adds the months up', () =>
    expect(publishedFigures([{ starts: 6 }, { starts: 6, completions: 1 }, { notStarted: 0 }], 10)).toMatchObject({
      starts: 10,
      notStarted: 0,
    }));

  it('leaves out a figure that is of few, or whose rest is', () => {
    expect(publishedFigures([{ ...many, notStarted: 9 }], 10)).toMatchObject({ notStarted: null });
    expect(publishedFigures([{ ...many, completions: 9 }], 10)).toMatchObject({ completions: null });
    expect(publishedFigures([{ ...many, completions: 34 }], 10)).toMatchObject({ completions: null });
    expect(publishedFigures([{ ...many, completions: 43 }], 10)).toMatchObject({ completions: 45 });
  });

  it('leaves out all outcomes where one of them is of few people, however many they have', () => {
    const of = (people: number) => publishedFigures([{ ...many, ...outcomes, 'people#not-achieved': people }], 10);
    expect(of(10)).toMatchObject({ outcomes: { achieved: 60, partiallyAchieved: 0, notAchieved: 15 } });
    expect(of(9)).toMatchObject({ outcomes: null });
  });

  it('has the median of each wait: half of them waited no longer', () => {
    const waits: Figures = { 'accepted#0': 21, 'accepted#3': 1, 'accepted#8': 21, [`attended#${longestWait}`]: 9 };
    expect(publishedFigures([{ ...many, ...waits }], 10)?.medianDays).toEqual({
      toAcceptance: 3,
      toFirstAppointment: null,
    });
    expect(publishedFigures([{ ...many, 'accepted#0': 10, 'accepted#9': 10 }], 10)?.medianDays.toAcceptance).toBe(0);
  });

  /** Ends of one service in two years, each as it is counted. */
  const end = fc
    .record({
      started: fc.boolean(),
      completed: fc.boolean(),
      levels: fc.array(fc.constantFrom('achieved', 'partially-achieved', 'not-achieved'), { maxLength: 4 }),
      accepted: fc.nat(longestWait),
      attended: fc.nat(longestWait),
    })
    .map(({ started, completed, levels, accepted: days, attended }): Figures => {
      if (!started) return { notStarted: 1 };
      const counts: Figures = { starts: 1, [`accepted#${days}`]: 1, [`attended#${attended}`]: 1 };
      if (completed) counts.completions = 1;
      for (const level of new Set(levels)) {
        counts[`outcomes#${level}`] = levels.filter((one) => one === level).length;
        counts[`people#${level}`] = 1;
      }
      return counts;
    });
  const ends = fc.array(end, { maxLength: 60, size: 'max' });

  it('lets no count of one to nine people be computed: none is told, nor the difference of any two', () =>
    fc.assert(
      fc.property(ends, (months) => {
        const told = publishedFigures(months, 10);
        if (!told) return;
        const { starts, completions, notStarted, outcomes: levels } = told;
        const counts = [starts, completions ?? 0, notStarted ?? 0, ...Object.values(levels ?? {})];
        for (const count of counts) {
          expect(count % 5).toBe(0);
          expect(count === 0 || count >= 10).toBe(true);
        }
        const rest = starts - (completions ?? 0);
        expect(rest === 0 || rest >= 10).toBe(true);
      }),
    ));

  it('is as the contract says, whatever the figures', () =>
    fc.assert(
      fc.property(ends, (months) => {
        const view = effectivenessView(months, 10, at('2026-11-24T12:00:00Z'));
        expect(effectivenessSchema.safeParse(view).error).toBeUndefined();
      }),
    ));
});
