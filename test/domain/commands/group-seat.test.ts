import { describe, expect, it } from 'vitest';
import {
  bookAppointment,
  cancelAppointment,
  changeAppointment,
  recordFeedback,
} from '../../../shared/domain/commands/appointments.ts';
import { withdrawReferral } from '../../../shared/domain/commands/change-referral.ts';
import { endEarly } from '../../../shared/domain/commands/end-early.ts';
import { followGroupSession } from '../../../shared/domain/commands/group-seat.ts';
import { assignCaseworker, completeDelivery } from '../../../shared/domain/commands/provide-service.ts';
import { transferReferral } from '../../../shared/domain/commands/transfer-referral.ts';
import type { DomainEvent } from '../../../shared/domain/events.ts';
import { hasBegun, seatMoves } from '../../../shared/domain/group-seats.ts';
import type { GroupSession } from '../../../shared/domain/group-session.ts';
import { given } from '../../builders/given.ts';
import {
  aGroupSession,
  anAssessment,
  aReferralState,
  aSession,
  feedback,
  inGroup,
  type Story,
} from '../../builders/story.ts';
import { friday, monday, thursday, tuesday } from '../../builders/times.ts';

const delivering = aReferralState().delivering(3);
const [summary] = delivering.referral.allocations;
if (!summary) throw new Error('there is an allocation');
const group = (changes: Partial<GroupSession> = {}) => aGroupSession(summary, changes);
const beside = (changes: Partial<GroupSession> = {}) => delivering.beside(group(changes));
const attending = (story = beside()) => story.does(bookAppointment, inGroup(1, group()));
const alone = { others: [] };
const followed = (story: Story, changes: Partial<GroupSession>) =>
  given(story.beside(group({ revision: 2, revisedFor: 'safety', ...changes }))).when(followGroupSession, alone);

/** What a command did to seats. */
const moved = (before: Story, after: Story, events: readonly DomainEvent[], now = before.world.now) =>
  seatMoves(before.referral, after.referral, events).filter(
    ({ revision }) => revision !== null || !hasBegun(before.world.groupSession ?? group(), now),
  );

describe('L4: a seat in a group session', () => {
  it('is an appointment of the referral, when, how and where the group session is, and asks for feedback (T5)', () =>
    given(delivering.beside({ ...group(), place: 'Room 2' }))
      .when(bookAppointment, inGroup(1, group()))
      .thenEvents(
        {
          type: 'appointment.booked.v1',
          data: { session: 1, startsAt: '2026-06-18T10:00:00.000Z', mode: 'in-person' },
        },
        { type: 'task.opened.v1', data: { taskType: 'session-feedback' } },
      )
      .thenSees((story, [event]) => {
        expect(event?.texts?.words).toEqual({ place: 'Room 2' });
        expect(JSON.stringify(event?.data)).not.toContain(group().id);
        expect(story.state().appointment).toMatchObject({ groupId: group().id, groupRevision: 1, durationMinutes: 90 });
      }));

  it('takes one of its places, and at none of the caseworker’s time: the group session has that', () => {
    const before = beside().does(assignCaseworker, { id: 'cw-1', name: 'Jo' });
    const outcome = given(before).when(bookAppointment, inGroup(1, group()));
    expect(moved(before, outcome.story, outcome.events)).toMatchObject([{ groupId: group().id, revision: 1 }]);
    expect(outcome.story.referral.booked).toMatchObject([{ caseworkerId: null, groupId: group().id }]);
    const handed = outcome.story.does(assignCaseworker, { id: 'cw-2', name: 'Al' });
    expect(handed.referral.booked).toMatchObject([{ caseworkerId: null }]);
  });

  it.each<[string, Story]>([
    ['of another provider', beside({ providerId: 'somebody-else' })],
    ['that is not there', delivering],
    ['of another service', beside({ serviceId: 'another' })],
    ['about nothing in the action plan', beside({ outputRows: ['O17'] })],
  ])('%s cannot be booked', (_, story) => {
    given(story).when(bookAppointment, inGroup(1, group())).thenRefused('Contradiction', '/groupId');
  });

  it('is refused where the group is full or cancelled', () => {
    const seats = [{ referralId: 'r', allocationId: 'al', appointmentId: 'ap' }];
    given(beside({ places: 1, seats }))
      .when(bookAppointment, inGroup(1, group()))
      .thenRefused('NotPossibleNow', '/groupId');
    given(beside({ status: 'cancelled' }))
      .when(bookAppointment, inGroup(1, group()))
      .thenRefused('NotPossibleNow');
  });

  it('says neither when nor where: the group session does', () => {
    const at = { startsAt: friday('10:00').toISOString() };
    given(beside())
      .when(bookAppointment, { ...inGroup(1, group()), ...at })
      .thenRefused('Contradiction', '/startsAt');
    given(beside())
      .when(bookAppointment, { ...inGroup(1, group()), place: 'Here' })
      .thenRefused('Contradiction', '/place');
  });

  it('is of a session of the plan, never the supplier assessment', () => {
    const purpose = 'supplier-assessment' as const;
    given(aReferralState().accepted().beside(group()))
      .when(bookAppointment, { purpose, groupId: group().id })
      .thenRefused('Contradiction', '/purpose');
    given(beside()).when(bookAppointment, inGroup(9, group())).thenRefused('Contradiction', '/session');
  });

  it('is refused while the person is elsewhere, and takes their time from everything else', () => {
    const elsewhere = delivering.does(bookAppointment, aSession(2, thursday('11:00')));
    given(elsewhere.beside(group()))
      .when(bookAppointment, inGroup(1, group()))
      .thenRefused('NotPossibleNow', '/startsAt');
    given(attending())
      .when(bookAppointment, aSession(2, thursday('11:00')))
      .thenRefused('NotPossibleNow', '/startsAt');
    given(attending()).when(bookAppointment, inGroup(2, group())).thenRefused('NotPossibleNow', '/groupId');
  });

  it('is the only one that the person has in it, also before their appointment has followed it to another time', () => {
    const later = group({ revision: 2, startsAt: friday('10:00').toISOString() });
    given(attending().beside(later)).when(bookAppointment, inGroup(2, later)).thenRefused('NotPossibleNow', '/groupId');
  });

  it('does not move by itself', () =>
    given(attending())
      .when(changeAppointment, { startsAt: friday('10:00').toISOString(), reason: 'Ill', requestedBy: 'person' })
      .thenRefused('NotPossibleNow'));
});

describe('L4: a seat is given back', () => {
  const there = attending();
  const freed = [{ groupId: group().id, revision: null }];

  it('by whoever leaves', () => {
    const outcome = given(there).when(cancelAppointment, { reason: 'Has work' });
    expect(moved(there, outcome.story, outcome.events)).toMatchObject(freed);
  });

  it('by a referral that is withdrawn, and by a delivery that ends', () => {
    const withdrawn = there.withdrawn();
    expect(moved(there, withdrawn, [])).toMatchObject(freed);
    const ended = there.does(completeDelivery, { reason: 'not-engaged' });
    expect(moved(there, ended, [])).toMatchObject(freed);
  });

  it('by an early end, a death and a transfer', () => {
    const begun = attending(
      beside()
        .does(bookAppointment, aSession(2, monday('08:00')))
        .does(recordFeedback, feedback()),
    );
    for (const over of [
      begun.does(endEarly, { reason: 'moved' }),
      begun.does(withdrawReferral, { reason: 'died' }),
      begun.does(transferReferral, { area: 'gwent', reason: 'Has moved' }),
    ])
      expect(moved(begun, over, [])).toMatchObject(freed);
  });

  it('by a referral that is paused, for what is ahead', () => {
    const paused = there.paused();
    const outcome = followed(paused, { revision: 1 }).thenEvents('appointment.cancelled.v1');
    expect(moved(paused, outcome.story, outcome.events)).toMatchObject(freed);
    expect(outcome.events[0]?.texts?.words).toEqual({ reason: 'referral-paused' });
  });

  it('by a referral that was paused before its group session begins, whatever time its appointment still has', () => {
    const paused = there.paused({ at: friday('09:00') });
    const outcome = followed(paused, { startsAt: friday('10:00').toISOString() }).thenEvents(
      'appointment.cancelled.v1',
    );
    expect(outcome.events[0]?.texts?.words).toEqual({ reason: 'referral-paused' });
  });

  it('by nobody once it has begun: who was to attend stays known', () => {
    const now = friday('10:00');
    const held = there.does(recordFeedback, feedback(), { at: now });
    expect(moved(there, held, [], now)).toEqual([]);
    expect(moved(there, there.withdrawn({ at: now }), [], now)).toEqual([]);
  });

  it('by no move', () => {
    const outcome = followed(there, { startsAt: friday('10:00').toISOString() });
    expect(moved(there, outcome.story, outcome.events)).toEqual([]);
  });
});

describe('L4: an appointment follows its group session', () => {
  const later = { startsAt: friday('10:00').toISOString() };

  it('to another time, with a code for why and a clock of its own (T5), once', () => {
    const outcome = followed(attending(), later)
      .thenEvents(
        {
          type: 'appointment.rescheduled.v1',
          data: { from: group().startsAt, to: later.startsAt, requestedBy: 'provider' },
        },
        { type: 'task.opened.v1', data: { taskType: 'session-feedback' } },
      )
      .thenOpenTasks('delivery', 'session-feedback');
    expect(outcome.events[0]?.keeps?.words).toEqual({ reason: 'safety' });
    expect(outcome.story.referral.booked).toMatchObject([later]);
    followed(outcome.story, later).thenNothing();
  });

  it('to another place', () => {
    const to = { ...group({ revision: 2 }), place: 'Room 3' };
    given(attending().beside(to))
      .when(followGroupSession, alone)
      .thenSees((_, [event]) => expect(event?.texts?.words).toEqual({ place: 'Room 3' }));
  });

  it('into its cancellation, once, and its session can be booked again', () => {
    const outcome = followed(attending(), { status: 'cancelled' })
      .thenEvents('appointment.cancelled.v1')
      .thenOpenTasks('delivery');
    followed(outcome.story, { status: 'cancelled' }).thenNothing();
    given(outcome.story)
      .when(bookAppointment, aSession(1, tuesday('10:00')))
      .thenOpenTasks('delivery', 'session-feedback');
  });

  it('not to where the person has something else: the seat is given back', () => {
    const busy = attending().does(bookAppointment, aSession(2, friday('10:30')));
    const { appointmentId } = busy.referral.booked[0] ?? {};
    const at = { allocationId: summary.id, appointmentId };
    given(busy.beside(group({ revision: 2, ...later })))
      .when(followGroupSession, alone, undefined, at)
      .thenEvents('appointment.cancelled.v1');
  });

  it('to where another seat of the person only seems to be: its own group session has left there, or is cancelled', () => {
    const other = group({ id: '00000000-0000-4000-8000-00000000bbbb', startsAt: friday('10:30').toISOString() });
    const first = delivering.beside(other).does(bookAppointment, inGroup(2, other));
    const both = attending(first.beside(group()));
    const comes = (changes: Partial<GroupSession>) =>
      given(both.beside(group({ revision: 2, ...later }))).when(followGroupSession, {
        others: [{ ...other, ...changes }],
      });
    comes({}).thenEvents('appointment.cancelled.v1');
    comes({ startsAt: friday('14:00').toISOString() }).thenEvents('appointment.rescheduled.v1', 'task.opened.v1');
    comes({ status: 'cancelled' }).thenEvents('appointment.rescheduled.v1', 'task.opened.v1');
  });

  it('no more once it is held, cancelled or its delivery has ended', () => {
    const now = thursday('12:00');
    const over = [
      attending().does(recordFeedback, feedback(), { at: now }),
      attending().does(cancelAppointment, { reason: 'Ill' }),
      attending().withdrawn(),
    ];
    for (const story of over) followed(story, later).thenNothing();
  });
});

describe('L4: attendance in a group', () => {
  it('is one command per referral, which counts its own RAR day and its own session', () =>
    given(attending())
      .when(recordFeedback, feedback({ rarDay: true }), friday('09:00'))
      .thenEvents('attendance.recorded.v1')
      .thenSees((story) => {
        expect(story.referral.rarDays).toEqual({ '2026-06-18': 1 });
        expect(story.state().allocation?.sessionsHeld).toEqual([1]);
      }));

  it('leaves an assessment as it was: that is one to one', () =>
    given(aReferralState().accepted())
      .when(bookAppointment, anAssessment(tuesday('10:00')))
      .thenSees((story) => expect(story.state().appointment).toMatchObject({ groupId: null, groupRevision: null })));
});
