import { describe, expect, it } from 'vitest';
import { bookAppointment, type RecordFeedback, recordFeedback } from '../../../shared/domain/commands/appointments.ts';
import { rarDaysOf } from '../../../shared/domain/rar-days.ts';
import { given } from '../../builders/given.ts';
import { aNeed, aReferral } from '../../builders/referral-facts.ts';
import { serviceOf } from '../../builders/services.ts';
import { aReferralState, aSession, feedback, type Story } from '../../builders/story.ts';
import { at, monday } from '../../builders/times.ts';

const needs = [aNeed(), aNeed('emotional-wellbeing')];
/** Two providers at work under one order of so many days. */
const ordered = (rarDays: number | null): Story => {
  const sentence = rarDays === null ? { type: 'licence' as const, requirements: [], rarDays } : { rarDays };
  return aReferralState(aReferral().with({ needs, sentence }), { at: monday('07:00') })
    .offeredFrom([
      serviceOf('homes', { needs: ['accommodation'] }),
      serviceOf('minds', { needs: ['emotional-wellbeing'] }),
    ])
    .accepted()
    .delivering(99);
};
const days = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => at(`2026-07-${String(from + index).padStart(2, '0')}T10:00:00Z`));
let session = 0;
const booked = (story: Story, when: Date, provider = 0): Story => {
  session = (session % 99) + 1;
  return story.does(bookAppointment, aSession(session, when), {
    allocationId: story.referral.allocations[provider]?.id,
    at: when,
  });
};
const ofProvider = (story: Story, provider: number) => story.newestOf(story.referral.allocations[provider]?.id ?? '');
/** A session that counts as a RAR day, held by one of the providers. */
const held = (story: Story, when: Date, provider = 0, changes: Partial<RecordFeedback> = {}) => {
  const ready = booked(story, when, provider);
  return given(ready).when(recordFeedback, feedback({ rarDay: true, ...changes }), when, ofProvider(ready, provider));
};
const having = (story: Story, when: Date[]) => when.reduce((so, day) => held(so, day).story, story);
const used = ({ referral }: Story) => rarDaysOf(referral).used;

describe('L4: RAR days', () => {
  it('are counted over all allocations of the referral, against the maximum of the order', () => {
    const [first, second] = days(1, 2);
    if (!first || !second) throw new Error('two days');
    const story = held(held(ordered(20), first, 0).story, second, 1).story;
    expect(rarDaysOf(story.referral)).toEqual({ used: 2, maximum: 20 });
  });

  it('are one where two appointments fall on the same date in London, whoever held them', () => {
    // Half past eleven at night in UTC is the next day in London.
    const story = held(ordered(20), at('2026-06-30T23:30:00Z'), 0).story;
    const both = held(story, at('2026-07-01T10:00:00Z'), 1).story;
    expect(Object.entries(both.referral.rarDays)).toEqual([['2026-07-01', 2]]);
    expect(used(held(both, at('2026-07-01T23:30:00Z'), 0).story)).toBe(2);
  });

  it('are counted anew by a correction: the day stays while another appointment counts it', () => {
    const first = held(ordered(20), at('2026-07-01T10:00:00Z'), 0).story;
    const both = held(first, at('2026-07-01T14:00:00Z'), 1).story;
    const correct = (story: Story, provider: number) =>
      given(story).when(recordFeedback, feedback(), at('2026-07-02T10:00:00Z'), ofProvider(story, provider));
    const one = correct(both, 1).story;
    expect(used(one)).toBe(1);
    expect(one.referral.rarDays).toEqual({ '2026-07-01': 1 });
    expect(used(correct(one, 0).story)).toBe(0);
    expect(used(correct(correct(one, 0).story, 0).story)).toBe(0);
  });

  it('warn once when a fifth is left, and once when all are used', () => {
    const eight = having(ordered(10), days(1, 7));
    held(eight, at('2026-07-08T10:00:00Z')).thenEvents('attendance.recorded.v1', {
      type: 'rar-days.nearly-used.v1',
      data: { used: 8, maximum: 10 },
    });
    const nine = having(eight, days(8, 1));
    held(nine, at('2026-07-09T10:00:00Z')).thenEvents('attendance.recorded.v1');
    held(having(nine, days(9, 1)), at('2026-07-10T10:00:00Z')).thenEvents('attendance.recorded.v1', {
      type: 'rar-days.used.v1',
      data: { used: 10, maximum: 10 },
    });
  });

  it('of a short order warn at the last day but one', () => {
    held(ordered(2), at('2026-07-01T10:00:00Z')).thenEvents('attendance.recorded.v1', 'rar-days.nearly-used.v1');
    held(ordered(1), at('2026-07-01T10:00:00Z')).thenEvents('attendance.recorded.v1', 'rar-days.used.v1');
  });

  it('beyond the maximum are recorded, since they were held, and each is told', () => {
    const full = having(ordered(2), days(1, 2));
    held(full, at('2026-07-03T10:00:00Z'))
      .thenEvents('attendance.recorded.v1', { type: 'rar-days.exceeded.v1', data: { used: 3, maximum: 2 } })
      .thenSees((story) => expect(used(story)).toBe(3));
    held(full, at('2026-07-02T15:00:00Z'), 1).thenEvents('attendance.recorded.v1');
    held(ordered(0), at('2026-07-01T10:00:00Z')).thenEvents(
      'attendance.recorded.v1',
      'rar-days.used.v1',
      'rar-days.exceeded.v1',
    );
  });

  it('that a correction takes back lift the warning, which is given again when it is reached again', () => {
    const full = having(ordered(2), days(1, 2));
    const lifted = given(full)
      .when(recordFeedback, feedback(), at('2026-07-03T10:00:00Z'), ofProvider(full, 0))
      .thenEvents('attendance.recorded.v1').story;
    held(lifted, at('2026-07-04T10:00:00Z')).thenEvents('attendance.recorded.v1', 'rar-days.used.v1');
  });

  it('are measured by an amended maximum at once', () => {
    const three = having(ordered(20), days(1, 3));
    const types = (story: Story) => story.world.events.slice(three.world.events.length).map(({ type }) => type);
    expect(types(three.amended({ sentence: { rarDays: 3 } }))).toContain('rar-days.used.v1');
    expect(types(three.amended({ sentence: { rarDays: 2 } }))).toContain('rar-days.exceeded.v1');
    expect(types(three.amended({ sentence: { rarDays: 30 } })).join()).not.toContain('rar-days');
  });

  it('of a sentence without a maximum are counted, and warn of nothing', () =>
    held(ordered(null), at('2026-07-01T10:00:00Z'))
      .thenEvents('attendance.recorded.v1')
      .thenSees(({ referral }) => expect(rarDaysOf(referral)).toEqual({ used: 1, maximum: null })));
});
