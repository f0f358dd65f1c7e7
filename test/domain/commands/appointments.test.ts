import { addDays, addHours } from 'date-fns';
import { describe, expect, it } from 'vitest';
import { answerPlanApproval } from '../../../shared/domain/commands/action-plan.ts';
import {
  bookAppointment,
  cancelAppointment,
  changeAppointment,
  recordFeedback,
} from '../../../shared/domain/commands/appointments.ts';
import { summaryOf } from '../../../shared/domain/commands/common.ts';
import { completeDelivery } from '../../../shared/domain/commands/provide-service.ts';
import { asItStands } from '../../../shared/domain/overtaken.ts';
import { addWorkingDays } from '../../../shared/domain/working-days.ts';
import { given } from '../../builders/given.ts';
import { anAssessment, aReferralState, aSession, feedback, type Story } from '../../builders/story.ts';
import { friday, monday, thursday, tuesday, wednesday } from '../../builders/times.ts';

const booked = (story = aReferralState().accepted()) => story.does(bookAppointment, anAssessment(tuesday('10:00')));
const withSession = (sessions = 2) =>
  aReferralState()
    .delivering(sessions)
    .does(bookAppointment, aSession(1, tuesday('10:00')));

describe('L4: booking', () => {
  it('a supplier assessment needs nothing but the allocation', () =>
    given(aReferralState().accepted())
      .when(bookAppointment, { ...anAssessment(tuesday('10:00')), place: 'The library' })
      .thenEvents({
        type: 'appointment.booked.v1',
        data: { purpose: 'supplier-assessment', startsAt: '2026-06-16T10:00:00.000Z' },
      })
      .thenOpenTasks('supplier-assessment')
      .thenSees((_, [event]) => expect(event?.texts?.words).toEqual({ place: 'The library' })));

  it('a supplier assessment with the number of a session contradicts itself', () =>
    given(aReferralState().accepted())
      .when(bookAppointment, { ...anAssessment(tuesday('10:00')), session: 1 })
      .thenRefused('Contradiction', '/session'));

  it('a supplier assessment that has been held already is refused', () =>
    given(aReferralState().assessed())
      .when(bookAppointment, anAssessment(tuesday('10:00')))
      .thenRefused('NotPossibleNow'));

  it('a session asks for its feedback, two working days after it ends (T5)', () =>
    given(aReferralState().delivering())
      .when(bookAppointment, aSession(1, tuesday('10:00')))
      .thenEvents(
        { type: 'appointment.booked.v1', data: { purpose: 'session', session: 1 } },
        { type: 'task.opened.v1', data: { taskType: 'session-feedback', dueAt: '2026-06-18T11:00:00.000Z' } },
      )
      .thenOpenTasks('delivery', 'session-feedback'));

  it('a session before the plan is approved is refused', () =>
    given(aReferralState().planSubmitted())
      .when(bookAppointment, aSession(1, tuesday('10:00')))
      .thenRefused('NotPossibleNow'));

  it.each([
    ['without its number', undefined],
    ['that the plan does not have', 3],
    ['before the first', 0],
  ])('a session %s is refused', (_, session) => {
    given(aReferralState().delivering(2))
      .when(bookAppointment, { ...aSession(1, tuesday('10:00')), session })
      .thenRefused('Contradiction', '/session');
  });

  it('a session that has been held is refused', () =>
    given(withSession().does(recordFeedback, feedback(), { at: wednesday('09:00') }))
      .when(bookAppointment, aSession(1, thursday('10:00')))
      .thenRefused('Contradiction', '/session'));

  it('far ahead has an end: twenty sessions may wait for their feedback, so that one command can still close them', () => {
    const story = Array.from({ length: 20 }, (_, index) => index + 1).reduce(
      (so, session) => so.does(bookAppointment, aSession(session, addHours(tuesday('00:00'), session))),
      aReferralState().delivering(40),
    );
    given(story)
      .when(bookAppointment, aSession(21, friday('10:00')))
      .thenRefused('NotPossibleNow');
    given(story.does(recordFeedback, feedback(), { at: wednesday('09:00') }))
      .when(bookAppointment, aSession(21, friday('10:00')))
      .thenOpenTasks('delivery', ...Array(20).fill('session-feedback'));
  });

  it.each([
    ['paused', (story: Story) => story.paused(), 'NotPossibleNow'],
    ['ending', (story: Story) => story.withdrawn(), 'NotPossibleNow'],
    ['over', (story: Story) => story.acknowledged(), 'ReferralAlreadyConcluded'],
  ] as const)('while the referral is %s is refused', (_, becomes, refusal) => {
    given(becomes(aReferralState().delivering()))
      .when(bookAppointment, aSession(1, tuesday('10:00')))
      .thenRefused(refusal);
  });
});

const move = { reason: 'Her daughter is ill', requestedBy: 'person' as const };

describe('L4: a booked appointment', () => {
  it('moves, with who asked and why', () =>
    given(booked())
      .when(changeAppointment, { ...move, startsAt: thursday('10:00').toISOString() })
      .thenEvents({
        type: 'appointment.rescheduled.v1',
        data: { from: '2026-06-16T10:00:00.000Z', to: '2026-06-18T10:00:00.000Z', requestedBy: 'person' },
      })
      .thenSees((_, [event]) => expect(event?.keeps?.words).toEqual({ reason: 'Her daughter is ill' })));

  it('says who wanted it moved or cancelled and why, in codes that others are told, and in words that they are not', () => {
    const why = { requestedBy: 'probation', reasonCode: 'in-custody' } as const;
    const startsAt = thursday('10:00').toISOString();
    const moved = given(booked())
      .when(changeAppointment, { ...why, reason: 'Was arrested', startsAt })
      .thenEvents({ type: 'appointment.rescheduled.v1', data: why }).story;
    expect(moved.state().appointment?.moved).toMatchObject(why);
    const { appointment } = given(moved)
      .when(cancelAppointment, why)
      .thenEvents({ type: 'appointment.cancelled.v1', data: why })
      .thenSees((_, [event]) => expect(event?.texts).toBeUndefined())
      .story.state();
    expect(appointment).toMatchObject({ status: 'cancelled', cancellation: why });
  });

  it('is cancelled also where nobody says for whom', () =>
    expect(booked().does(cancelAppointment, { reason: 'Ill' }).state().appointment?.cancellation).toMatchObject({
      requestedBy: null,
      reasonCode: null,
    }));

  it('keeps its place when none is named, and every reason beside it', () => {
    const first = given(booked()).when(changeAppointment, { ...move, startsAt: thursday('10:00').toISOString() });
    expect(first.events[0]?.texts).toBeUndefined();
    const second = given(first.story).when(changeAppointment, { ...move, place: 'The library' });
    expect(second.events[0]?.texts?.words).toEqual({ place: 'The library' });
    expect(second.events[0]?.keeps?.key).not.toBe(first.events[0]?.keeps?.key);
  });

  it('moves its feedback with it, and nobody is asked twice (T5)', () =>
    given(withSession())
      .when(changeAppointment, { ...move, startsAt: thursday('10:00').toISOString() })
      .thenEvents('appointment.rescheduled.v1', {
        type: 'task.opened.v1',
        data: { taskType: 'session-feedback', dueAt: '2026-06-22T11:00:00.000Z' },
      })
      .thenOpenTasks('delivery', 'session-feedback'));

  it('is cancelled: nothing is asked about it, and its session can be booked again', () =>
    given(
      given(withSession())
        .when(cancelAppointment, { reason: 'The room is flooded' })
        .thenEvents('appointment.cancelled.v1')
        .thenOpenTasks('delivery').story,
    )
      .when(bookAppointment, aSession(1, thursday('10:00')))
      .thenOpenTasks('delivery', 'session-feedback'));

  it('is cancelled also while the referral is paused or its report is due, and not once all is over', () => {
    const both = withSession();
    for (const story of [both.paused(), both.delivered({ at: wednesday('09:00') })])
      given(story).when(cancelAppointment, { reason: 'Ill' }).thenEvents('appointment.cancelled.v1');
    given(both.acknowledged()).when(cancelAppointment, { reason: 'Ill' }).thenRefused('ReferralAlreadyConcluded');
  });

  it('that is cancelled or held is not moved or cancelled', () => {
    const cancelled = booked().does(cancelAppointment, { reason: 'Ill' });
    const held = withSession().does(recordFeedback, feedback(), { at: wednesday('09:00') });
    for (const story of [cancelled, held]) {
      given(story).when(changeAppointment, move).thenRefused('NotPossibleNow');
      given(story).when(cancelAppointment, { reason: 'Ill' }).thenRefused('NotPossibleNow');
    }
  });
});

describe('T2: the supplier assessment', () => {
  const attended = (attendance: 'yes' | 'late' | 'no') =>
    given(booked()).when(recordFeedback, feedback({ attendance }), tuesday('12:00'));

  it.each(['yes', 'late'] as const)(
    'attended (%s) is done: delivery has begun, and the action plan is due five working days after it ended (T3)',
    (attendance) => {
      attended(attendance)
        .thenEvents(
          { type: 'attendance.recorded.v1', data: { attendance, correction: false } },
          { type: 'task.opened.v1', data: { taskType: 'action-plan', dueAt: '2026-06-23T11:00:00.000Z' } },
        )
        .thenOpenTasks('action-plan')
        .thenSees(({ referral }) =>
          expect(referral.allocations).toMatchObject([{ phase: 'action-plan', begun: true }]),
        );
    },
  );

  it('missed is still due', () =>
    attended('no')
      .thenEvents('attendance.recorded.v1')
      .thenOpenTasks('supplier-assessment')
      .thenSees(({ referral }) => expect(referral.allocations).toMatchObject([{ begun: false }])));

  it('missed and said to be attended after all, is done then', () =>
    given(attended('no').story)
      .when(recordFeedback, feedback(), tuesday('13:00'))
      .thenEvents({ type: 'attendance.recorded.v1', data: { correction: true } }, 'task.opened.v1')
      .thenOpenTasks('action-plan'));
});

describe('L5, T2: attendance that is taken back', () => {
  const accepted = aReferralState().accepted();
  const took = feedback({ attendance: 'no', notes: 'It was her sister' });
  const assessed = booked().does(recordFeedback, feedback(), { at: tuesday('12:00') });

  it('of the assessment has it asked for anew, and delivery never began', () =>
    given(assessed)
      .when(recordFeedback, took, tuesday('20:00'))
      .thenEvents(
        { type: 'attendance.recorded.v1', data: { attendance: 'no', correction: true } },
        {
          type: 'task.opened.v1',
          data: { taskType: 'supplier-assessment', dueAt: addWorkingDays(tuesday('20:00'), 10).toISOString() },
        },
      )
      .thenOpenTasks('supplier-assessment')
      .thenSees((story) => {
        expect(story.referral.allocations).toMatchObject([
          { phase: 'supplier-assessment', begun: false, begunAt: null },
        ]);
        expect(story.assessed().task('action-plan')).toBeDefined();
        expect(story.withdrawn().referral.conclusion).toMatchObject({ endState: 'cancelled' });
      }));

  it('of one of two assessments changes nothing: the other was held', () => {
    const another = accepted
      .does(bookAppointment, anAssessment(monday('09:00')))
      .does(bookAppointment, anAssessment(tuesday('10:00')));
    const ids = [...another.world.appointments.values()].map(({ id, allocationId }) => ({
      appointmentId: id,
      allocationId,
    }));
    const both = ids.reduce(
      (so, scope) => so.does(recordFeedback, feedback(), { at: tuesday('12:00'), ...scope }),
      another,
    );
    given(both)
      .when(recordFeedback, took, tuesday('13:00'), ids[0])
      .thenOpenTasks('action-plan')
      .thenSees(({ referral }) =>
        expect(referral.allocations).toMatchObject([
          { phase: 'action-plan', begun: true, begunAt: tuesday('10:00').toISOString() },
        ]),
      );
  });

  it('of one that was missed changes nothing, however many have been missed since they came', () => {
    const session = (story: Story, index: number) => {
      const startsAt = addDays(tuesday('10:00'), index);
      const booked = story.does(bookAppointment, aSession(1, startsAt));
      return booked.does(recordFeedback, feedback({ attendance: 'no' }), { at: addHours(startsAt, 2) });
    };
    const missed = [...Array(12).keys()].reduce(session, aReferralState().delivering(2));
    expect(missed.referral.allocations).toMatchObject([{ phase: 'delivery', begun: true }]);
    given(missed)
      .when(recordFeedback, took, addDays(tuesday('13:00'), 11))
      .thenSees(({ referral }) => expect(referral.allocations).toMatchObject([{ phase: 'delivery', begun: true }]));
  });

  it('once the plan was submitted leaves it where it is, but delivery has not begun', () =>
    given(assessed.planSubmitted())
      .when(recordFeedback, took, tuesday('20:00'))
      .thenOpenTasks('action-plan-approval')
      .thenSees(({ referral }) =>
        expect(referral.allocations).toMatchObject([{ phase: 'action-plan-approval', begun: false, begunAt: null }]),
      ));

  it('has a plan that is returned wait for an assessment, and says why it was returned there', () => {
    const submitted = assessed.planSubmitted().does(recordFeedback, took, { at: tuesday('20:00') });
    const answer = { decision: 'returned' as const, reason: 'You have not met him yet' };
    given(submitted)
      .when(answerPlanApproval, { taskId: submitted.task('action-plan-approval').id, answer }, wednesday('09:00'))
      .thenEvents('action-plan.returned.v1', { type: 'task.opened.v1', data: { taskType: 'supplier-assessment' } })
      .thenOpenTasks('supplier-assessment')
      .thenSees((story, [returned]) => {
        const { id } = story.task('supplier-assessment');
        expect(returned?.texts).toEqual({ key: `RETURNED#${id}`, words: { reason: answer.reason } });
        expect(booked(story).assessed().planSubmitted().task('action-plan-approval')).toBeDefined();
      });
  });

  it('changes nothing of a delivery to which they have come', () => {
    const came = withSession().does(recordFeedback, feedback(), { at: wednesday('09:00') });
    const [assessment] = [...came.world.appointments.values()].filter(({ purpose }) => purpose !== 'session');
    const scope = { allocationId: assessment?.allocationId ?? '', appointmentId: assessment?.id ?? '' };
    given(came)
      .when(recordFeedback, { ...took, correctionReason: 'It was her sister' }, wednesday('12:00'), scope)
      .thenSees(({ referral }) =>
        expect(referral.allocations).toMatchObject([
          { phase: 'delivery', begun: true, begunAt: tuesday('10:00').toISOString() },
        ]),
      );
  });
});

describe('L4: feedback', () => {
  const told = (changes: Parameters<typeof feedback>[0] = {}) =>
    given(withSession()).when(recordFeedback, feedback(changes), wednesday('09:00'));

  it('on a session answers its task, and the session counts as held', () =>
    told({ rarDay: true })
      .thenEvents({ type: 'attendance.recorded.v1', data: { session: 1, attendance: 'yes', rarDay: true } })
      .thenOpenTasks('delivery')
      .thenSees((story) => expect(story.state().allocation).toMatchObject({ sessionsHeld: [1] })));

  it('on a missed session answers its task, and the session can be booked again', () =>
    given(told({ attendance: 'no', reason: 'Was ill' }).thenOpenTasks('delivery').story)
      .when(bookAppointment, aSession(1, friday('10:00')))
      .thenEvents('appointment.booked.v1', 'task.opened.v1'));

  const dayAfter = thursday('09:01');

  it('said again within a day is replaced, whatever it counted before', () => {
    const first = told({ rarDay: true, notes: 'Came on time' });
    given(first.story)
      .when(recordFeedback, feedback({ attendance: 'no', notes: 'It was her sister' }), thursday('09:00'))
      .thenEvents({ type: 'attendance.recorded.v1', data: { attendance: 'no', correction: true } })
      .thenSees((story, [event]) => {
        expect(event?.texts?.key).toBe(first.events[0]?.texts?.key);
        expect(story.state().allocation).toMatchObject({ sessionsHeld: [] });
        expect(story.state().appointment).toMatchObject({ status: 'missed', feedback: { corrections: 0 } });
      });
  });

  it('after a day is only corrected, with why, and the original words are kept', () => {
    const first = told({ notes: 'Came on time' });
    given(first.story).when(recordFeedback, feedback(), dayAfter).thenRefused('Contradiction', '/correctionReason');
    const corrected = feedback({ attendance: 'no', correctionReason: 'It was her sister' });
    given(first.story)
      .when(recordFeedback, corrected, dayAfter)
      .thenEvents({ type: 'attendance.recorded.v1', data: { correction: true } })
      .thenSees((story, [event]) => {
        expect(event?.texts?.key).not.toBe(first.events[0]?.texts?.key);
        expect(event?.texts?.words).toMatchObject({ correctionReason: 'It was her sister' });
        expect(story.state().appointment).toMatchObject({ status: 'missed', feedback: { corrections: 1 } });
      });
  });

  it('is not given another day by being replaced', () => {
    const again = told().story.does(recordFeedback, feedback(), { at: wednesday('20:00') });
    given(again).when(recordFeedback, feedback(), dayAfter).thenRefused('Contradiction', '/correctionReason');
  });

  it('that raised a concern is never replaced: what was said of it stays', () => {
    const first = told({ concern: { kind: 'safety', text: 'Spoke of a knife' } });
    given(first.story)
      .when(recordFeedback, feedback(), wednesday('09:01'))
      .thenRefused('Contradiction', '/correctionReason');
    given(first.story)
      .when(recordFeedback, feedback({ correctionReason: 'It was a toy' }), wednesday('09:01'))
      .thenSees((story, [event]) => {
        expect(event?.texts?.key).not.toBe(first.events[0]?.texts?.key);
        expect(story.state().appointment).toMatchObject({ feedback: { corrections: 1, hasConcern: false } });
      });
  });

  it('raises a concern about behaviour or safety, without its words (V)', () =>
    told({ concern: { kind: 'safety', text: 'Spoke of a knife' } })
      .thenEvents('attendance.recorded.v1', { type: 'concern.raised.v1', data: { kind: 'safety' } })
      .thenSees((_, [event]) => expect(event?.texts?.words.concern).toBe('Spoke of a knife'))
      .thenSees((_, [event]) => expect(event?.texts?.words.concernKind).toBe('safety')));

  it('says by a code why nobody came, also when it is put right', () => {
    const missed = given(withSession())
      .when(recordFeedback, feedback({ attendance: 'no', absence: 'not-known' }), wednesday('09:00'))
      .thenSees((_, [event]) =>
        expect(event).toMatchObject({ data: { attendance: 'no', absence: 'not-known' } }),
      ).story;
    const said = given(missed).when(
      recordFeedback,
      feedback({ attendance: 'no', absence: 'sickness' }),
      wednesday('10:00'),
    ).story;
    expect(said.state().appointment?.feedback?.absence).toBe('sickness');
    const came = given(said).when(recordFeedback, feedback(), wednesday('11:00')).story;
    expect(came.state().appointment?.feedback?.absence).toBeNull();
  });

  it.each(['yes', 'late'] as const)(
    'with a reason for an absence, and attendance %s, contradicts itself',
    (attendance) => {
      given(withSession())
        .when(recordFeedback, feedback({ attendance, absence: 'travel' }), wednesday('09:00'))
        .thenRefused('Contradiction');
    },
  );

  it('with a RAR day that nobody attended contradicts itself', () =>
    given(withSession())
      .when(recordFeedback, feedback({ attendance: 'no', rarDay: true }), wednesday('09:00'))
      .thenRefused('Contradiction', '/rarDay'));

  it('before the appointment has started, or on a cancelled one, is refused', () => {
    given(withSession()).when(recordFeedback, feedback(), monday('09:00')).thenRefused('NotPossibleNow');
    given(withSession().does(cancelAppointment, { reason: 'Ill' }))
      .when(recordFeedback, feedback(), wednesday('09:00'))
      .thenRefused('NotPossibleNow');
  });

  it('after the conclusion is refused', () =>
    given(withSession().acknowledged())
      .when(recordFeedback, feedback(), friday('09:00'))
      .thenRefused('ReferralAlreadyConcluded'));

  it('that comes when an allocation has ended unbegun does not make it begun: its end has been told', () => {
    const story = booked(aReferralState().accepted()).does(completeDelivery, { reason: 'not-engaged' });
    given(story).when(recordFeedback, feedback(), wednesday('09:00')).thenRefused('ReferralAlreadyConcluded');
  });
});

describe('L4: what is booked for after the end of its delivery', () => {
  const ahead = Array.from({ length: 20 }, (_, index) => index + 1);
  const bookedAhead = () =>
    ahead.reduce(
      (so, session) => so.does(bookAppointment, aSession(session, addDays(friday('10:00'), session))),
      aReferralState().delivering(40),
    );
  const standing = (story: Story) =>
    [...story.world.appointments.values()]
      .filter(({ purpose }) => purpose === 'session')
      .map((one) => asItStands(one, summaryOf(story.referral, one.allocationId)).status);

  it.each<[string, (story: Story) => Story]>([
    ['a withdrawal', (story) => story.withdrawn({ at: thursday('09:00') })],
    ['its completion', (story) => story.delivered({ at: thursday('09:00') })],
  ])('is cancelled by %s, however many there are, and none is written', (_, end) => {
    const before = bookedAhead();
    const after = end(before);
    expect(standing(before)).toEqual(ahead.map(() => 'booked'));
    expect(standing(after)).toEqual(ahead.map(() => 'cancelled'));
    expect([...after.world.appointments.values()]).toEqual([...before.world.appointments.values()]);
    expect(after.tasks('session-feedback')).toEqual([]);
  });

  it('is cancelled by an end before anything began', () => {
    const { referral, world } = booked().withdrawn();
    const [assessment] = world.appointments.values();
    if (!assessment) throw new Error('it was booked');
    expect(asItStands(assessment, summaryOf(referral, assessment.allocationId)).status).toBe('cancelled');
  });

  it('takes no feedback, and is not moved or cancelled again', () => {
    const ended = withSession().delivered({ at: monday('12:00') });
    given(ended).when(recordFeedback, feedback(), wednesday('09:00')).thenRefused('NotPossibleNow');
    given(ended).when(cancelAppointment, { reason: 'Ill' }).thenRefused('NotPossibleNow');
  });

  it('stands as it was where it was to be held before the end, and what came of it can be told', () => {
    const ended = withSession().withdrawn({ at: wednesday('09:00') });
    expect(standing(ended)).toEqual(['booked']);
    given(ended).when(recordFeedback, feedback(), thursday('09:00')).thenEvents('attendance.recorded.v1');
  });
});
