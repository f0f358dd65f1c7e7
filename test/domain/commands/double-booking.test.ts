import { describe, expect, it } from 'vitest';
import {
  bookAppointment,
  cancelAppointment,
  changeAppointment,
  recordFeedback,
} from '../../../shared/domain/commands/appointments.ts';
import { assignCaseworker, completeDelivery } from '../../../shared/domain/commands/provide-service.ts';
import type { Decide } from '../../../shared/domain/decision.ts';
import { type DiaryEntry, diaryDaysOf, overlaps } from '../../../shared/domain/diary.ts';
import { given } from '../../builders/given.ts';
import { aNeed, aReferral } from '../../builders/referral-facts.ts';
import { serviceOf } from '../../builders/services.ts';
import { aReferralState, aSession, feedback, type Story } from '../../builders/story.ts';
import { friday, monday, thursday, tuesday, wednesday } from '../../builders/times.ts';

const needs = [aNeed(), aNeed('emotional-wellbeing')];
/** Two providers at work with the same person. */
const together = (): Story =>
  aReferralState(aReferral().with({ needs }), { at: monday('07:00') })
    .offeredFrom([
      serviceOf('homes', { needs: ['accommodation'] }),
      serviceOf('minds', { needs: ['emotional-wellbeing'] }),
    ])
    .accepted()
    .delivering(9);
const idOf = (story: Story, provider: number) => story.referral.allocations[provider]?.id ?? '';
const booked = (story: Story, session: number, startsAt: Date, provider = 0) =>
  story.does(bookAppointment, aSession(session, startsAt), { allocationId: idOf(story, provider) });
const booking = (story: Story, session: number, startsAt: Date, provider = 0) =>
  given(story).when(bookAppointment, aSession(session, startsAt), undefined, { allocationId: idOf(story, provider) });
const details = (outcome: ReturnType<Decide<object>>) =>
  ('faults' in outcome ? outcome.faults : [])?.map(({ detail }) => detail);
const refusedWith = (story: Story, session: number, startsAt: Date, provider = 0) =>
  details(
    bookAppointment(story.state({ allocationId: idOf(story, provider) }), aSession(session, startsAt), story.context()),
  );

describe('L4: the person is not booked twice', () => {
  it.each([
    ['at the same time', tuesday('10:00')],
    ['that begins before the other ends', tuesday('10:59')],
    ['that ends after the other begins', tuesday('09:01')],
  ])('with one provider for an appointment %s', (_, when) => {
    const story = booked(together(), 1, tuesday('10:00'));
    booking(story, 2, when).thenRefused('NotPossibleNow', '/startsAt');
    const [own] = story.referral.booked;
    expect(refusedWith(story, 2, when)).toEqual([
      `the person has appointment ${own?.appointmentId} of allocation ${own?.allocationId} at 2026-06-16T10:00:00.000Z`,
    ]);
  });

  it('with two, each of whom is told no more than that', () => {
    const story = booked(together(), 1, tuesday('10:00'));
    expect(refusedWith(story, 1, tuesday('10:30'), 1)).toEqual([
      'the person has an appointment with another provider at that time',
    ]);
  });

  it('and may be booked from one appointment to the next', () =>
    booking(booked(together(), 1, tuesday('10:00')), 1, tuesday('11:00'), 1).thenEvents(
      'appointment.booked.v1',
      'task.opened.v1',
    ));

  it('when an appointment moves; to another place, or to a time that it overlaps itself, it may', () => {
    const story = booked(booked(together(), 1, tuesday('10:00'), 0), 1, tuesday('12:00'), 1);
    const move = { reason: 'Ill', requestedBy: 'person' as const };
    const scope = story.newestOf(idOf(story, 1));
    const moving = (change: object) => given(story).when(changeAppointment, { ...move, ...change }, undefined, scope);
    moving({ startsAt: tuesday('10:30').toISOString() }).thenRefused('NotPossibleNow', '/startsAt');
    moving({ startsAt: tuesday('12:30').toISOString() }).thenSees(({ referral }) =>
      expect(referral.booked.map(({ startsAt }) => startsAt)).toEqual([
        '2026-06-16T10:00:00.000Z',
        '2026-06-16T12:30:00.000Z',
      ]),
    );
    moving({ place: 'The library' }).thenEvents('appointment.rescheduled.v1', 'task.opened.v1');
  });

  it.each<[string, (story: Story) => Story]>([
    ['a cancellation', (story) => story.does(cancelAppointment, { reason: 'Ill' }, story.newestOf(idOf(story, 0)))],
    [
      'a move',
      (story) =>
        story.does(
          changeAppointment,
          { startsAt: thursday('10:00').toISOString(), reason: 'Ill', requestedBy: 'person' },
          story.newestOf(idOf(story, 0)),
        ),
    ],
    [
      'feedback',
      (story) => story.does(recordFeedback, feedback(), { ...story.newestOf(idOf(story, 0)), at: wednesday('09:00') }),
    ],
    [
      'the end of the allocation',
      (story) => story.does(completeDelivery, { reason: 'moved' }, { allocationId: idOf(story, 0) }),
    ],
  ])('and is free again after %s', (_, frees) => {
    const story = frees(booked(together(), 1, tuesday('10:00')));
    booking(story, 1, tuesday('10:00'), 1).thenEvents('appointment.booked.v1', 'task.opened.v1');
  });

  it('and nothing is booked any more of a referral that is withdrawn', () =>
    expect(booked(together(), 1, tuesday('10:00')).withdrawn().referral.booked).toEqual([]));

  it('for one session of the plan: it has one appointment at a time', () =>
    booking(booked(together(), 1, tuesday('10:00')), 1, friday('10:00')).thenRefused('Contradiction', '/session'));
});

const assigned = (story: Story, id = 'cw-1') =>
  story.does(assignCaseworker, { id, name: 'Jo Worker' }, { allocationId: idOf(story, 0) });

describe('L4: a caseworker is not booked twice', () => {
  const elsewhere: DiaryEntry = {
    referralId: 'other-referral',
    allocationId: 'other-allocation',
    appointmentId: 'other-appointment',
    startsAt: tuesday('10:00').toISOString(),
    durationMinutes: 60,
  };
  const stateOf = (taken: DiaryEntry[]) => {
    const story = assigned(together());
    const state = story.state({ allocationId: idOf(story, 0) });
    return { story, state: { ...state, diary: { caseworkerId: 'cw-1', days: [], taken } } };
  };

  it('over all referrals: what it clashes with is named, since it is the same provider’s', () => {
    const { story, state } = stateOf([elsewhere]);
    expect(details(bookAppointment(state, aSession(1, tuesday('10:30')), story.context()))).toEqual([
      'caseworker cw-1 has appointment other-appointment of allocation other-allocation at 2026-06-16T10:00:00.000Z',
    ]);
    const free = stateOf([]);
    expect(bookAppointment(free.state, aSession(1, tuesday('10:30')), free.story.context())).toHaveLength(2);
  });

  it('their time is taken by what is booked while they have the work, and by what they take over', () => {
    const story = booked(assigned(together()), 1, tuesday('10:00'));
    expect(story.referral.booked).toMatchObject([{ caseworkerId: 'cw-1' }]);
    expect(assigned(story, 'cw-2').referral.booked).toMatchObject([{ caseworkerId: 'cw-2' }]);
    // What was to be held before is the former one's.
    expect(assigned(story.later(wednesday('10:00')), 'cw-2').referral.booked).toMatchObject([{ caseworkerId: 'cw-1' }]);
  });
});

describe('A diary', () => {
  const slot = (startsAt: string, durationMinutes: number) => ({ startsAt, durationMinutes });

  it('has an appointment under each day in UTC that it touches', () => {
    expect(diaryDaysOf(slot('2026-06-15T10:00:00.000Z', 60))).toEqual(['2026-06-15']);
    expect(diaryDaysOf(slot('2026-06-15T23:30:00.000Z', 30))).toEqual(['2026-06-15']);
    expect(diaryDaysOf(slot('2026-06-15T23:30:00.000Z', 31))).toEqual(['2026-06-15', '2026-06-16']);
    expect(diaryDaysOf(slot('2026-06-15T10:00:00.000Z', 1440))).toEqual(['2026-06-15', '2026-06-16']);
  });

  it('knows what overlaps: whatever shares a moment', () => {
    const ten = slot('2026-06-15T10:00:00.000Z', 60);
    expect(overlaps(ten, slot('2026-06-15T10:15:00.000Z', 15))).toBe(true);
    expect(overlaps(slot('2026-06-15T10:15:00.000Z', 15), ten)).toBe(true);
    expect(overlaps(ten, slot('2026-06-15T11:00:00.000Z', 60))).toBe(false);
    expect(overlaps(ten, slot('2026-06-15T09:00:00.000Z', 60))).toBe(false);
  });
});
