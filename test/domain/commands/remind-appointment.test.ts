import { addHours, subHours, subMinutes } from 'date-fns';
import { describe, expect, it } from 'vitest';
import { bookAppointment, cancelAppointment, changeAppointment } from '../../../shared/domain/commands/appointments.ts';
import { followGroupSession } from '../../../shared/domain/commands/group-seat.ts';
import { remindAppointment, reminderOf } from '../../../shared/domain/commands/remind-appointment.ts';
import type { GroupSession } from '../../../shared/domain/group-session.ts';
import { given } from '../../builders/given.ts';
import { aGroupSession, aReferralState, aSession, inGroup, type Story } from '../../builders/story.ts';
import { monday, thursday, wednesday } from '../../builders/times.ts';

const start = thursday('10:00');
const booked = (startsAt = start, at = monday('09:00')) =>
  aReferralState().delivering().does(bookAppointment, aSession(1, startsAt), { at });
const dayBefore = subHours(start, 24);
const remind = (story: Story, at: Date, leadHours = 24) => given(story).when(remindAppointment, { leadHours }, at);
const reminded = (story: Story) => story.does(remindAppointment, { leadHours: 24 }, { at: dayBefore });
const move = { reason: 'Ill', requestedBy: 'person' } as const;
const standing = (story: Story, at: Date) => reminderOf(story.state(), 24, at);

describe('L4: an appointment is reminded of', () => {
  it('so many hours before it starts, by ids and times alone, and not before', () => {
    remind(booked(), subMinutes(dayBefore, 1)).thenEvents();
    remind(booked(), dayBefore)
      .thenEvents({ type: 'appointment.reminded.v1', data: { startsAt: start.toISOString() } })
      .thenSees((_, [event]) => expect(event?.texts).toBeUndefined());
    remind(booked(), subHours(start, 48), 48).thenEvents('appointment.reminded.v1');
  });

  it('once', () => remind(reminded(booked()), addHours(dayBefore, 1)).thenEvents());

  it('and leaves the version that somebody has seen alone', () =>
    expect(reminded(booked()).state().appointment?.version).toBe(booked().state().appointment?.version));

  it('late, if nobody looked in time, but not once it has started', () => {
    remind(booked(), subMinutes(start, 5)).thenEvents('appointment.reminded.v1');
    remind(booked(), start).thenEvents();
  });

  it('again where it was moved to, and not for another place', () => {
    const later = addHours(start, 96);
    const moved = reminded(booked()).does(
      changeAppointment,
      { ...move, startsAt: later.toISOString() },
      { at: dayBefore },
    );
    remind(moved, dayBefore).thenEvents();
    remind(moved, subHours(later, 24)).thenEvents('appointment.reminded.v1');
    const elsewhere = reminded(booked()).does(changeAppointment, { ...move, place: 'Library' }, { at: dayBefore });
    remind(elsewhere, addHours(dayBefore, 1)).thenEvents();
  });

  it('not where the booking, or the move, was itself so late', () => {
    remind(booked(start, wednesday('18:00')), wednesday('18:01')).thenEvents();
    const moved = booked().does(
      changeAppointment,
      { ...move, startsAt: addHours(start, -1).toISOString() },
      { at: wednesday('18:00') },
    );
    remind(moved, wednesday('18:01')).thenEvents();
  });

  it.each<[string, (story: Story) => Story]>([
    ['was cancelled', (story) => story.does(cancelAppointment, { reason: 'Ill' })],
    ['was overtaken by the end of delivery', (story) => story.delivered({ at: wednesday('09:00') })],
    ['was overtaken by a withdrawal', (story) => story.withdrawn({ at: wednesday('09:00') })],
    ['is of a referral that concluded', (story) => story.acknowledged()],
  ])('never when it %s', (_, becomes) => {
    const over = becomes(booked());
    remind(over, wednesday('18:00')).thenEvents();
    expect(standing(over, wednesday('18:00'))).toBe('never');
  });

  it('in a group session that moved or was cancelled: not before it has followed, and then by its new time', () => {
    const delivering = aReferralState().delivering();
    const [summary] = delivering.referral.allocations;
    if (!summary) throw new Error('there is an allocation');
    const group = (change: Partial<GroupSession> = {}) =>
      aGroupSession(summary, { startsAt: start.toISOString(), ...change });
    const attending = delivering.beside(group()).does(bookAppointment, inGroup(1, group()), { at: monday('09:00') });
    remind(attending, dayBefore).thenEvents('appointment.reminded.v1');
    const later = addHours(start, 1);
    const moved = attending.beside(group({ startsAt: later.toISOString(), revision: 2, revisedFor: 'other' }));
    const cancelled = attending.beside(group({ status: 'cancelled', revision: 2, revisedFor: 'other' }));
    for (const ahead of [moved, cancelled]) {
      remind(ahead, dayBefore).thenEvents();
      expect(standing(ahead, dayBefore)).toBe('later');
    }
    const followed = moved.does(followGroupSession, { others: [] }, { at: subMinutes(dayBefore, 5) });
    remind(followed, addHours(dayBefore, 1)).thenEvents({
      type: 'appointment.reminded.v1',
      data: { startsAt: later.toISOString() },
    });
  });

  it('not while the referral is paused, and then, if there is time yet', () => {
    const paused = booked().paused({ at: wednesday('09:00') });
    remind(paused, wednesday('12:00')).thenEvents();
    expect(standing(paused, wednesday('12:00'))).toBe('later');
    remind(paused.resumed({ at: wednesday('17:00') }), wednesday('18:00')).thenEvents('appointment.reminded.v1');
  });
});
